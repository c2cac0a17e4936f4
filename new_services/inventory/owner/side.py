"""The stock for a cutover of the orders, which the orders service carries out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from chassis.ownership.records import Records
from chassis.ownership.reverse import ReverseFeed
from chassis.ownership.sides import Pending, Rows, summed
from chassis.web.internal import Reply
from contracts.events.owned import StockChanged
from contracts.feed.entities import STOCK
from new_services.inventory.owner import epochs
from new_services.inventory.owner.movements import ENTITY
from new_services.inventory.schemas import Stamped

SUMS = """
SELECT count(*) FILTER (WHERE updated <> '') AS variants,
       coalesce(sum(quantity), 0) AS pieces,
       (SELECT count(*) FROM movement WHERE legacy_id IS NOT NULL) AS movements,
       (SELECT coalesce(sum(change), 0) FROM movement WHERE legacy_id IS NOT NULL) AS moved
FROM level
"""
_LOCKED = "SELECT owner = 'new' FROM domain_owner WHERE domain = 'orders' FOR UPDATE"
_PENDING = "SELECT EXISTS (SELECT FROM owned_change WHERE domain = 'orders')"
_AHEAD = "SELECT count(*) FROM movement WHERE lsn IS NULL"
_MOVEMENTS = """
SELECT origin, sku, change, reason, order_no, created, left_over FROM movement
WHERE origin = ANY ($1::text[])
"""
_LEVELS = """
SELECT sku, quantity + ahead AS pieces FROM level WHERE updated <> '' AND (sku = ANY ($1::text[])
    OR sku IN (SELECT sku FROM movement WHERE origin = ANY ($2::text[])))
"""


def event_of(level: Mapping[str, Any], version: tuple[int, int]) -> StockChanged:
    """The event of a variant's stock as `read` has it."""
    return StockChanged(level["sku"], level["pieces"], *version)


@dataclass(frozen=True, slots=True)
class StockSide:
    """Reads movements for the reverse feed, and what they left for those who keep a copy; see
    OwnSide. Nothing is handed over here."""

    async def read(self, connection: asyncpg.Connection, pending: Sequence[Pending]) -> Rows:
        """See OwnSide: in the order in which they were made."""
        origins = list(dict.fromkeys(each.key for each in pending if each.entity == ENTITY))
        skus = [each.key for each in pending if each.entity == STOCK]
        rows = {row["origin"]: dict(row) for row in await connection.fetch(_MOVEMENTS, origins)}
        levels = {row["sku"]: dict(row) for row in await connection.fetch(_LEVELS, skus, origins)}
        return {ENTITY: {origin: rows.get(origin) for origin in origins}, STOCK: levels}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the orders service asks."""

    records: Records
    reverse: ReverseFeed

    async def set_owner(self, _: str, body: bytes) -> Reply:
        """Who owns the orders now. An epoch that is over is refused; and that legacy owns them
        again, while it has not been given all that moved here."""
        stamp = Stamped.model_validate_json(body).stamp
        async with self.records.pool.acquire() as connection, connection.transaction():
            was_ours = await connection.fetchval(_LOCKED) and not stamp.ours
            if was_ours and await connection.fetchval(_PENDING):
                self.reverse.hurry()
                return 503, {"error": "the monolith has not been given all movements yet"}
            try:
                await epochs.enter(connection, stamp)
            except epochs.Stale as error:
                return 412, {"error": str(error)}
        return 200, {"epoch": stamp.epoch}

    async def answer(self, _: str, __: bytes) -> Reply:
        """`reached`, `pending`, `trouble`, `ahead`, `sums`."""
        record = await self.records.look()
        self.reverse.hurry()
        pending, _age = await self.reverse.behind()
        counted = await summed(self.records.pool, SUMS)
        ahead = int(await self.records.pool.fetchval(_AHEAD))
        behind = {"pending": pending, "trouble": self.reverse.trouble, "ahead": ahead}
        return 200, {"reached": record.reached_lsn, **behind, "sums": counted}


def reverse_facts(reverse: ReverseFeed) -> Mapping[str, object]:
    """Of the reverse feed, for who looks at the service."""
    return {"position": reverse.position, "trouble": reverse.trouble}
