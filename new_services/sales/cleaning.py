"""What the sales figures keep, for how long, and what decides by it."""

from chassis.ownership.cleaning import DOMAIN_OWNER
from chassis.retention import INBOX, LOG_AGE, MIRROR_FLOOR, POSITION, Rule, log_age, tombstones

RULES = (
    tombstones("sold_order", "deleted"),
    tombstones("sold_line", "deleted"),
    Rule(
        "ahead", "until the feed has come past it", "counts an order that only an event has named"
    ),
    Rule("daily", "for ever", "the sums that the report is made of"),
    tombstones("mirror", "gone"),
    MIRROR_FLOOR,
    INBOX,
    DOMAIN_OWNER,
    POSITION,
    LOG_AGE,
)
NOTE = log_age(["sold_order", "sold_line", "mirror"])
