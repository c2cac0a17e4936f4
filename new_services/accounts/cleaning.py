"""What the accounts keep, for how long, and what decides by it."""

from chassis.ownership.cleaning import OWNERSHIP
from chassis.retention import LOG_AGE, MIRROR_FLOOR, POSITION, Rule, log_age, tombstones

KEEP_FORMS = 3600.0

_FORMS = """
DELETE FROM registration WHERE address IN (
    SELECT address FROM registration
    WHERE asked < clock_timestamp() - make_interval(secs => $1) LIMIT $2)
"""
RULES = (
    Rule(
        "registration",
        "1 h",
        "a form that is sent again after a lost answer counts as the same one for 10 minutes",
        KEEP_FORMS,
        _FORMS,
    ),
    Rule("login", "for ever", "what customers log in with, as of the last cutover toward us"),
    *OWNERSHIP,
    tombstones("mirror", "gone"),
    MIRROR_FLOOR,
    POSITION,
    LOG_AGE,
)
NOTE = log_age(["mirror"])
