"""The figures of `bench-read` as a section of docs/read-performance.md."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from loadtests.bench.machine import PROJECT

PAGE = PROJECT / "docs" / "read-performance.md"


@dataclass(frozen=True, slots=True)
class Figures:
    """One side in one round; latencies in milliseconds."""

    rate: float  # requests/s
    p50: float
    p99: float
    cpu: float  # CPU milliseconds per request: of the answering side and of the database
    failed: int


def section(
    rounds: Mapping[str, Mapping[str, Sequence[Figures]]], filled: str, orders: int, machine: str
) -> str:
    """Markdown: the median of the rounds, and what the new side is a multiple of."""
    lines = [
        f"Machine: {machine}; load average {os.getloadavg()[0]:.1f} at the end. "
        f"{orders:,} orders beside the seed's.",
        "",
        "| | side | requests/s | p50 ms | p99 ms | CPU ms | failed | rate: new ÷ old | CPU |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for case, sides in rounds.items():
        found = {name: _median(runs) for name, runs in sides.items()}
        for name, one in sorted(found.items()):
            old = found.get("monolith")
            ratio = " | "
            if name != "monolith" and old is not None:
                ratio = f"**{one.rate / old.rate:,.1f} ×** | {old.cpu / one.cpu:,.1f} ×"
            lines.append(
                f"| {case} | {name} | {one.rate:,.1f} | {one.p50:,.1f} | {one.p99:,.1f} "
                f"| {one.cpu:,.2f} | {one.failed} | {ratio} |"
            )
    return "\n".join([*lines, "", filled, ""])


def _median(runs: Sequence[Figures]) -> Figures:
    return Figures(
        median(run.rate for run in runs),
        median(run.p50 for run in runs),
        median(run.p99 for run in runs),
        median(run.cpu for run in runs),
        sum(run.failed for run in runs),
    )
