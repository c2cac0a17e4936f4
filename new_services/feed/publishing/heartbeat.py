"""Emits the time into the legacy log, and holds the lock that makes this feed the only one.

The message is transactional: a reader that meets it in the log has read everything that legacy had
committed before the time in it. It touches no table of the monolith.
"""

import time
from collections.abc import Callable

from psycopg import AsyncConnection

from new_services.feed.log.decoder import MESSAGE_PREFIX
from new_services.feed.log.slot import to_int
from new_services.feed.publishing.pulse import Pulse

_EMIT = "SELECT pg_logical_emit_message(true, %s, %s)::text"


async def take_lock(connection: AsyncConnection, slot: str) -> bool:
    """Become the only feed of this slot, for as long as the connection lives."""
    found = await connection.execute("SELECT pg_try_advisory_lock(hashtext(%s), 0)", [slot])
    row = await found.fetchone()
    return bool(row and row[0])


async def beat(
    connection: AsyncConnection,
    pulse: Pulse,
    on_end: Callable[[int], None],
    clock: Callable[[], float] = time.time,
) -> None:
    """Emit the clock's time for ever, with the pulse; `on_end` learns where the log ends.

    Raises psycopg.Error when cut off.
    """
    while True:
        micros = str(int(clock() * 1e6))  # read before the transaction starts: what it vouches for
        row = await (await connection.execute(_EMIT, [MESSAGE_PREFIX, micros])).fetchone()
        assert row is not None
        on_end(to_int(row[0]))
        await pulse.pause()
