"""The last ten seconds: rates and latencies as differences of growing counts."""

from collections import deque
from typing import Any

from facade.compare.evidence.latency import percentiles
from facade.proxy.counting import histogram

SECONDS = 10.0
SIDES = ("legacy", "new")


# by route: counts of latency by side, of the copies that were compared
Copies = dict[str, dict[str, list[int]]]


class Recent:
    """Snapshots of the sums by route, the oldest about ten seconds old."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, dict[str, Any], Copies]] = deque()

    def take(self, now: float, routes: dict[str, Any], copies: Copies) -> None:
        """Keep a snapshot; `now` is a monotonic time in seconds."""
        self._kept.append((now, routes, copies))
        while len(self._kept) > 2 and self._kept[1][0] <= now - SECONDS:
            self._kept.popleft()

    def rates(self, route: str) -> dict[str, float]:
        """Requests per second by side."""
        if len(self._kept) < 2:
            return dict.fromkeys(SIDES, 0.0)
        (start, first, _), (end, last, _) = self._kept[0], self._kept[-1]
        span = max(end - start, 0.001)
        return {
            side: round((_requests(last, route, side) - _requests(first, route, side)) / span, 2)
            for side in SIDES
        }

    def fallback_share(self, route: str) -> float | None:
        """Of the requests meant for the new side, those that legacy was asked instead, in 0..1.

        None where none were meant for it.
        """
        if len(self._kept) < 2:
            return None
        first, last = self._kept[0][1], self._kept[-1][1]
        fell_back = _fallbacks(last, route) - _fallbacks(first, route)
        answered = _requests(last, route, "new") - _requests(first, route, "new")
        meant = fell_back + answered
        return round(fell_back / meant, 4) if meant > 0 else None

    def latency(self, route: str) -> dict[str, dict[str, float | int | str | None]]:
        """p50, p95, p99 in ms and the count, by side.

        They are `of` answers to clients, or of copies where a side answered none.
        """
        found: dict[str, dict[str, float | int | str | None]] = {}
        ends = (self._kept[0], self._kept[-1]) if len(self._kept) > 1 else tuple(self._kept)
        for side in SIDES:
            answers = _grown([_counts(kept[1], route, side) for kept in ends])
            copies = _grown([kept[2].get(route, {}).get(side) for kept in ends])
            of = "answers" if sum(answers) or not sum(copies) else "copies"
            found[side] = {**percentiles(answers if of == "answers" else copies), "of": of}
        return found


def _grown(ends: list[list[int] | None]) -> list[int]:
    """What a histogram gained between its ends; all of it without a first one, or where it began
    again."""
    last = (ends and ends[-1]) or histogram.empty()
    first = ends[0] if len(ends) > 1 else None
    grown = histogram.difference(last, first) if first else last
    return last if min(grown) < 0 else grown


def _requests(routes: dict[str, Any], route: str, side: str) -> int:
    return int(routes.get(route, {}).get("requests", {}).get(side, 0))


def _fallbacks(routes: dict[str, Any], route: str) -> int:
    return int(routes.get(route, {}).get("fallbacks", 0))


def _counts(routes: dict[str, Any], route: str, side: str) -> list[int] | None:
    counts = routes.get(route, {}).get("latency", {}).get(side)
    return counts if counts and len(counts) == histogram.SLOTS else None
