"""A service's database with outbox and inbox, and a bus of the test's own."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import asyncpg
import psycopg
import pytest
from nats.aio.client import Client

from chassis.database import open_pool
from chassis.events import bus, inbox, outbox
from chassis.readmodel import follower
from contracts.events.envelope import Event
from tests.rigs.processes.pace import until_next


@dataclass(frozen=True)
class Moved(Event):
    """An event of this test."""

    OWNER: ClassVar[str] = "test"
    TYPE: ClassVar[str] = "moved"
    KEY: ClassVar[str] = "thing"
    EXAMPLES: ClassVar[dict[int, dict[str, Any]]] = {}

    thing: str
    step: int
    poison: bool = False


@dataclass
class Service:
    """A database with an outbox, an inbox, and what the handlers wrote."""

    url: str
    pool: asyncpg.Pool
    nats: Client
    written: int = 0
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def tell(self, *events: Moved) -> None:
        """In one transaction."""
        async with self.pool.acquire() as connection, connection.transaction():
            for event in events:
                self.written += 1
                await outbox.add(connection, event, f"event-{self.written}", time.time())

    def run(self, work: Any) -> asyncio.Task[None]:
        """In the background, until the test ends or it is cancelled."""
        task = asyncio.create_task(work)
        self.tasks.append(task)
        return task

    async def seen(self) -> list[tuple[str, int]]:
        """What the handler wrote, in order."""
        rows = await self.pool.fetch("SELECT thing, step FROM seen ORDER BY n")
        return [(row["thing"], row["step"]) for row in rows]


async def record(connection: asyncpg.Connection, event: Moved, _: Any) -> None:
    """The handler: refuses poison."""
    await connection.execute(
        "INSERT INTO seen (thing, step) VALUES ($1, $2)", event.thing, event.step
    )
    if event.poison:
        raise ValueError("cannot stomach this")


async def _until(check: Callable[[], Awaitable[bool]], what: str, seconds: float = 60.0) -> None:
    since = time.monotonic()
    while not await check():
        assert time.monotonic() < since + seconds, f"{what}: not within {seconds:.0f} s"
        await asyncio.sleep(until_next(since))


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """Polls until a check holds."""
    return _until


@pytest.fixture
def moved() -> type[Moved]:
    """The event type."""
    return Moved


@pytest.fixture
def handlers() -> dict[type[Any], Any]:
    """What the consumer does."""
    return {Moved: record}


def _fill(_: str, url: str) -> None:
    seen = "CREATE TABLE seen (n serial PRIMARY KEY, thing text, step int)"
    with psycopg.connect(url, autocommit=True) as connection:
        for statements in (outbox.SCHEMA_1, inbox.SCHEMA_1, follower.SCHEMA_1, seen):
            connection.execute(statements)


@pytest.fixture
async def service(take_database: Callable[..., str], nats_server: Any) -> AsyncIterator[Service]:
    url = take_database("outbox", _fill)
    pool = await open_pool(url, "test", 10)
    nats = await bus.connect(nats_server.url, "test")
    await outbox.ensure_event_streams(nats)
    made = Service(url, pool, nats)
    yield made
    for task in made.tasks:
        task.cancel()
    await asyncio.gather(*made.tasks, return_exceptions=True)
    await nats.close()
    pool.terminate()
