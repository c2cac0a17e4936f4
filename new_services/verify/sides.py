"""Connections to both sides: one pair that stands still, one that sees what is now."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from new_services.verify.freshness import Freshness


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


@dataclass(frozen=True, slots=True)
class Alone:
    """A service's database without the monolith's: as it stood at one moment, and as it is now."""

    still: asyncpg.Connection
    live: asyncpg.Connection


async def connect(url: str) -> asyncpg.Connection:
    """For long statements, with texts written the way the feed writes them."""
    return await asyncpg.connect(
        url,
        timeout=10,
        server_settings={"application_name": "verify", "datestyle": "ISO", "timezone": "UTC"},
    )


@asynccontextmanager
async def bench(name: str, reader: str, legacy_url: str, store_url: str) -> AsyncIterator[Bench]:
    """Connections at a consistent point of service `name`, whose watermark is kept under `reader`.

    Raises NotFresh.
    """
    async with AsyncExitStack() as stack:

        async def opened(url: str) -> asyncpg.Connection:
            connection = await connect(url)
            stack.push_async_callback(connection.close, timeout=2)
            return connection

        still = Sides(await opened(legacy_url), await opened(store_url))
        live = Sides(await opened(legacy_url), await opened(store_url))
        freshness = Freshness(name, reader, live.store)
        await still.legacy.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        taken = await now(still.legacy)  # the first statement takes the snapshot; then the clock
        await freshness.wait(taken)
        await still.store.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield Bench(still, live, freshness, taken)


@asynccontextmanager
async def alone(store_url: str) -> AsyncIterator[Alone]:
    """Connections to a service's database, where there is no monolith to be compared with."""
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(2):
            connection = await connect(store_url)
            stack.push_async_callback(connection.close, timeout=2)
            found.append(connection)
        await found[0].execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield Alone(*found)


async def now(legacy: asyncpg.Connection) -> int:
    """Unix microseconds after what the connection sees, by either clock: ours may be the feed's."""
    theirs = await legacy.fetchval("SELECT extract(epoch FROM clock_timestamp()) * 1000000")
    return max(int(theirs), time.time_ns() // 1000)
