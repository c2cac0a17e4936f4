"""What a run comes to (pure): waits, failures, gaps in the order numbers, and what must not be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

WRITES = ("answered", "cancelled")
P50_SECONDS, P99_SECONDS, WORST_SECONDS = 0.25, 1.0, 5.0  # how long a write may wait for a move


@dataclass(frozen=True)
class Spread:
    """Of some seconds."""

    count: int
    p50: float = 0.0
    p99: float = 0.0
    worst: float = 0.0

    def __str__(self) -> str:
        if not self.count:
            return "none"
        return (
            f"{self.count:,}: p50 {self.p50 * 1000:,.0f} ms, p99 {self.p99 * 1000:,.0f} ms,"
            f" worst {self.worst * 1000:,.0f} ms"
        )


def spread(seconds: Iterable[float]) -> Spread:
    """Nearest rank."""
    sorted_ = sorted(seconds)
    if not sorted_:
        return Spread(0)
    last = len(sorted_) - 1
    return Spread(
        len(sorted_), sorted_[last // 2], sorted_[min(last, -(-99 * len(sorted_) // 100) - 1)],
        sorted_[-1],
    )  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """Numbers that no order has, between two that do; `ours`: how many of these two are.

    The monolith spends a number on each order that it refuses, whichever side owned them before.
    """

    after: int
    missing: int
    ours: int


def gaps(numbers: Mapping[int, bool]) -> list[Gap]:
    """Of running numbers, each with whether the order is ours."""
    sorted_ = sorted(numbers)
    return [
        Gap(one, following - one - 1, numbers[one] + numbers[following])
        for one, following in pairwise(sorted_)
        if following > one + 1
    ]


def failed(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Answers that never came, or were errors."""
    return [one for one in entries if "status" in one and _is_error(one["status"])]


def took(
    entries: Sequence[Mapping[str, Any]], spans: Sequence[tuple[float, float]]
) -> tuple[Spread, Spread]:
    """Seconds that writes took, from question to answer: those that fell into one of these spans
    (unix seconds), and the rest."""
    within: list[float] = []
    rest: list[float] = []
    for one in entries:
        if one["kind"] in WRITES and not _is_error(one["status"]):
            began = one["at"] - one["took"]
            hit = any(began < until and since < one["at"] for since, until in spans)
            (within if hit else rest).append(one["took"])
    return spread(within), spread(rest)


def objections(waits: Spread, failures: int, found: Sequence[Gap]) -> list[str]:
    """A sentence for each bar that was missed."""
    bars = (
        ("p50", waits.p50, P50_SECONDS),
        ("p99", waits.p99, P99_SECONDS),
        ("worst", waits.worst, WORST_SECONDS),
    )
    late = [
        f"writes waited {seconds * 1000:,.0f} ms ({name}): at most {bar * 1000:,.0f}"
        for name, seconds, bar in bars
        if seconds > bar
    ]
    if failures:
        late.append(f"{failures} answers never came, or were errors")
    return late + [
        f"after order number {gap.after} {gap.missing} are missing, between two orders of ours"
        for gap in found
        if gap.ours == 2
    ]


def _is_error(status: int) -> bool:
    return status == 0 or status >= 500
