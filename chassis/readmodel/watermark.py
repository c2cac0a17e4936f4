"""How fresh a read model is, and waiting, for a bounded time, until it is fresh enough."""

import asyncio
import logging
import time
from collections.abc import Callable

from contracts.memory import REMEMBERED_SECONDS
from contracts.subjects import AWAKE_SECONDS

PATIENCE_SECONDS = 0.1
AHEAD_SECONDS = 1.0  # by so much two clocks may differ without an alarm

log = logging.getLogger("watermark")


class Watermark:
    """Everything that legacy committed before `micros` (unix microseconds) can be read.

    The feed's clock makes it, so it is not believed further than our own clock goes: one heartbeat
    of a clock that is an hour ahead would make every write of the next hour look as if it was in.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._micros = 0
        self._free = False
        self._now = now
        self._monotonic = monotonic
        self._heard = 0.0  # monotonic: when it advanced last
        self._behind = 0.0  # by how many seconds it was behind then
        self.ahead = 0.0  # by how many seconds the feed's clock is ahead of ours
        self.alone: Callable[[], bool] = lambda: False  # no other side can answer just now
        self.closed: frozenset[str] = frozenset()  # domains of which the feed is no source any more
        self.on_wait: Callable[[], None] = lambda: None  # a request has begun to wait
        self.on_use: Callable[[bool], None] = lambda _: None  # see `use`
        self._waiting: dict[asyncio.Future[None], int] = {}
        self._used = -AWAKE_SECONDS  # monotonic: when a request was answered last

    @property
    def fed(self) -> bool:
        """Whether a feed fills the tables, which may be behind."""
        return not self._free

    @property
    def micros(self) -> int:
        """Unix microseconds; 0 before the first snapshot was applied."""
        return time.time_ns() // 1000 if self._free else self._micros

    @property
    def age(self) -> float:
        """How old an answer may be, in seconds."""
        return 0.0 if self._free else self._behind + self._monotonic() - self._heard

    @property
    def stale(self) -> bool:
        """Whether it stands still for longer than clients remember their writes."""
        return self.fed and self.micros > 0 and self.age > REMEMBERED_SECONDS

    @property
    def alarms(self) -> dict[str, str]:
        """What a person should look at, by name."""
        if self.ahead <= AHEAD_SECONDS:
            return {}
        return {"feed clock": f"the feed's clock is {self.ahead:.0f} s ahead of ours"}

    @property
    def awaited(self) -> bool:
        """Whether a request waits for it to advance."""
        return bool(self._waiting)

    @property
    def in_use(self) -> bool:
        """Whether a request waits, or was answered within AWAKE_SECONDS."""
        return self.awaited or self._monotonic() - self._used < AWAKE_SECONDS

    def use(self, waits: bool = False) -> None:
        """A request is answered by how fresh it is; `waits`: for the next watermark."""
        self._used = self._monotonic()
        self.on_use(waits)

    def believed(self, micros: int) -> int:
        """So much of a time that another clock made as our own clock has come to."""
        now = int(self._now() * 1e6)
        before, self.ahead = self.ahead, max(0.0, (micros - now) / 1e6)
        if before <= AHEAD_SECONDS < self.ahead:
            log.error("%s: what it says is believed no further", self.alarms["feed clock"])
        return min(micros, now)

    def advance(self, micros: int) -> None:
        """The read model is as fresh as this now, at most as our own clock; never goes back."""
        micros = self.believed(micros)
        if micros <= self._micros:
            return
        self._micros = micros
        self._heard, self._behind = self._monotonic(), max(0.0, self._now() - micros / 1e6)
        for waiter, wanted in list(self._waiting.items()):
            if wanted <= micros:
                del self._waiting[waiter]
                if not waiter.done():
                    waiter.set_result(None)

    def free(self) -> None:
        """No feed fills the tables any more: what they hold is current at any time."""
        self._free = True
        waiting, self._waiting = self._waiting, {}
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)

    def reset(self) -> None:
        """The read model is not whole any more."""
        self._micros = 0

    async def reached(self, wanted: int, patience: float = PATIENCE_SECONDS) -> bool:
        """Whether the watermark is at `wanted`, or comes to it within `patience` seconds."""
        if self._free or wanted <= self.micros:
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = wanted
        self.on_wait()
        self.use(waits=True)
        try:
            async with asyncio.timeout(patience):
                await waiter
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(
                waiter, None
            )  # also for a request that gave up, or whose client hung up
        return True


class NoFeed(Watermark):
    """The watermark of a service whose tables no feed fills: always current, also for a time of a
    clock that is ahead of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.free()
