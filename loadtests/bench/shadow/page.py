"""The figures of `make bench-shadow`, and the table they make."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from loadtests.bench.builds import build
from loadtests.bench.machine import described
from loadtests.bench.rounds import Figures, medians

BAR = 1.10  # times the p99 without copies
PLAIN, COPIED, HANGING = "nothing copied", "everything copied", "new side hangs"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was asked of the run."""

    rate: float  # requests/s
    legacy_ms: float
    seconds: int  # of a round
    shared: bool  # comparison ran on the worker's core


@dataclass(frozen=True, slots=True)
class Pairs:
    """What became of the copies of everything."""

    copied: int
    matched: int
    shed: int


def ratios(rounds: Sequence[Mapping[str, Figures]]) -> dict[str, float]:
    """Of each round the p99 against that of nothing copied; the median of the rounds."""
    return {name: median(one[name].p99 / one[PLAIN].p99 for one in rounds) for name in rounds[0]}


def spread(rounds: Sequence[Mapping[str, Figures]], name: str) -> str:
    """The middle half of the rounds' ratios."""
    found = [one[name].p99 / one[PLAIN].p99 for one in rounds]
    low, _, high = quantiles(found, n=4) if len(found) > 1 else found * 3
    return f"{low:.2f}–{high:.2f}"


def page(rounds: Sequence[Mapping[str, Figures]], given: Conditions, pairs: Pairs) -> list[str]:
    """The table and what it was measured on."""
    against = ratios(rounds)
    where = "the worker's core" if given.shared else "the other core"
    lines = [
        f"Machine: {described()}; load average {os.getloadavg()[0]:.1f} at the end. The facade"
        f" {build()}, about {given.rate:.0f} requests/s, legacy takes {given.legacy_ms:g} ms,"
        f" comparison on {where}, {len(rounds)} interleaved rounds of {given.seconds} s, medians."
        f" Of {pairs.copied:,} copies {pairs.matched:,} were compared and meant the same,"
        f" {pairs.shed:,} were shed.",
        "",
        f"| facade | requests/s | p50 ms | p99 ms | worker's CPU, µs per request"
        f" | p99 ÷ nothing copied (bar: ≤ {BAR:.2f}) | middle half of the rounds |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name in (PLAIN, COPIED, HANGING):
        middle = medians([one[name] for one in rounds])
        lines.append(
            f"| {name} | {middle.rate:,.0f} | {middle.p50:.2f} | {middle.p99:.2f}"
            f" | {middle.cpu:.0f} | {against[name]:.2f} | {spread(rounds, name)} |"
        )
    return lines
