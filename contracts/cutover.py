"""The words between `fig cutover` and the service that owns a domain, on the service's own port.

GET  /cutover/{domain}          where it stands; see `standing`
POST /cutover/{domain}          {"toward": "new" | "legacy", "operator": a name for the attempt,
                                "attempt": the number that was seen; void once it is another}
POST /cutover/{domain}/withdraw {"attempt": the number that was seen}: an order under it that is
                                still on its way is void from now on
POST /cutover/{domain}/close    the window ends: legacy is given no more; of one that has ended
                                all is published once more for those who keep copies
        202 or 200 as GET, 404 not this service's domain, 409 {"detail": why not}

A standing is a JSON object:

    owner, epoch, window    "legacy" | "new", how often it changed, "open" | "closed"
    phase, toward           "settled", or how far an attempt has come: moving, fenced, opening
    attempt, operator       its number, and the name it was given
    words                   how the last attempt ended; empty: as it was wanted
    steps                   [{"step", "seconds"}] of the last attempt that this instance carried
    waits                   {"count", "p50", "p99", "worst"}: seconds that writes waited for it, and
                            all instances together
    reverse                 {"ready", "pending", "position", "lag", "trouble"}: rows that legacy has
                            not been given yet, the number of the last one, seconds of the oldest
    fence                   {"owner", "attempt", "trouble"}: as legacy's database has it
    rogues                  [what was written past the fence, in words], the newest last
"""

from contracts.feed import entities

# The service whose database has the record of the domain.
OWNING = {"goods": "catalog", "orders": "orders", "accounts": "accounts"}
# What its own tables hold of the domain; of the rest, it and all others keep replicas.
ENTITIES = {
    "goods": frozenset({entities.CATEGORY, entities.PRODUCT, entities.VARIANT}),
    "orders": frozenset({entities.ORDER, entities.LINE, entities.PAYMENT}),
    "accounts": frozenset({entities.CUSTOMER}),
}


def path(domain: str) -> str:
    """Of the domain's cutover at its owning service."""
    return f"/cutover/{domain}"


# The reverse feed of the stock, which is part of the orders and written by another service.
STOCK_FEED = "stock"

# What the reverse feed writes into legacy's tables bears, in the log, an origin that begins so.
ECHO = "reverse_"
# Closing the fence writes a logical message of this prefix into the log, with the domain in it; the
# feed publishes it as a watermark of this origin, which stands for no time.
FENCE_PREFIX = "fig-fence"
FENCE = "fence:"
