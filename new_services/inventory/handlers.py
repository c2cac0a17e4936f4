"""Reserve, release, sell, put back: what the sagas of other services ask for, each once. And what
the owners of goods and orders publish, once legacy's log is no source any more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from chassis.events.inbox import Handlers
from chassis.ownership.closed.followed import closed
from chassis.readmodel.watermark import Watermark
from contracts.events.envelope import Envelope
from contracts.events.owned import GoodsClosed, OrdersClosed, ProductChanged
from contracts.feed.entities import PRODUCT
from contracts.feed.facts import Stored
from contracts.ownership import Stamp
from new_services.inventory import projections, repository
from new_services.inventory.domain import Claim, Movement, Shortage, gate, shortage
from new_services.inventory.owner import epochs, movements

# What others reserved is sold or released within some milliseconds: worth waiting for.
PATIENCE_SECONDS = 0.3
PAUSE_SECONDS = 0.02
UNSTAMPED = Stamp(0, ours=False)  # of a call that names no epoch


class Short(Exception):
    """Not enough is left; carries what legacy would have said."""

    def __init__(self, short: Mapping[str, Any]) -> None:
        super().__init__(f"out of stock: {short['sku']}")
        self.answer = short


class Barred(Exception):
    """The saga's reservation has ended before; the message says how."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Pieces by sku for one saga; `after` is when it was asked for, in unix microseconds."""

    saga_id: str
    pieces: Mapping[str, int]
    after: int


class Handler:
    """Carries them out."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        watermark: Watermark,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pool = pool
        self._watermark = watermark
        self._pause = pause

    async def reserve(self, wanted: Reservation, stamp: Stamp = UNSTAMPED) -> None:
        """Hold the pieces. Raises Short, Barred, Stale.

        While the monolith owns the orders, refused is only what it surely refuses (by a mirror that
        is as fresh as the request), or what is promised to others and stays so for a while. In
        doubt it is left to decide. While we own them, held is only what the ledger has.
        """
        if await repository.reserve(self._pool, wanted.saga_id, wanted.pieces, stamp):
            return
        rounds = round(PATIENCE_SECONDS / PAUSE_SECONDS)
        for attempt in range(rounds + 1):
            if stamp.ours:
                done = await self._gate(wanted, stamp, last=attempt == rounds)
            else:
                fresh = await self._watermark.reached(wanted.after, PAUSE_SECONDS)
                done = await self._try(wanted, stamp, sure=fresh and attempt == rounds, fresh=fresh)
            if done:
                return
            await self._pause(PAUSE_SECONDS)
        await self._try(wanted, stamp, sure=True, fresh=self._watermark.micros >= wanted.after)

    async def _try(self, wanted: Reservation, stamp: Stamp, *, sure: bool, fresh: bool) -> bool:
        """Whether it is decided; raises Short when refused. `sure`: this is the last attempt."""
        short: Shortage | None
        async with self._pool.acquire() as connection, connection.transaction():
            await epochs.enter(connection, stamp)
            claimed = await repository.claim(connection, wanted.saga_id)
            if claimed is not None:
                return _known(claimed)
            levels = await repository.locked(connection, list(wanted.pieces))
            short = shortage(levels, wanted.pieces)
            if short is not None and short.certain and not fresh:
                if not sure:
                    return False
                short = None  # the mirror is behind: legacy decides
            if short is None:
                await repository.hold(connection, wanted.saga_id, wanted.pieces)
                return True
            if not short.certain and not sure:
                return False
            answer = _out_of_stock(short)
            await repository.settle(connection, wanted.saga_id, "refused", answer)
        raise Short(answer)

    async def _gate(self, wanted: Reservation, stamp: Stamp, *, last: bool) -> bool:
        """Whether it is decided; raises Short when refused. What is held since before this epoch,
        and so perhaps in doubt, is looked at again: it is among what is reserved."""
        async with self._pool.acquire() as connection, connection.transaction():
            await epochs.enter(connection, stamp)
            claimed = await repository.claim(connection, wanted.saga_id)
            held = claimed is not None and claimed.status == "held"
            if claimed is not None and not (held and claimed.epoch != stamp.epoch):
                return _known(claimed)
            levels = await repository.locked(connection, list(wanted.pieces))
            short = gate(levels, dict.fromkeys(wanted.pieces, 0) if held else wanted.pieces)
            if short is None and held:
                await repository.gated(connection, wanted.saga_id, stamp.epoch)
            elif short is None:
                await repository.hold(connection, wanted.saga_id, wanted.pieces, stamp.epoch)
            if short is None:
                return True
            if not short.certain and not last:
                return False
            answer = _out_of_stock(short)
            await repository.end(connection, [wanted.saga_id])
            await repository.settle(connection, wanted.saga_id, "refused", answer)
        raise Short(answer)

    async def release(self, saga_id: str) -> None:
        """Hold nothing for this saga, now or later. Raises Barred after a sale."""
        async with self._pool.acquire() as connection, connection.transaction():
            claimed = await repository.claim(connection, saga_id)
            if claimed is not None and claimed.status == "sold":
                raise Barred("sold")
            await repository.end(connection, [saga_id])
            await repository.settle(connection, saga_id, "released")

    async def sell(
        self, saga_id: str, order_no: str, created: str, stamp: Stamp = UNSTAMPED
    ) -> None:
        """The pieces went with this order. Raises Barred after a release, Stale."""
        if await repository.sell(self._pool, saga_id, order_no, created, stamp):
            return
        async with self._pool.acquire() as connection, connection.transaction():
            await epochs.enter(connection, stamp)
            claimed = await repository.claim(connection, saga_id)
            if claimed is not None and claimed.status in ("refused", "released"):
                raise Barred(claimed.status)
            pieces = await repository.reserved(connection, saga_id)
            sold = [Movement(sku, -n, "SALE", order_no, created) for sku, n in pieces.items()]
            await _record(connection, sold, stamp)
            await repository.end(connection, [saga_id])
            await repository.settle(connection, saga_id, "sold")

    async def put_back(
        self, order_no: str, pieces: Mapping[str, int], created: str, stamp: Stamp = UNSTAMPED
    ) -> None:
        """This order is cancelled, and its pieces are back. Raises Stale."""
        async with self._pool.acquire() as connection, connection.transaction():
            await epochs.enter(connection, stamp)
            back = [Movement(sku, n, "CANCEL", order_no, created) for sku, n in pieces.items()]
            await _record(connection, back, stamp)


async def _record(connection: asyncpg.Connection, moved: Sequence[Movement], stamp: Stamp) -> None:
    """Into the ledger: ahead of the feed, or as the owner, to be written to the monolith."""
    record = movements.move if stamp.ours else repository.record
    await record(connection, moved)


def _out_of_stock(short: Shortage) -> dict[str, Any]:
    return {"error": "out of stock", "sku": short.sku, "available": short.available}


def _known(claimed: Claim) -> bool:
    if claimed.status == "refused":
        raise Short(claimed.answer)
    if claimed.status == "released":
        raise Barred(claimed.status)
    return True


async def product(connection: asyncpg.Connection, event: ProductChanged, _: Envelope) -> None:
    """It is sold, or not any more."""
    names = ("sku", "active", "discontinued", "updated")
    fields = {"id": event.number, **{name: getattr(event, name) for name in names}}
    await projections.apply(
        connection, [Stored(PRODUCT, event.number, fields, (event.lsn, event.seq))]
    )


async def orders_closed(
    connection: asyncpg.Connection, event: OrdersClosed, envelope: Envelope
) -> None:
    """The stock is published for the services that keep a copy, all of it at first."""
    await closed(connection, event, envelope)
    await movements.publish_all(connection)


HANDLERS: Handlers = {ProductChanged: product, GoodsClosed: closed, OrdersClosed: orders_closed}
