"""Which callees are away, so that all sagas that wait for the same one share one pause.

A saga that finds its callee away begins a pause, or doubles the last one. During the pause no saga
that waits for that callee is resumed. After it one saga is, and its result counts for all: the
callee is away again, or back, and then all may go on. So the work done for an absence depends on
its length, not on the number of waiting sagas.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

FIRST_SECONDS = 0.25
MOST_SECONDS = 15.0


@dataclass(slots=True)
class _Pause:
    seconds: float
    until: float
    trying: bool = False  # one saga was taken up after it, and has not said what it met


class Callees:
    """`held` names those whose breaker lets no call through just now. Times are monotonic."""

    def __init__(
        self,
        held: Callable[[], Iterable[str]] = tuple,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._held = held
        self._spread = spread
        self._pauses: dict[str, _Pause] = {}

    def away(self, callee: str, now: float) -> None:
        """A saga found it away. Several that find so in one pause count as one."""
        pause = self._pauses.get(callee)
        if pause is None:
            self._pauses[callee] = _Pause(FIRST_SECONDS, now + FIRST_SECONDS)
        elif pause.trying or pause.until <= now:
            pause.trying = False
            pause.seconds = min(MOST_SECONDS, 2 * pause.seconds)
            pause.until = now + pause.seconds * (0.5 + 0.5 * self._spread())

    def back(self, callee: str) -> None:
        """It answered."""
        self._pauses.pop(callee, None)

    def left_alone(self) -> list[str]:
        """The callees for which no saga is resumed, except one at a time."""
        return sorted({*self._pauses, *self._held()})

    def to_try(self, now: float) -> list[str]:
        """The callees to try with one saga now: the pause is over, and the breaker allows it."""
        held = set(self._held())
        over = {
            callee: pause
            for callee, pause in self._pauses.items()
            if pause.until <= now and callee not in held
        }
        for pause in over.values():  # should that saga never say what it met, another one is tried
            pause.trying, pause.until = True, now + MOST_SECONDS
        return sorted(over)
