"""A domain in legacy's database, whole: the fence, the sums, and batches of the reverse feed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg

from chassis.database import keep_as_it_is
from chassis.ownership.sides import Batch, Late, Rows, Sums, summed
from new_services.anticorruption.reverse import accounts, goods, orders, stock
from new_services.anticorruption.reverse.domains import ACCOUNTS, GOODS, ORDERS, STOCK, Domain
from new_services.anticorruption.reverse.fence import LegacyFence, translated

Write = Callable[[asyncpg.Connection, Rows], Awaitable[None]]

Inform = Callable[[int], Awaitable[None]]  # of the epoch; raises TimeoutError


async def _nothing(_: int) -> None:
    """No other service must be informed."""


APPLICATION = "fig-reverse"
SECONDS = 3.0
_ORIGIN = "SELECT pg_replication_origin_session_setup($1)"
_OWNED = "SELECT owner = 'new' AND epoch = $2 FROM fig.domain WHERE name = $1 FOR SHARE"
_TURN = """
UPDATE fig.applied SET position = greatest(position, $3), epoch = $2, turn = turn + 1
WHERE domain = $1 AND turn = $4
"""


@dataclass(slots=True)
class LegacyTables(LegacyFence):
    """See LegacySide."""

    url: str
    write: Write
    statements: tuple[str, ...]  # of the sums
    before_open: Inform = _nothing
    _marked: "asyncpg.Connection | None" = field(default=None)

    async def sums(self) -> Sums:
        async with translated():
            found = [await summed(self.pool, each) for each in self.statements]
        return {name: value for sums in found for name, value in sums.items()}

    async def open(self, attempt: int, epoch: int) -> None:
        """See LegacySide. First the service that must know of it is informed."""
        await self.before_open(epoch)
        await LegacyFence.open(self, attempt, epoch)

    async def turn(self) -> int:
        async with translated():
            found = await self.pool.fetchval(
                "SELECT turn FROM fig.applied WHERE domain = $1", self.domain.fed_as
            )
            return int(found)

    async def apply(self, batch: Batch) -> None:
        """See LegacySide. What is written bears the origin of the domain in the log."""
        async with translated():
            connection = await self._connected()
            async with connection.transaction():
                name = self.domain.name
                done = await connection.execute(
                    _TURN, self.domain.fed_as, batch.epoch, batch.position, batch.turn
                )
                if not done.endswith(" 1"):
                    raise Late(f"another batch of {name} was written since turn {batch.turn}")
                await self.write(connection, batch.rows)
                # Last, and held until the commit: opening the fence waits for no row of ours.
                if not await connection.fetchval(_OWNED, name, batch.epoch):
                    raise Late(f"{name} is not the new side's under epoch {batch.epoch}")

    async def _connected(self) -> asyncpg.Connection:
        """One with the origin set up: that is for a session, and only one session may have it."""
        if self._marked is None or self._marked.is_closed():
            connection = await asyncpg.connect(
                self.url,
                timeout=SECONDS,
                command_timeout=SECONDS,
                server_settings={"application_name": APPLICATION},
            )
            try:
                await connection.execute("SET idle_in_transaction_session_timeout = '5s'")
                await connection.fetchval(_ORIGIN, self.domain.origin)
            except BaseException:
                connection.terminate()
                raise
            self._marked = connection
        return self._marked

    async def release(self) -> None:
        if self._marked is not None:
            self._marked.terminate()
            self._marked = None

    async def close_connections(self) -> None:
        await self.release()
        self.pool.terminate()


async def opened(
    url: str, domain: Domain, write: Write, *statements: str, before_open: Inform = _nothing
) -> LegacyTables:
    """The domain, as the role of the URL writes it; connects when first used."""
    pool = await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=3,
        reset=keep_as_it_is,
        timeout=SECONDS,
        command_timeout=SECONDS,
        server_settings={"application_name": APPLICATION},
    )
    return LegacyTables(pool, domain, url, write, statements, before_open)


async def goods_of(url: str) -> LegacyTables:
    """The goods."""
    return await opened(url, GOODS, goods.write, goods.SUMS)


async def accounts_of(url: str) -> tuple[LegacyTables, accounts.LegacyHandOver]:
    """The customers; and their logins, for the one who is to own them."""
    tables = await opened(url, ACCOUNTS, accounts.write, accounts.SUMS)
    return tables, accounts.LegacyHandOver(tables.pool)


async def orders_of(url: str, before_open: Inform) -> LegacyTables:
    """The orders; the sums are also of the stock."""
    return await opened(url, ORDERS, orders.write, orders.SUMS, stock.SUMS, before_open=before_open)


async def stock_of(url: str) -> LegacyTables:
    """The stock, as the inventory writes it."""
    return await opened(url, STOCK, stock.write, stock.SUMS)
