"""What the catalog keeps, for how long, and what decides by it."""

from chassis.ownership.cleaning import OWNERSHIP
from chassis.retention import INBOX, LOG_AGE, POSITION, Rule, log_age, tombstones
from chassis.saga.storage.cleaning import rules

TABLES = ("category", "product", "variant", "stock")
RULES = (
    *(tombstones(table, "deleted") for table in TABLES),
    Rule("document", "as legacy has the product", "ready to send"),
    Rule("projection_floor", "for ever", "a row an entity: nothing older exists"),
    *rules(
        "what the staff changed, and what became of it",
        "opens the session of the person; nothing is sent in their name any more",
    ),
    *OWNERSHIP,
    INBOX,
    POSITION,
    LOG_AGE,
)
NOTE = log_age(TABLES)
