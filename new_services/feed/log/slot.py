"""The replication slot: PostgreSQL keeps the log from its position on until we confirm more."""

import asyncio
from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg.errors import ObjectInUse
from psycopg.sql import SQL, Identifier

RELEASE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Slot:
    """An existing slot."""

    confirmed: int  # everything before this position has been confirmed by us
    usable: bool  # false once PostgreSQL had to give up the log we had not read


def to_int(lsn: str) -> int:
    """A position such as '0/16B3748' as a number of bytes."""
    high, low = lsn.split("/")
    return int(high, 16) << 32 | int(low, 16)


async def system_identifier(replication: AsyncConnection) -> str:
    """What identifies this PostgreSQL cluster."""
    row = await (await replication.execute("IDENTIFY_SYSTEM")).fetchone()
    assert row is not None
    return str(row[0])


async def inspect(connection: AsyncConnection, name: str) -> Slot | None:
    """The slot, or None."""
    found = await connection.execute(
        "SELECT confirmed_flush_lsn::text, wal_status FROM pg_replication_slots"
        " WHERE slot_name = %s AND database = current_database()",
        [name],
    )
    row = await found.fetchone()
    if row is None:
        return None
    return Slot(to_int(row[0] or "0/0"), row[0] is not None and row[1] != "lost")


async def release(connection: AsyncConnection, name: str) -> None:
    """End a walsender that still serves a feed which is gone.

    Only for the holder of the feed's lock: then no living process reads from the slot.
    """
    async with asyncio.timeout(RELEASE_SECONDS):
        while True:
            found = await connection.execute(
                "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                " WHERE slot_name = %s AND active_pid IS NOT NULL",
                [name],
            )
            if await found.fetchone() is None:
                return
            await asyncio.sleep(0.05)


async def drop(connection: AsyncConnection, name: str) -> None:
    """Remove the slot; none of that name is no error."""
    async with asyncio.timeout(RELEASE_SECONDS):
        while True:
            await release(connection, name)
            try:
                await connection.execute(
                    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                    " WHERE slot_name = %s",
                    [name],
                )
            except ObjectInUse:
                await asyncio.sleep(0.05)
            else:
                return


async def create(replication: AsyncConnection, name: str) -> None:
    """Make the slot. Waits until the transactions that are writing now have ended."""
    statement = SQL("CREATE_REPLICATION_SLOT {} LOGICAL pgoutput (SNAPSHOT 'nothing')")
    await replication.execute(statement.format(Identifier(name)))


@dataclass(frozen=True, slots=True)
class Held:
    """How much log PostgreSQL keeps because of the slot, in bytes."""

    kept: int
    limit: int | None  # beyond it the slot is lost; None: it would keep log until the disk is full
    lost: bool


_HELD = """
SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(restart_lsn, pg_current_wal_lsn()))::bigint,
       (SELECT setting::bigint * 1048576 FROM pg_settings WHERE name = 'max_slot_wal_keep_size'),
       wal_status = 'lost'
FROM pg_replication_slots WHERE slot_name = %s AND database = current_database()
"""


async def held(connection: AsyncConnection, name: str) -> Held | None:
    """What the slot holds back, or None without a slot."""
    row = await (await connection.execute(_HELD, [name])).fetchone()
    if row is None:
        return None
    return Held(max(0, row[0]), row[1] if row[1] >= 0 else None, row[2])
