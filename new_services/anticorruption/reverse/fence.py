"""The fence around a domain in legacy's database, as the role `reverse` closes and opens it.

Closing is one short transaction. It takes the tables in the monolith's own order and is the first
to give way (`deadlock_timeout` of the role), so it cancels no customer's; the caller does it again.
Once it is committed, nothing of legacy's can commit a change of these tables.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from chassis.database import DatabaseAway
from chassis.ownership import protocol
from chassis.ownership.record import Fence, Owner
from chassis.ownership.sides import Closed, FenceBusy, Late, LegacyAway
from contracts.cutover import FENCE_PREFIX
from new_services.anticorruption.reverse.domains import Domain

LOCK_TIMEOUT = "300ms"
POSITION = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"
_LOOK = "SELECT owner, epoch, attempt FROM fig.domain WHERE name = $1"
_CHANGE = """
UPDATE fig.domain SET owner = $2, epoch = $3, attempt = $4
WHERE name = $1 AND owner = $5 AND attempt = $6
"""
# Of these tables, those on which the trigger does not stand as the migration made it.
_UNGUARDED = """
ARRAY(SELECT name FROM unnest($2::text[]) AS name WHERE NOT EXISTS (
    SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE t.tgrelid = to_regclass('public.' || quote_ident(name)) AND t.tgname = 'fig_guard'
    AND t.tgenabled IN ('O', 'A') AND n.nspname = 'fig' AND p.proname = 'guard'))
"""
_LOOK_ALL = f"SELECT owner, epoch, attempt, {_UNGUARDED} FROM fig.domain WHERE name = $1"
_EMIT = "SELECT pg_logical_emit_message(true, $1, $2)"


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """What legacy's database says in its own words -> LegacyAway."""
    try:
        yield
    except (*DatabaseAway, TimeoutError) as error:
        raise LegacyAway(f"legacy's database is away: {type(error).__name__}") from error
    except asyncpg.UndefinedTableError as error:
        raise LegacyAway(f"legacy's database has no fence, migrate it: {error}") from error
    except asyncpg.PostgresError as error:
        raise LegacyAway(f"legacy's database: {error}") from error


@dataclass(slots=True)
class LegacyFence:
    """Of one domain."""

    pool: asyncpg.Pool
    domain: Domain

    async def look(self) -> tuple[Fence, str]:
        async with translated():
            row = await self.pool.fetchrow(_LOOK_ALL, self.domain.name, list(self.domain.tables))
            fence = self._seen(row)
        names = ", ".join(row[-1])
        return fence, f"the fence's trigger is gone or disabled on {names}" if names else ""

    async def claim(self, attempt: int) -> None:
        async with translated():
            fence = await self._fence(self.pool)
            await self._change(self.pool, fence, protocol.claim(fence, attempt))

    async def open(self, attempt: int, epoch: int) -> None:
        async with translated():
            fence = await self._fence(self.pool)
            await self._change(self.pool, fence, protocol.open_again(fence, attempt, epoch))

    async def close(self, attempt: int, epoch: int) -> Closed:
        try:
            async with translated(), self.pool.acquire() as connection, connection.transaction():
                await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                await connection.execute("SET LOCAL idle_in_transaction_session_timeout = '2s'")
                return await self._close(connection, attempt, epoch)
        except LegacyAway as error:
            if isinstance(error.__cause__, _GIVEN_WAY):
                raise FenceBusy(f"a transaction of legacy's is in the way: {error}") from error
            raise

    async def _close(self, connection: asyncpg.Connection, attempt: int, epoch: int) -> Closed:
        for table in self.domain.tables:
            await connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        fence = await self._fence(connection)
        await self._change(connection, fence, protocol.close(fence, attempt, epoch))
        numbers = {
            name: int(await connection.fetchval(f"SELECT last_value FROM {sequence}"))
            for name, sequence in self.domain.sequences
        }
        lsn = int(await connection.fetchval(POSITION))
        await connection.execute(_EMIT, FENCE_PREFIX, self.domain.name)
        return Closed(lsn, numbers)

    async def _fence(self, connection: "asyncpg.Connection | asyncpg.Pool") -> Fence:
        return self._seen(await connection.fetchrow(_LOOK, self.domain.name))

    def _seen(self, row: asyncpg.Record | None) -> Fence:
        if row is None:
            raise LegacyAway(f"fig.domain has no row {self.domain.name}")
        return Fence(Owner(row["owner"]), row["epoch"], row["attempt"])

    async def _change(
        self,
        connection: "asyncpg.Connection | asyncpg.Pool",
        before: Fence,
        after: Fence | None,
    ) -> None:
        """Raises Late where `before` is not any more what is stored, or nothing is to follow it."""
        if after is not None:
            values = (after.owner, after.epoch, after.attempt, before.owner, before.attempt)
            done = await connection.execute(_CHANGE, self.domain.name, *values)
            if done.endswith(" 1"):
                return
        raise Late(f"a later attempt has {self.domain.name}'s fence")

    async def position(self) -> int:
        async with translated():
            return int(await self.pool.fetchval(POSITION))

    async def hand_back(self, numbers: Mapping[str, int]) -> None:
        async with translated():
            for name, sequence in self.domain.sequences:
                if name in numbers:
                    await self.pool.execute(
                        f"SELECT setval('{sequence}', greatest($1, last_value)) FROM {sequence}",
                        numbers[name],
                    )


_GIVEN_WAY = (
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.QueryCanceledError,
)
