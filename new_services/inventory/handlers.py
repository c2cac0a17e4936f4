"""Reserve, release, sell, put back: what the sagas of other services ask for, each once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from chassis.readmodel.watermark import Watermark
from new_services.inventory import repository
from new_services.inventory.domain import Movement, Shortage, shortage

# What others reserved is sold or released within some milliseconds: worth waiting for.
PATIENCE_SECONDS = 0.3
PAUSE_SECONDS = 0.02


class Short(Exception):
    """Not enough is left; carries what legacy would have said."""

    def __init__(self, short: Mapping[str, Any]) -> None:
        super().__init__(f"out of stock: {short['sku']}")
        self.answer = short


class Barred(Exception):
    """The saga's wish has come to an end before; the message says to which."""


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

    async def reserve(self, wish: Reservation) -> None:
        """Hold the pieces. Raises Short, Barred.

        Refused is only what legacy surely refuses (by a mirror that is as fresh as the wish), or
        what is promised to others and stays so for a while. In doubt legacy is left to decide.
        """
        if await repository.reserve(self._pool, wish.saga_id, wish.pieces):
            return
        rounds = round(PATIENCE_SECONDS / PAUSE_SECONDS)
        for attempt in range(rounds + 1):
            fresh = await self._watermark.reached(wish.after, PAUSE_SECONDS)
            if await self._try(wish, sure=fresh and attempt == rounds, fresh=fresh):
                return
            await self._pause(PAUSE_SECONDS)
        await self._try(wish, sure=True, fresh=self._watermark.micros >= wish.after)

    async def _try(self, wish: Reservation, *, sure: bool, fresh: bool) -> bool:
        """Whether it is decided; raises Short when refused. `sure`: this is the last attempt."""
        short: Shortage | None
        async with self._pool.acquire() as connection, connection.transaction():
            claimed = await repository.claim(connection, wish.saga_id)
            if claimed is not None:
                return _known(claimed)
            levels = await repository.locked(connection, list(wish.pieces))
            short = shortage(levels, wish.pieces)
            if short is not None and short.certain and not fresh:
                if not sure:
                    return False
                short = None  # the mirror is behind: legacy decides
            if short is None:
                await repository.hold(connection, wish.saga_id, wish.pieces)
                return True
            if not short.certain and not sure:
                return False
            answer = {"error": "out of stock", "sku": short.sku, "available": short.available}
            await repository.settle(connection, wish.saga_id, "refused", answer)
        raise Short(answer)

    async def release(self, saga_id: str) -> None:
        """Hold nothing for this saga, now or later. Raises Barred after a sale."""
        async with self._pool.acquire() as connection, connection.transaction():
            claimed = await repository.claim(connection, saga_id)
            if claimed is not None and claimed[0] == "sold":
                raise Barred("sold")
            await repository.end(connection, [saga_id])
            await repository.settle(connection, saga_id, "released")

    async def sell(self, saga_id: str, order_no: str, created: str) -> None:
        """Legacy has taken the pieces for this order. Raises Barred after a release."""
        if await repository.sell(self._pool, saga_id, order_no, created):
            return
        async with self._pool.acquire() as connection, connection.transaction():
            claimed = await repository.claim(connection, saga_id)
            if claimed is not None and claimed[0] in ("refused", "released"):
                raise Barred(claimed[0])
            pieces = await repository.reserved(connection, saga_id)
            await repository.record(
                connection,
                [Movement(sku, -count, "SALE", order_no, created) for sku, count in pieces.items()],
            )
            await repository.end(connection, [saga_id])
            await repository.settle(connection, saga_id, "sold")

    async def put_back(self, order_no: str, pieces: Mapping[str, int], created: str) -> None:
        """Legacy has cancelled this order and put its pieces back."""
        async with self._pool.acquire() as connection, connection.transaction():
            await repository.record(
                connection,
                [
                    Movement(sku, count, "CANCEL", order_no, created)
                    for sku, count in pieces.items()
                ],
            )


def _known(claimed: tuple[str, Any]) -> bool:
    status, answer = claimed
    if status == "refused":
        raise Short(answer)
    if status == "released":
        raise Barred(status)
    return True
