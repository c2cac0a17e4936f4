"""What payments keeps, for how long, and what decides by it."""

from chassis.retention import DAY, OUTBOX, Rule

KEEP_REQUESTS = 30 * DAY

# Of an account on which nothing is authorised any more: what is still open may be asked again.
_REQUESTS = """
DELETE FROM provider.request WHERE key IN (
    SELECT request.key FROM provider.request JOIN provider.account USING (reference)
    WHERE request.at < clock_timestamp() - make_interval(secs => $1)
    AND account.closed AND account.authorised = 0 LIMIT $2)
"""
RULES = (
    Rule("payment", "for ever", "the books; an order cancelled after years is paid back by it"),
    Rule("provider.account", "for ever", "the other company's books"),
    Rule(
        "provider.request",
        "30 days, once nothing is authorised",
        "a request repeated is the same one; our own row bars it long before",
        KEEP_REQUESTS,
        _REQUESTS,
    ),
    OUTBOX,
)
NOTE = ""
