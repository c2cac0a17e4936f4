"""Samples → what changes over time: rates, shares, latencies, stages; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from fig.demo.judge.sample import SIDES, Sample
from fig.demo.script.conditions import total

SPAN = (
    2.0  # seconds over which a rate is taken: shorter shows the counters' rhythm, not the traffic
)


@dataclass(frozen=True)
class Point:
    """One moment. Rates are per second over the span before it, latencies ms."""

    at: float
    rates: dict[str, float]
    latency: dict[str, tuple[float | None, float | None]]
    equal: float
    different: float

    @property
    def share(self) -> float:
        """Share of the answers that came from the new side, 0 to 1."""
        both = sum(self.rates.values())
        return self.rates["new"] / both if both else 0.0


@dataclass(frozen=True)
class Band:
    """A stretch of time in which the routes stood at one stage."""

    began: float
    ended: float
    stage: str
    percent: int | None

    @property
    def label(self) -> str:
        return f"{self.stage} {self.percent} %" if self.stage == "canary" else self.stage


def points(samples: Sequence[Sample], routes: Sequence[str]) -> list[Point]:
    """One point per sample that has an earlier one to be compared with."""
    found, behind = [], 0
    for index, sample in enumerate(samples):
        while behind < index - 1 and samples[behind + 1].at <= sample.at - SPAN:
            behind += 1
        if index and sample.at > samples[behind].at:
            found.append(point(samples[behind], sample, routes))
    return found


def point(before: Sample, after: Sample, routes: Sequence[str]) -> Point:
    """The rates between two samples, and the latencies at the later one."""
    seconds = after.at - before.at
    evidence, earlier = total(after, routes), total(before, routes)
    if evidence.completed < earlier.completed:  # reset in between: it began from nothing
        earlier = type(earlier)()
    return Point(
        at=after.at,
        rates={side: answered(before, after, routes, side) / seconds for side in SIDES},
        latency={side: slowest(after, routes, side) for side in SIDES},
        equal=(evidence.matched - earlier.matched) / seconds,
        different=(evidence.mismatched - earlier.mismatched) / seconds,
    )


def answered(before: Sample, after: Sample, routes: Sequence[str], side: str) -> int:
    """Requests a side answered between two samples; a restarted counter counts as nothing."""
    return sum(
        max(0, after.routes[name].requests.get(side, 0) - before.routes[name].requests.get(side, 0))
        for name in routes
        if name in after.routes and name in before.routes
    )


def slowest(sample: Sample, routes: Sequence[str], side: str) -> tuple[float | None, float | None]:
    """p50 and p95 of the route that is slowest on this side at this moment."""
    known = [
        sample.routes[name].latency[side]
        for name in routes
        if name in sample.routes and side in sample.routes[name].latency
    ]
    p50 = max((one.p50 for one in known if one.p50 is not None), default=None)
    p95 = max((one.p95 for one in known if one.p95 is not None), default=None)
    return p50, p95


def bands(samples: Sequence[Sample], route: str) -> list[Band]:
    """The stages a route went through, in order, without gaps."""
    stood = [(one.at, one.routes[route]) for one in samples if route in one.routes]
    spans = groupby(stood, key=lambda one: (one[1].stage, one[1].percent))
    begun = [(next(same)[0], stage, percent) for (stage, percent), same in spans]
    ends = [*(at for at, *_ in begun[1:]), *(at for at, _ in stood[-1:])]
    return [Band(at, end, *place) for (at, *place), end in zip(begun, ends, strict=True)]
