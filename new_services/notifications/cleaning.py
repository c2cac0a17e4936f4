"""What the notifications keep, for how long, and what decides by it."""

from chassis.retention import DAY, INBOX, POSITION, Rule

KEEP_MAILS = 30 * DAY
KEEP_PAYMENTS = 90 * DAY

_MAILS = """
DELETE FROM mail WHERE id IN (
    SELECT id FROM mail WHERE sent < clock_timestamp() - make_interval(secs => $1) LIMIT $2)
"""
_PAYMENTS = """
DELETE FROM payment WHERE id IN (
    SELECT id FROM payment WHERE noted < clock_timestamp() - make_interval(secs => $1) LIMIT $2)
"""
RULES = (
    Rule(
        "mail",
        "30 days after it was sent; unsent ones for ever",
        "one mail an event; the inbox and the stream know an event again for less",
        KEEP_MAILS,
        _MAILS,
    ),
    Rule(
        "payment",
        "90 days after the last event of it",
        "a refund comes while an order can be cancelled, which is until it is shipped",
        KEEP_PAYMENTS,
        _PAYMENTS,
    ),
    INBOX,
    POSITION,
)
NOTE = ""
