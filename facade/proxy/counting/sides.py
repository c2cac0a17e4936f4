"""What one side of a route did: whole answers by status class, their latency, failures by phase."""

from bisect import bisect_left
from typing import Final

from facade.proxy.counting.histogram import BOUNDS_MS, SLOTS, add

STATUS_CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")


class SideCounts:
    """Requests that one side of a route answered, and what failed there."""

    __slots__ = ("caller", "failures", "latency", "requests", "status")

    def __init__(self) -> None:
        self.caller: str | None = None  # one request since the last report, see `caller_line`
        self.requests = 0
        self.status = [0] * 10  # by the first digit
        self.latency = [0] * SLOTS
        self.failures: dict[str, int] = {}  # by phase

    def answered(self, status: int, seconds: float) -> None:
        """Count a whole answer and how long it took."""
        self.requests += 1
        self.status[status // 100] += 1
        self.latency[bisect_left(BOUNDS_MS, seconds * 1000.0)] += 1  # as histogram.slot

    def failed(self, phase: str) -> None:
        """Count a failure in this phase."""
        self.failures[phase] = self.failures.get(phase, 0) + 1

    def take_caller(self) -> str:
        """One request since the last call, or ""; the next request will be kept in its place."""
        caller, self.caller = self.caller, None
        return caller or ""

    def add(self, other: "SideCounts") -> None:
        """Add the counts of another one."""
        self.requests += other.requests
        add(self.status, other.status)
        add(self.latency, other.latency)
        for phase, number in other.failures.items():
            self.failures[phase] = self.failures.get(phase, 0) + number


def by_class(status: list[int]) -> dict[str, int]:
    """Counts by the first digit as `{"2xx": count}`, without zeros.

    A status beyond 599 counts as 5xx (RFC 9110, 15).
    """
    counts = [*status[1:5], sum(status[5:])]
    return {name: count for name, count in zip(STATUS_CLASSES, counts, strict=True) if count}
