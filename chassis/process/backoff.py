"""How long to wait before trying again: doubling, bounded, spread so that callers do not march."""

import random
from collections.abc import Callable


class Backoff:
    """Delays in seconds for one thing that keeps failing."""

    def __init__(
        self,
        first: float = 0.1,
        most: float = 3.0,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._first = first
        self._most = most
        self._spread = spread
        self._failures = 0

    def next(self) -> float:
        """The delay after one more failure: between half and the whole of the doubled one."""
        whole: float = min(self._most, self._first * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return whole * (0.5 + 0.5 * self._spread())

    def reset(self) -> None:
        """It worked: start from the first delay again."""
        self._failures = 0
