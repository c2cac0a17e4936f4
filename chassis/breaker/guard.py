"""A breaker around calls: takes a permit, and gives it back with the outcome.

Waiting before the call (for a turn in the caller's own queue) must not count as slowness of the
callee: wait first, then call.
"""

import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from chassis.breaker.circuit import REFUSED, Breaker, BreakerSettings, Outcome, State

Result = TypeVar("Result")
Judge = Callable[[Result], bool]  # whether an answer is a failure of the callee


class Held(ConnectionError):
    """The breaker lets no call through; certainly without effect, and not worth trying before
    `after` seconds."""

    def __init__(self, reason: str, after: float) -> None:
        super().__init__(reason)
        self.after = after


class Guard:
    """One callee, for one class of calls. Every error of `failures` is the callee's."""

    def __init__(
        self,
        name: str,
        settings: BreakerSettings,
        failures: tuple[type[Exception], ...] = (Exception,),
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.name = name
        self.breaker = Breaker(settings)
        self._failures = failures
        self._clock = clock
        self._chance = chance
        self.on_open: Callable[[], None] = lambda: None

    async def call(
        self, call: Callable[[], Awaitable[Result]], failed: Judge[Result] = lambda _: False
    ) -> Result:
        """What `call` gives. Raises Held, and what the call raises."""
        began = self._clock()
        permit = self.breaker.acquire(began, self._chance())
        if permit == REFUSED:
            raise Held(f"the breaker toward {self.name} is {self.breaker.state}", self.wait(began))
        outcome = Outcome.CANCELLED
        try:
            result = await call()
            outcome = Outcome.FAILURE if failed(result) else Outcome.SUCCESS
        except self._failures:
            outcome = Outcome.FAILURE
            raise
        except Exception:
            outcome = Outcome.SUCCESS  # it answered, and the answer is no
            raise
        finally:
            now = self._clock()
            self.breaker.release(permit, outcome, now, now - began)
            if self.breaker.state is State.OPEN:
                self.on_open()
        return result

    def revive(self) -> None:
        self.breaker.revive(self._clock())

    @property
    def is_open(self) -> bool:
        """Whether no call is let through just now."""
        self.breaker.tick(self._clock())
        return self.breaker.state is State.OPEN

    def facts(self) -> Mapping[str, str | float | None]:
        """For people; see Breaker.facts."""
        return self.breaker.facts(self._clock())

    def holds_back(self, patience: float) -> bool:
        return self.breaker.holds_back(self._clock(), patience)

    def wait(self, now: float) -> float:
        """Seconds until a call may be let through; some, where only a part of them is."""
        due = self.breaker.facts(now)["next_probe_in"]
        return float(due) if due else 0.1
