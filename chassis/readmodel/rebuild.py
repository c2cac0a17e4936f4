"""A read model made again beside the live one, and put in its place in one transaction.

    fresh tables in a schema of their own ─▶ projected from the stream's beginning ─▶ caught up
    ─▶ the live projection held ─▶ not behind it ─▶ tables exchanged, the live projection let go

Readers go on all the while: they name tables without a schema, and after the exchange those names
mean the new ones. The live projection loses its connection, comes back, and goes on from the
position that came with them. What of a database is exchanged is said in exchange.py.
"""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import quote

import asyncpg

from chassis.process import telemetry
from chassis.process.exclusive import exclusive
from chassis.readmodel import swap as exchange
from chassis.readmodel.swap import FORMER, FRESH, OtherShape, Part

log = logging.getLogger("rebuild")

HOLD_SECONDS = 2.0  # the live projection is held for no longer; then it is tried again
AGAIN_SECONDS = 0.5  # after which; meanwhile it goes on
TURN_SECONDS = 5.0  # how long to wait for another rebuild, or for the end of a killed one
CAUGHT_UP_MICROS = 1_000_000  # from here on it is worth holding the live projection
PAUSE_SECONDS = 0.01

Say = Callable[[str], None]
Project = Callable[[str], Awaitable[None]]  # projects for ever into the database at the URL


class NotRebuilt(Exception):
    """The read model could not be put in place; the live one is as it was."""


def beside(url: str) -> str:
    """The same database, with names meaning the fresh tables first."""
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}options={quote(f'-csearch_path={FRESH},public')}"


class Rebuilding:
    """The steps. `reader` is the live projection's; the fresh one's is called `fresh_reader`.
    Without a `part` all tables are exchanged, unless this query says why not."""

    def __init__(
        self,
        url: str,
        reader: str,
        project: Project,
        say: Say,
        part: Part | None = None,
        unless: str = "",
    ) -> None:
        self._url = url
        self._reader = reader
        self._project = project
        self._say = say
        self._part = part
        self._unless = unless

    @property
    def fresh_reader(self) -> str:
        """A name of its own: a projection holds a lock by it."""
        return fresh_reader(self._reader)

    async def run(self, migrate: Callable[[str], None], patience: float) -> int:
        """All steps; gives the stream's position. `migrate` makes empty tables at a URL.

        Raises NotRebuilt when the fresh tables are not in place within `patience` seconds, or
        another process rebuilds: both would write into the same fresh tables.
        """
        began = time.monotonic()

        async def wait(_: asyncpg.Connection) -> None:
            if time.monotonic() > began + TURN_SECONDS:
                raise NotRebuilt("another rebuilding of it is under way")
            await asyncio.sleep(PAUSE_SECONDS)

        async with exclusive(self._url, "rebuild", wait) as connection:
            try:
                await self._prepare(connection, migrate)
                position = await self._until_exchanged(connection, began + patience)
                await connection.execute(f"DROP SCHEMA {FORMER} CASCADE")
                return position
            except OtherShape as error:
                raise NotRebuilt(str(error)) from error
            finally:
                await connection.execute(f"DROP SCHEMA IF EXISTS {FRESH} CASCADE")

    async def _prepare(
        self, connection: asyncpg.Connection, migrate: Callable[[str], None]
    ) -> None:
        await exchange.refused(connection, self._unless)
        for schema in (FRESH, FORMER):  # what an earlier run left
            await connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        await connection.execute(f"CREATE SCHEMA {FRESH}")
        # Empty, so that the migrations do not take the live tables for those they are to make.
        await connection.execute(
            f"CREATE TABLE {FRESH}.alembic_version (LIKE public.alembic_version INCLUDING ALL)"
        )
        await asyncio.to_thread(migrate, beside(self._url))
        if self._part is not None:
            await exchange.prepare(connection, self._part)

    async def _until_exchanged(self, connection: asyncpg.Connection, deadline: float) -> int:
        """Project, catch up, exchange; again where readers or writers were too busy."""
        while True:
            projecting = asyncio.ensure_future(self._project(beside(self._url)))
            try:
                await self._caught_up(connection, deadline, projecting)
                await exchange.tidy(connection)
                position = await self._exchange(connection, projecting)
            finally:
                await _halt(projecting)
            if position is not None:
                return position
            if time.monotonic() > deadline:
                raise NotRebuilt("too busy to be exchanged")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _caught_up(
        self, connection: asyncpg.Connection, deadline: float, projecting: "asyncio.Future[None]"
    ) -> None:
        """Until it is worth holding the live projection for the rest. Raises NotRebuilt."""
        printed = 0.0
        while True:
            fresh = await _position(connection, FRESH, self.fresh_reader)
            live = await _position(connection, "public", self._reader)
            if fresh[1] and live[1] - fresh[1] < CAUGHT_UP_MICROS:
                return
            if projecting.done():
                projecting.result()
                raise NotRebuilt("the fresh projection has ended")
            now = time.monotonic()
            if now > deadline:
                raise NotRebuilt(f"not caught up: at message {fresh[0]:,} of {live[0]:,}")
            if now - printed > 1.0:
                printed = now
                self._say(f"at message {fresh[0]:,} of {live[0]:,}")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _exchange(
        self, connection: asyncpg.Connection, projecting: "asyncio.Future[None]"
    ) -> int | None:
        """The position, or None where it is to be tried again; then nothing has changed."""
        try:
            async with connection.transaction():
                # The live projection cannot commit from here on ...
                await exchange.lock(connection, ["public.reader_position"], "ACCESS EXCLUSIVE")
                live, _ = await _position(connection, "public", self._reader)
                position = await self._reach(connection, live)
                await _halt(projecting)
                # ... and holds no row of the tables that are exchanged.
                await connection.execute(_LET_GO, self._reader)
                await exchange.swap(connection, self._part, self._reader)
                await connection.execute(_RENAME, self._reader, self.fresh_reader)
                return position
        except (TimeoutError, asyncpg.QueryCanceledError, asyncpg.DeadlockDetectedError):
            log.info("too busy to exchange; trying again")
            return None

    async def _reach(self, connection: asyncpg.Connection, live: int) -> int:
        """Wait until the fresh tables hold all that the live ones do: no reader goes back."""
        async with asyncio.timeout(HOLD_SECONDS):
            while True:
                position, _ = await _position(connection, FRESH, self.fresh_reader)
                if position >= live:
                    return position
                await asyncio.sleep(PAUSE_SECONDS)


_LET_GO = """
SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid()
"""
_RENAME = "UPDATE public.reader_position SET name = $1 WHERE name = $2"


def fresh_reader(reader: str) -> str:
    """What the reader of the fresh tables is called."""
    return f"{reader} (fresh)"


async def _position(connection: asyncpg.Connection, schema: str, reader: str) -> tuple[int, int]:
    """Sequence and watermark, zero before the first."""
    row = await connection.fetchrow(
        f"SELECT sequence, watermark FROM {schema}.reader_position WHERE name = $1", reader
    )
    return (0, 0) if row is None else (row["sequence"], row["watermark"])


async def _halt(task: "asyncio.Future[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def run_command(name: str, what: str, rebuild: Callable[[Say], Coroutine[Any, Any, int]]) -> None:
    """A service's rebuilding as a program; `rebuild` gives the position. Exits with 1 where nothing
    was exchanged."""
    telemetry.setup(name)
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"rebuild: {time.monotonic() - started:5.1f} s  {text}", file=sys.stderr)  # noqa: T201

    try:
        position = asyncio.run(rebuild(say))
    except (NotRebuilt, OSError, TimeoutError, asyncpg.PostgresError) as error:
        say(f"nothing was exchanged: {error}")
        raise SystemExit(1) from None
    took = time.monotonic() - started
    print(f"{what} made anew up to message {position:,} ({took:.1f} s)")  # noqa: T201
