"""The figures of `bench-read` as a section of docs/read-performance.md."""

import os
from collections.abc import Mapping, Sequence

from loadtests.bench.machine import PROJECT
from loadtests.bench.rounds import Figures, medians

PAGE = PROJECT / "docs" / "read-performance.md"


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
        found = {name: medians(runs) for name, runs in sides.items()}
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
