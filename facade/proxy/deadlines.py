"""Deadlines without a timer each: every object keeps a time, and a sweep checks them in turn.

Setting a deadline is one assignment, so a request costs no timer. A deadline is noticed at most
`SLICES * TICK_SECONDS` late.
"""

from math import inf
from typing import Final, Protocol

NEVER: Final = inf
SLICES: Final = 4
TICK_SECONDS: Final = 0.05


class Timed(Protocol):
    """An object with a deadline: a time of the monotonic clock in seconds, or NEVER."""

    deadline: float

    def expired(self, _now: float) -> None:
        """The deadline has passed. Called again at every turn until it is moved."""


class Deadlines:
    """Every object that has a deadline, and a coarse clock for setting one."""

    def __init__(self, now: float) -> None:
        self.now = now  # monotonic seconds, as of the last tick
        self._slices: tuple[set[Timed], ...] = tuple(set() for _ in range(SLICES))
        self._turn = 0

    def add(self, timed: Timed) -> None:
        """Check the deadline of this object from now on."""
        self._slices[hash(timed) % SLICES].add(timed)

    def discard(self, timed: Timed) -> None:
        """Stop checking it."""
        self._slices[hash(timed) % SLICES].discard(timed)

    def tick(self, now: float) -> None:
        """Take the time, and call `expired` on a slice of the objects that are past theirs."""
        self.now = now
        self._turn = (self._turn + 1) % SLICES
        late = [timed for timed in self._slices[self._turn] if timed.deadline <= now]
        for timed in late:
            if timed.deadline <= now:  # one before it may have moved it
                timed.expired(now)
