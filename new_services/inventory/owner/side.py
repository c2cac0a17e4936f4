"""The stock for a cutover of the orders, which the orders service carries out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from chassis.ownership.records import Records
from chassis.ownership.reverse import ReverseFeed
from chassis.ownership.sides import Pending, Sums
from chassis.web.internal import Reply
from new_services.inventory.owner import epochs
from new_services.inventory.owner.movements import ENTITY
from new_services.inventory.schemas import Stamped

_SUMS = """
SELECT count(*) FILTER (WHERE updated <> '') AS variants,
       coalesce(sum(quantity), 0) AS pieces,
       (SELECT count(*) FROM movement WHERE legacy_id IS NOT NULL) AS movements,
       (SELECT coalesce(sum(change), 0) FROM movement WHERE legacy_id IS NOT NULL) AS moved
FROM level
"""
_AHEAD = "SELECT count(*) FROM movement WHERE lsn IS NULL"
_MOVEMENTS = """
SELECT origin, sku, change, reason, order_no, created, left_over FROM movement
WHERE origin = ANY ($1::text[])
"""


async def sums(pool: asyncpg.Pool) -> Sums:
    """Of what the feed has told; see OwnSide."""
    row = await pool.fetchrow(_SUMS)
    return {name: str(value) for name, value in row.items()}


@dataclass(frozen=True, slots=True)
class StockSide:
    """Reads movements for the reverse feed; see OwnSide. Nothing is handed over here."""

    async def read(
        self, connection: asyncpg.Connection, pending: Sequence[Pending]
    ) -> Mapping[str, Mapping[str, Mapping[str, object] | None]]:
        """See OwnSide: in the order in which they were made."""
        origins = list(dict.fromkeys(each.key for each in pending))
        rows = {row["origin"]: dict(row) for row in await connection.fetch(_MOVEMENTS, origins)}
        return {ENTITY: {origin: rows.get(origin) for origin in origins}}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the orders service asks; `reverse` is None where no way to the monolith is known."""

    records: Records
    reverse: ReverseFeed | None

    async def told(self, _: str, body: bytes) -> Reply:
        """Who owns the orders now. An epoch that is over is refused."""
        stamp = Stamped.model_validate_json(body).stamp
        async with self.records.pool.acquire() as connection, connection.transaction():
            try:
                await epochs.enter(connection, stamp)
            except epochs.Stale as error:
                return 412, {"error": str(error)}
        return 200, {"epoch": stamp.epoch}

    async def answer(self, _: str, __: bytes) -> Reply:
        """`reached`, `pending`, `trouble`, `ahead`, `sums`."""
        record = await self.records.look()
        pending, trouble = 0, "legacy's database is not configured"
        if self.reverse is not None:
            self.reverse.hurry()
            pending, _age = await self.reverse.behind()
            trouble = self.reverse.trouble
        told = await sums(self.records.pool)
        ahead = int(await self.records.pool.fetchval(_AHEAD))
        behind = {"pending": pending, "trouble": trouble, "ahead": ahead}
        return 200, {"reached": record.reached_lsn, **behind, "sums": told}


def told(reverse: ReverseFeed | None) -> Mapping[str, object]:
    """Of the reverse feed, for who looks at the service."""
    if reverse is None:
        return {"position": 0, "trouble": "legacy's database is not configured"}
    return {"position": reverse.position, "trouble": reverse.trouble}
