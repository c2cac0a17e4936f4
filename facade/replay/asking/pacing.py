"""When each question is asked: pure, in seconds since the replay began."""


class Pace:
    """As recorded times `speed`, never faster than `rate`; without either, at once."""

    def __init__(self, speed: float | None = None, rate: float | None = None) -> None:
        """`speed` 2.0 is twice as fast as recorded; `rate` is questions per second at most."""
        self._speed = speed
        self._gap = 1.0 / rate if rate else 0.0
        self._first: float | None = None
        self._next = 0.0

    def due(self, started: float) -> float:
        """When to ask what was asked at unix second `started`; never before an earlier one."""
        if self._first is None:
            self._first = started
        at = self._next
        if self._speed:
            at = max(at, (started - self._first) / self._speed)
        self._next = at + self._gap
        return at
