"""`python -m new_services.inventory.rebuild`: stock and ledger by the feed, rebuilt and swapped in.

Reservations stay as they are, with what became of them. Of the ledger the feed makes all that it
has sent; the movements that only sagas have recorded so far are carried over, and the sums with
them.

Settings: INVENTORY_DATABASE_URL, INVENTORY_NATS_URL. Exit codes: 0 done, 1 it did not catch up or
something is away.
"""

from functools import partial

from chassis.ownership.closed.followed import NOT_LEGACYS
from chassis.readmodel.feed_model import FeedModel
from chassis.readmodel.swap import Part
from migrations import runner
from new_services.inventory.app import legacy_model

# The fresh projection may have been sent a sale that the live one has not, and found nothing that
# it ends: its own table of reservations is empty.
_SOLD = """
UPDATE public.reservation SET held = false
WHERE held AND EXISTS (
    SELECT FROM fresh.order_mark mark
    JOIN fresh.movement sale ON sale.origin = 'SALE:' || mark.order_no || ':' || reservation.sku
    WHERE mark.saga_id = reservation.saga_id)
"""
_AHEAD = """
WITH own AS (
    INSERT INTO fresh.movement (origin, sku, change, reason, order_no, created, left_over)
    SELECT origin, sku, change, reason, order_no, created, left_over
    FROM public.movement WHERE lsn IS NULL
    ON CONFLICT (origin) DO NOTHING RETURNING sku, change)
INSERT INTO fresh.level AS level (sku, ledger, ahead)
SELECT sku, sum(change), sum(change) FROM own GROUP BY sku
ON CONFLICT (sku) DO UPDATE SET
    ledger = level.ledger + excluded.ledger, ahead = level.ahead + excluded.ahead
"""
_RESERVED = """
INSERT INTO fresh.level (sku, reserved)
SELECT sku, sum(pieces) FROM public.reservation WHERE held GROUP BY sku
ON CONFLICT (sku) DO UPDATE SET reserved = excluded.reserved
"""

PART = Part(
    tables=("level", "movement", "order_mark", "mirror", "mirror_floor"),
    held=("reservation",),
    carry=(_SOLD, _AHEAD, _RESERVED),
    unless=NOT_LEGACYS,
)


def model() -> FeedModel:
    """Legacy's stock, movements and goods."""
    return FeedModel("inventory", legacy_model(), partial(runner.upgrade, "inventory"), PART)


if __name__ == "__main__":
    model().command("the stock is")
