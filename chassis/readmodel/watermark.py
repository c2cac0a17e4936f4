"""How fresh a read model is, and waiting, for a bounded time, until it is fresh enough."""

import asyncio
import time
from collections.abc import Callable

PATIENCE_SECONDS = 0.1


class Watermark:
    """Everything that legacy committed before `micros` (unix microseconds) can be read."""

    fed = True  # by a feed, which may be behind

    def __init__(self) -> None:
        self._micros = 0
        self.on_wait: Callable[[], None] = lambda: None  # somebody has begun to wait
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def micros(self) -> int:
        """Unix microseconds; 0 before the first snapshot was applied."""
        return self._micros

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for it to advance."""
        return any(not waiter.done() for _, waiter in self._waiting)

    def advance(self, micros: int) -> None:
        """The read model is as fresh as this now; never goes back."""
        if micros <= self._micros:
            return
        self._micros = micros
        still = []
        for wanted, waiter in self._waiting:
            if waiter.done():
                continue
            if wanted <= micros:
                waiter.set_result(None)
            else:
                still.append((wanted, waiter))
        self._waiting = still

    def reset(self) -> None:
        """The read model is not whole any more."""
        self._micros = 0

    async def reached(self, wanted: int, patience: float = PATIENCE_SECONDS) -> bool:
        """Whether the watermark is at `wanted`, or comes to it within `patience` seconds."""
        if wanted <= self.micros:
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, waiter))
        self.on_wait()
        try:
            async with asyncio.timeout(patience):
                await waiter
        except TimeoutError:
            return False
        return True


class NoFeed(Watermark):
    """Of a service whose tables no feed fills: what it holds is current at any time."""

    fed = False

    @property
    def micros(self) -> int:
        """Now, in unix microseconds."""
        return time.time_ns() // 1000

    async def reached(self, wanted: int, patience: float = 0.0) -> bool:  # noqa: ARG002
        """True, also where the clock that made `wanted` is ahead of ours."""
        return True
