"""Fresh tables take the live ones' place in one transaction, and nothing of our own is lost.

    the live projection held ─▶ writers wait ─▶ our own rows carried over ─▶ readers wait ─▶ swapped

A service whose database holds more than what the feed makes declares its `Part`: only the tables
that the feed makes are exchanged. The others stay where they are, and writers to them go
on all the while.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

FRESH, FORMER = "fresh", "former"
# Locks are waited for together, and less long than PostgreSQL waits (a second) before it looks for
# a deadlock and makes one of those who wait fail: so that one is never a writer of the service's.
LOCK_SECONDS = 0.8
BULK_SECONDS = 600.0  # for a statement over all rows, while no request waits


@dataclass(frozen=True, slots=True)
class Part:
    """What of a service's database the feed makes, and what is beside it. Statements name the
    tables with their schema: `fresh` and `public`."""

    # Exchanged, in the order in which the service's transactions lock them.
    tables: Sequence[str]
    # Stay, and are held still as well: `carry` reads or writes them.
    held: Sequence[str] = ()
    # Stay, and the fresh projection works on them: on all others it finds empty ones of its own.
    shared: Sequence[str] = ()
    # What of the live tables is our own, into the empty fresh ones: then little is left to carry.
    seed: Sequence[str] = ()
    # The same in the exchange, while no one can write: what has been written since, or all of it.
    carry: Sequence[str] = ()
    # A query whose row says why the live tables must not be exchanged; run under the locks, too
    unless: str = ""


class OtherShape(Exception):
    """The live tables are not what is made again: of other migrations, or not the feed's."""


async def prepare(connection: asyncpg.Connection, part: Part) -> None:
    """Ready the migrated fresh tables for the projection. Raises OtherShape."""
    live, fresh = [
        await connection.fetchval(f"SELECT version_num FROM {schema}.alembic_version")
        for schema in ("public", FRESH)
    ]
    if live != fresh:
        raise OtherShape(f"the database stands at {live}, its migrations at {fresh}")
    await refused(connection, part.unless)
    for name in part.shared:
        await connection.execute(f"DROP TABLE {FRESH}.{name}")
    for statement in part.seed:
        await connection.execute(statement, timeout=BULK_SECONDS)


async def refused(connection: asyncpg.Connection, unless: str) -> None:
    """Raises OtherShape with what this query says, if it says anything."""
    reason = await connection.fetchval(unless) if unless else None
    if reason is not None:
        raise OtherShape(reason)


async def tidy(connection: asyncpg.Connection) -> None:
    """What makes the fresh tables quick to carry over into, and to read: they were not read yet."""
    for name in await _fresh_tables(connection):
        await connection.execute(f"VACUUM (ANALYZE) {FRESH}.{name}", timeout=BULK_SECONDS)


async def swap(connection: asyncpg.Connection, part: Part | None, reader: str) -> None:
    """In the open transaction; without a part all tables. `reader` is the live projection's: what
    others have read is not made again, and so they go on where they are.

    Raises QueryCanceledError where a lock was not to be had in time.
    """
    await connection.execute(f"CREATE SCHEMA {FORMER}")
    tables = await _fresh_tables(connection)
    if part is not None:
        await _carry(connection, part, reader)
        tables = ["reader_position", *part.tables]
    live = await connection.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY($1)",
        tables,
    )
    await lock(connection, [f"public.{row['tablename']}" for row in live], "ACCESS EXCLUSIVE")
    for row in live:
        await connection.execute(f"ALTER TABLE public.{row['tablename']} SET SCHEMA {FORMER}")
    for name in tables:
        await connection.execute(f"ALTER TABLE {FRESH}.{name} SET SCHEMA public")


async def lock(connection: asyncpg.Connection, names: Sequence[str], mode: str) -> None:
    """All of them, in the open transaction. Raises QueryCanceledError when it takes too long."""
    await connection.execute(f"SET LOCAL statement_timeout = '{LOCK_SECONDS:g}s'")
    await connection.execute(f"LOCK {', '.join(names)} IN {mode} MODE")
    await connection.execute("SET LOCAL statement_timeout TO DEFAULT")


async def _carry(connection: asyncpg.Connection, part: Part, reader: str) -> None:
    names = [f"public.{name}" for name in (*part.tables, *part.held)]
    await lock(connection, names, "EXCLUSIVE")  # which lets others read
    # The fresh projection was told to end; a commit of its that is on the way is waited for.
    await lock(connection, [f"{FRESH}.{name}" for name in part.tables], "EXCLUSIVE")
    await refused(connection, part.unless)
    for statement in part.carry:
        await connection.execute(statement)
    await connection.execute(
        f"INSERT INTO {FRESH}.reader_position"
        " SELECT * FROM public.reader_position WHERE name <> $1",
        reader,
    )


async def _fresh_tables(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1", FRESH
    )
    return [row["tablename"] for row in rows]
