"""The figures of the last seconds, from single requests; pure, knows nothing of Locust."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SECONDS = 5.0  # long enough for a p95 at a few requests per second, short enough to see a change
MAX_REASONS = 50


@dataclass
class Tally:
    """One name since the start, and its response times (ms) of the last seconds."""

    requests: int = 0
    failures: int = 0
    excused: int = 0
    recent: deque[tuple[float, float]] = field(default_factory=deque)

    def forget_before(self, instant: float) -> None:
        while self.recent and self.recent[0][0] < instant:
            self.recent.popleft()

    def figures(self, seconds: float) -> dict[str, Any]:
        times = sorted(ms for _, ms in self.recent)
        return {
            "requests": self.requests,
            "failures": self.failures,
            "rps": round(len(times) / seconds, 2),
            "p50": percentile(times, 0.50),
            "p95": percentile(times, 0.95),
        }


@dataclass
class Reason:
    """A kind of failure: how often, and when first (unix seconds)."""

    count: int
    first: float


class Window:
    """Takes every finished request, gives a line of figures. Times are unix seconds."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.names: dict[str, Tally] = defaultdict(Tally)
        self.reasons: dict[tuple[str, str], Reason] = {}

    def excuse(self, now: float, name: str, ms: float) -> None:
        """Count one request that only legacy could have answered while it was stopped."""
        self.add(now, name, ms)
        self.names[name].excused += 1

    def add(self, now: float, name: str, ms: float, failure: str | None = None) -> None:
        """Count one request; `failure` is the reason when it was one."""
        tally = self.names[name]
        tally.requests += 1
        tally.recent.append((now, ms))
        if failure is None:
            return
        tally.failures += 1
        known = self.reasons.get((name, failure))
        if known:
            known.count += 1
        elif len(self.reasons) < MAX_REASONS:
            self.reasons[name, failure] = Reason(1, now)

    def line(self, now: float, users: int) -> dict[str, Any]:
        """The figures at this second, ready for JSON; what is counted, since the start."""
        for tally in self.names.values():
            tally.forget_before(now - self.seconds)
        names = {name: tally.figures(self.seconds) for name, tally in sorted(self.names.items())}
        return {
            "time": round(now, 3),
            "users": users,
            "rps": round(sum(entry["rps"] for entry in names.values()), 2),
            "requests": sum(tally.requests for tally in self.names.values()),
            "failures": sum(tally.failures for tally in self.names.values()),
            "excused": {n: t.excused for n, t in sorted(self.names.items()) if t.excused},
            "names": names,
            "reasons": reasons_of(self.reasons),
        }


def reasons_of(reasons: Mapping[tuple[str, str], Reason]) -> list[dict[str, Any]]:
    """Most frequent first."""
    ordered = sorted(reasons.items(), key=lambda item: (-item[1].count, item[0]))
    return [
        {"name": name, "reason": text, "count": reason.count, "first": round(reason.first, 3)}
        for (name, text), reason in ordered
    ]


def percentile(ordered: list[float], share: float) -> float | None:
    """The value below which this share lies (nearest rank); None when nothing was measured."""
    if not ordered:
        return None
    return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 1)
