"""One of many: a lock in the database that ends with the connection that holds it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

POLL_SECONDS = 0.2

Standby = Callable[[asyncpg.Connection], Awaitable[None]]


async def _idle(_: asyncpg.Connection) -> None:
    await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def exclusive(
    database_url: str, name: str, standby: Standby = _idle
) -> AsyncIterator[asyncpg.Connection]:
    """A connection of its own, once it alone holds the lock `name` in this database.

    `standby` is called again and again until then, and should take a moment. The lock is given
    back with the connection, also when the process is killed. A process that loses the connection
    has lost the lock; its next statement fails. Raises what `DatabaseAway` names.
    """
    connection = await asyncpg.connect(
        database_url, timeout=3, command_timeout=60, server_settings={"application_name": name}
    )
    try:
        while not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext($1), 1)", name):
            await standby(connection)
        yield connection
    finally:
        try:
            await connection.close(timeout=1)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection.terminate()
