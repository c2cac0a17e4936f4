"""Connections to both sides: one pair that stands still, one that sees what is now."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from new_services.anticorruption.mapping import Mapping
from new_services.verify.freshness import Freshness
from new_services.verify.services import Service


class Incomparable(Exception):
    """A legacy table is not as the mapping needs it."""


@dataclass(frozen=True, slots=True)
class Sides:
    """A connection to each side."""

    legacy: asyncpg.Connection
    store: asyncpg.Connection

    async def both(
        self, legacy: str, store: str, *values: object
    ) -> tuple[Sequence[asyncpg.Record], Sequence[asyncpg.Record]]:
        """Two statements at the same time, one on each side."""
        found = await asyncio.gather(
            self.legacy.fetch(legacy, *values), self.store.fetch(store, *values)
        )
        return found[0], found[1]


@dataclass(frozen=True, slots=True)
class Bench:
    """What a comparison works with."""

    still: Sides  # one snapshot of legacy, and the read model at least as fresh
    live: Sides
    freshness: Freshness
    taken: int  # of legacy's snapshot: everything committed before is in it; unix microseconds


async def connect(url: str) -> asyncpg.Connection:
    """For long statements, with texts written the way the feed writes them."""
    return await asyncpg.connect(
        url,
        timeout=10,
        server_settings={"application_name": "verify", "datestyle": "ISO", "timezone": "UTC"},
    )


@asynccontextmanager
async def bench(service: Service, legacy_url: str, store_url: str) -> AsyncIterator[Bench]:
    """Open the connections and take the consistent point. Raises NotFresh."""
    async with AsyncExitStack() as stack:

        async def opened(url: str) -> asyncpg.Connection:
            connection = await connect(url)
            stack.push_async_callback(connection.close, timeout=2)
            return connection

        still = Sides(await opened(legacy_url), await opened(store_url))
        live = Sides(await opened(legacy_url), await opened(store_url))
        freshness = Freshness(service.name, service.reader, live.store)
        await still.legacy.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        taken = await now(still.legacy)  # the first statement takes the snapshot; then the clock
        await freshness.wait(taken)
        await still.store.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield Bench(still, live, freshness, taken)


async def now(legacy: asyncpg.Connection) -> int:
    """Unix microseconds after what the connection sees, by either clock: ours may be the feed's."""
    theirs = await legacy.fetchval("SELECT extract(epoch FROM clock_timestamp()) * 1000000")
    return max(int(theirs), time.time_ns() // 1000)


async def column_types(legacy: asyncpg.Connection, mapping: Mapping) -> dict[str, str]:
    """Column to type of the mapping's table. Raises Incomparable where one is missing."""
    rows = await legacy.fetch(
        "SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute"
        " WHERE attrelid = to_regclass('public.' || quote_ident($1)) AND attnum > 0"
        " AND NOT attisdropped",
        mapping.table,
    )
    types = {row["attname"]: row["type"] for row in rows}
    wanted = {mapping.key, *(each.column for each in mapping.fields)}
    if missing := sorted(wanted - set(types)):
        raise Incomparable(f"legacy's table {mapping.table} has no column {', '.join(missing)}")
    return types
