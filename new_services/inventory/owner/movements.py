"""What an order moves, by us as the owner: a row of the ledger and the stock after it, in the order
in which a sku's transactions commit, since each holds the sku's level from before it is numbered.
"""

from collections.abc import Sequence

import asyncpg

from contracts.feed.entities import STOCK
from new_services.inventory import repository
from new_services.inventory.domain import Movement

DOMAIN, ENTITY = "orders", "movement"

# An origin that is known moves nothing again.
_MOVE = f"""
WITH recorded AS (
    INSERT INTO movement (origin, sku, change, reason, order_no, created, left_over)
    SELECT m.origin, m.sku, m.change, m.reason, m.order_no, m.created, level.ledger + m.change
    FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[])
         AS m (origin, sku, change, reason, order_no, created)
    JOIN level USING (sku) ORDER BY m.sku
    ON CONFLICT (origin) DO NOTHING RETURNING origin, sku, change, created
), changed AS (
    INSERT INTO owned_change (domain, entity, key)
    SELECT '{DOMAIN}', '{ENTITY}', origin FROM recorded ORDER BY sku
)
UPDATE level SET ledger = level.ledger + recorded.change, ahead = level.ahead + recorded.change,
    updated = greatest(level.updated, recorded.created)
FROM recorded WHERE level.sku = recorded.sku
"""
_PUBLISH_ALL = f"""
INSERT INTO owned_change (domain, entity, key)
SELECT '{DOMAIN}', '{STOCK}', sku FROM level ORDER BY sku
"""


async def publish_all(connection: asyncpg.Connection) -> None:
    """Every variant's stock is to be published."""
    await connection.execute(_PUBLISH_ALL)


async def move(connection: asyncpg.Connection, movements: Sequence[Movement]) -> None:
    """Into the ledger, each origin once and each sku once, and the levels with it."""
    await repository.locked(connection, [each.sku for each in movements])
    columns = ("origin", "sku", "change", "reason", "order_no", "created")
    values = ([getattr(each, name) for each in movements] for name in columns)
    await connection.execute(_MOVE, *values)
