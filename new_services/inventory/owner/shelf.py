"""A count on the shelf, by us as the owner: the difference is a movement of ours, once for a saga.

    ONE TRANSACTION: owner still we ▸ counted before? ▸ the stock, locked ▸ the difference moved

The monolith numbers such a movement itself and keeps no name of ours with it. So a count in
the feed is known as ours by variant, difference and time, which has microseconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from contracts.back_office import Count
from contracts.record import RecordRefused
from new_services.inventory import repository
from new_services.inventory.domain import Movement
from new_services.inventory.owner import movements
from new_services.inventory.owner.epochs import DOMAIN

COUNTED = "counted"  # what became of the saga's count, whatever moved
_OURS = f"SELECT owner = 'new' FROM domain_owner WHERE domain = '{DOMAIN}' FOR SHARE"
_KEPT = "SELECT EXISTS (SELECT FROM level WHERE sku = $1 AND updated <> '')"
UNKNOWN = {"error": "There is no such article."}
_COUNTS = """
SELECT origin, sku, change, created, legacy_id FROM movement
WHERE origin LIKE 'COUNT:%' AND sku = ANY ($1::text[])
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """`now` is the shop's wall clock, without a zone."""

    pool: asyncpg.Pool
    now: Callable[[], datetime]

    async def count(self, saga_id: str, counted: Count) -> bool:
        """Whether it is done; if not, the monolith owns the stock. Once more, it changes nothing.
        Raises RecordRefused for a variant of which no stock is kept."""
        async with self.pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_OURS):
                return False
            if await repository.claim(connection, saga_id) is not None:
                return True
            if not await connection.fetchval(_KEPT, counted.variant):
                raise RecordRefused(404, UNKNOWN)
            (level,) = await repository.locked(connection, [counted.variant])
            change = counted.pieces - level.ledger
            if change:
                created = _as_text(self.now())
                moved = Movement(counted.variant, change, "ADJUST", None, created, count=saga_id)
                await movements.move(connection, [moved])
            await repository.settle(connection, saga_id, COUNTED)
        return True


async def named(connection: asyncpg.Connection, movements: Sequence[Movement]) -> list[Movement]:
    """The same movements; those that are counts of ours under their own names."""
    skus = [each.sku for each in movements if each.reason == "ADJUST"]
    rows = await connection.fetch(_COUNTS, skus) if skus else []
    ours = {_mark(row["sku"], row["change"], row["created"]): row["origin"] for row in rows}
    return [
        replace(each, count=ours[mark].removeprefix("COUNT:"))
        if each.reason == "ADJUST" and (mark := _mark(each.sku, each.change, each.created)) in ours
        else each
        for each in movements
    ]


def _as_text(moment: datetime) -> str:
    """As a database writes it."""
    return moment.isoformat(" ", "microseconds").rstrip("0").rstrip(".")


def _mark(sku: str, change: int, created: str) -> tuple[str, int, datetime]:
    return sku, change, datetime.fromisoformat(created)
