"""The store's time, which all instances share, as one process knows it.

What the store said last, and what our monotonic clock counted since: so no wall clock of ours
counts for anything, whatever it shows and however it is set.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

SLOW_SECONDS = 0.25  # an answer that took longer says too little about the time


class Clock(Protocol):
    """Time that only passes, so that tests need not wait for it."""

    def monotonic(self) -> float:
        """Seconds since some moment; never set."""

    async def sleep(self, seconds: float) -> None:
        """Return after so long."""


class StoreTime:
    """See above; `store_now` asks the store."""

    def __init__(self, store_now: Callable[[], Awaitable[float]], clock: Clock) -> None:
        self._store_now = store_now
        self._clock = clock
        self._ahead: float | None = None  # of our monotonic clock

    async def ask(self) -> None:
        """Ask the store for its time, unless it is known."""
        if self._ahead is None:
            sent = self._clock.monotonic()
            self.heard(await self._store_now(), sent)

    def heard(self, at: float, sent: float) -> None:
        """The store said that it was `at`, in answer to what was sent then (monotonic)."""
        received = self._clock.monotonic()
        if self._ahead is None or received - sent <= SLOW_SECONDS:
            self._ahead = at - received

    def now(self) -> float:
        """The store's time, in unix seconds. Call `ask` before."""
        assert self._ahead is not None
        return self._ahead + self._clock.monotonic()
