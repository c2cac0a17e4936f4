"""What the orders service keeps, for how long, and what decides by it."""

from chassis.ownership.cleaning import OWNERSHIP
from chassis.retention import (
    DAY,
    INBOX,
    LOG_AGE,
    MIRROR_FLOOR,
    OUTBOX,
    POSITION,
    Rule,
    log_age,
    tombstones,
)
from chassis.saga.storage.cleaning import rules

KEEP_KEYS = 7 * DAY

# A key whose saga goes on, or ended a moment ago, is kept: it would place its order again.
_KEYS = """
DELETE FROM request_key WHERE (email, key) IN (
    SELECT email, key FROM request_key
    WHERE created < clock_timestamp() - make_interval(secs => $1) AND NOT EXISTS (
        SELECT FROM saga WHERE id = request_key.saga_id
        AND (phase NOT IN ('done', 'undone')
             OR updated >= extract(epoch FROM clock_timestamp()) - $1))
    LIMIT $2)
"""
RULES = (
    Rule(
        "request_key",
        "7 days, and 7 days after its saga ended",
        "the first answer again; before its saga is forgotten, or the order would be placed twice",
        KEEP_KEYS,
        _KEYS,
    ),
    *rules(
        "answers /api/order-requests; which order it wrote is kept in written_order",
        "opens the customer's session; a stray order can be cancelled with it until then",
    ),
    Rule(
        "written_order",
        "for ever",
        "whose money an order's is: cancelled after years, it is given back",
    ),
    Rule(
        "owned_order",
        "for ever",
        "orders that were placed or changed here, and whose saga each is: no mark names it",
    ),
    *OWNERSHIP,
    Rule("unjudged_order", "until its saga knows what it wrote", "then it is judged (marks)"),
    Rule("order_document", "as legacy has the order", "the customer's list and its pages"),
    tombstones("mirror", "gone"),
    MIRROR_FLOOR,
    INBOX,
    POSITION,
    OUTBOX,
    LOG_AGE,
)
NOTE = log_age(["mirror"])
