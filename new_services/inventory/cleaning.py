"""What the inventory keeps, for how long, and what decides by it."""

from chassis.ownership.cleaning import OWNERSHIP
from chassis.retention import DAY, INBOX, LOG_AGE, MIRROR_FLOOR, POSITION, Rule, log_age, tombstones
from chassis.saga.storage.cleaning import rules

KEEP_CLAIMS = 30 * DAY

_CLAIMS = """
WITH old AS (
    SELECT saga_id FROM claim WHERE status <> 'held'
    AND changed < clock_timestamp() - make_interval(secs => $1) LIMIT $2
), freed AS (
    DELETE FROM reservation USING old WHERE reservation.saga_id = old.saga_id AND NOT held)
DELETE FROM claim USING old WHERE claim.saga_id = old.saga_id
"""
RULES = (
    Rule(
        "claim",
        "30 days after it ended; held ones for ever",
        "bars what arrives late for a saga; sagas are deleted after 14 days, and what is sold"
        " once more afterwards is one movement all the same",
        KEEP_CLAIMS,
        _CLAIMS,
    ),
    Rule("reservation", "as its claim", "is deleted with it"),
    Rule("movement", "for ever", "the ledger: a movement that arrives twice is one by its origin"),
    Rule("level", "for ever", "a row a sku"),
    *OWNERSHIP,
    Rule("order_mark", "as legacy has the order", "a sale in the feed ends a reservation"),
    *rules(
        "what the staff counted, and what became of it",
        "opens the session of the person; nothing is sent in their name any more",
    ),
    tombstones("mirror", "gone"),
    MIRROR_FLOOR,
    INBOX,
    POSITION,
    LOG_AGE,
)
NOTE = log_age(["mirror"])
