"""The last ten seconds: rates and latencies as differences of growing counts."""

from collections import deque
from typing import Any

from facade import histogram

SECONDS = 10.0
SIDES = ("legacy", "new")


class Recent:
    """Snapshots of the sums by route, the oldest about ten seconds old."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, dict[str, Any]]] = deque()

    def take(self, now: float, routes: dict[str, Any]) -> None:
        """Keep a snapshot; `now` is a monotonic time in seconds."""
        self._kept.append((now, routes))
        while len(self._kept) > 2 and self._kept[1][0] <= now - SECONDS:
            self._kept.popleft()

    def rates(self, route: str) -> dict[str, float]:
        """Requests per second by side."""
        if len(self._kept) < 2:
            return dict.fromkeys(SIDES, 0.0)
        (start, first), (end, last) = self._kept[0], self._kept[-1]
        span = max(end - start, 0.001)
        return {
            side: round((_requests(last, route, side) - _requests(first, route, side)) / span, 2)
            for side in SIDES
        }

    def latency(self, route: str) -> dict[str, dict[str, float | int | None]]:
        """p50, p95, p99 in ms and the count, by side."""
        found = {}
        for side in SIDES:
            last = _counts(self._kept[-1][1], route, side) if self._kept else histogram.empty()
            first = _counts(self._kept[0][1], route, side) if len(self._kept) > 1 else None
            counts = histogram.difference(last, first) if first else last
            found[side] = percentiles(counts)
        return found


def percentiles(counts: list[int]) -> dict[str, float | int | None]:
    """p50, p95, p99 in ms and the count of one histogram."""
    found: dict[str, float | int | None] = {}
    for name, q in (("p50", 0.50), ("p95", 0.95), ("p99", 0.99)):
        value = histogram.percentile(counts, q)
        found[name] = None if value is None else round(value, 3)
    found["count"] = sum(counts)
    return found


def _requests(routes: dict[str, Any], route: str, side: str) -> int:
    return int(routes.get(route, {}).get("requests", {}).get(side, 0))


def _counts(routes: dict[str, Any], route: str, side: str) -> list[int]:
    counts = routes.get(route, {}).get("latency", {}).get(side)
    return list(counts) if counts and len(counts) == histogram.SLOTS else histogram.empty()
