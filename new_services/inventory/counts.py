"""What the ledger says of a count: as the feed has it, by legacy's numbers of movements.

Legacy numbers the movements of a variant in the order in which they happened, since each is written
while the variant's stock is locked.
"""

import asyncpg

from contracts.back_office import Count

_IS_COUNTED = """
SELECT EXISTS (
    SELECT FROM (SELECT legacy_id, reason, sum(change) OVER (ORDER BY legacy_id) AS left_over
                 FROM movement WHERE sku = $1 AND legacy_id IS NOT NULL) AS ledger
    WHERE reason = 'ADJUST' AND legacy_id > $2 AND left_over = $3)
"""
_HAS_MOVED = "SELECT EXISTS (SELECT FROM movement WHERE sku = $1 AND legacy_id > $2)"
_LAST = "SELECT coalesce(max(legacy_id), 0) FROM movement WHERE sku = $1"
_STOCK = "SELECT quantity FROM level WHERE sku = $1"


async def last(pool: asyncpg.Pool, sku: str) -> int:
    """Legacy's number of the variant's last movement; 0 where there is none."""
    return int(await pool.fetchval(_LAST, sku))


async def is_counted(pool: asyncpg.Pool, counted: Count, since: int) -> bool:
    """Whether a count after the movement `since` left just so many pieces."""
    found = await pool.fetchval(_IS_COUNTED, counted.variant, since, counted.pieces)
    return bool(found)


async def has_moved(pool: asyncpg.Pool, sku: str, since: int) -> bool:
    """Whether the variant's stock has changed after the movement `since`."""
    return bool(await pool.fetchval(_HAS_MOVED, sku, since))


async def stock(pool: asyncpg.Pool, sku: str) -> int | None:
    """Pieces as legacy has them; None where it has no such variant."""
    found: int | None = await pool.fetchval(_STOCK, sku)
    return found
