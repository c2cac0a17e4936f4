"""Movements of the stock as we made them -> the monolith's movements, and its stock after them.

The stock is absolute: what is left after a variant's newest movement of the batch. A movement that
is there already, from a batch whose commit was not confirmed, is not written again.
"""

from collections.abc import Iterable
from collections.abc import Mapping as Fields
from typing import Any

import asyncpg

from chassis.ownership.sides import LegacyAway, Rows
from contracts.feed import entities
from new_services.anticorruption.reverse.inverse import Inverse
from new_services.anticorruption.tables import MOVEMENT

INVERSE = Inverse.of(MOVEMENT.mapping(), "sku", "change", "reason", "order_no", "created")
# An order moves a variant once when it is sold, and once when it is cancelled; a count is known by
# its time, which has microseconds.
_INSERT = """
INSERT INTO stock_movement (sku, qty_change, reason, order_no, created)
SELECT $1::text, $2::int, $3::text, $4::text, $5::text::timestamp WHERE NOT EXISTS (
    SELECT FROM stock_movement WHERE reason = $3::text AND sku = $1::text
    AND CASE WHEN $4::text IS NULL THEN order_no IS NULL AND created = $5::text::timestamp
             ELSE order_no = $4::text END)
"""
_STOCK = "UPDATE stock SET qty = $2, updated = $3::text::timestamp WHERE sku = $1"
SUMS = """
SELECT (SELECT count(*) FROM stock) AS variants,
       (SELECT coalesce(sum(qty), 0) FROM stock) AS pieces,
       count(*) AS movements, coalesce(sum(qty_change), 0) AS moved FROM stock_movement
"""


def stock_rows(movements: Iterable[Fields[str, Any]]) -> dict[str, tuple[int, str]]:
    """By sku, pieces and time after the newest of these movements, which come in their order."""
    return {each["sku"]: (each["left_over"], each["created"]) for each in movements}


async def write(connection: asyncpg.Connection, rows: Rows) -> None:
    """In the open transaction. Raises LegacyAway where a variant has no stock there."""
    moved = [each for each in rows.get(entities.MOVEMENT, {}).values() if each is not None]
    for movement in moved:
        await connection.execute(_INSERT, *INVERSE.row(movement).values())
    for sku, (pieces, at) in sorted(stock_rows(moved).items()):
        done = await connection.execute(_STOCK, sku, pieces, at)
        if not done.endswith(" 1"):
            raise LegacyAway(f"the monolith keeps no stock of {sku}")
