"""The figures as tables, for the terminal and for docs/performance.md."""

from collections.abc import Mapping

from loadtests.bench.proxies.added import Paced
from loadtests.bench.proxies.bodies import Peak
from loadtests.bench.proxies.reloads import Reloads
from loadtests.bench.rounds import Figures


def throughput(results: Mapping[str, Mapping[str, Figures]]) -> list[str]:
    """A table for every case, with the ratios."""
    lines = [
        "| case | proxy | requests/s | p50 ms | p99 ms | CPU s / 10k | failed | "
        "rate: facade ÷ it | CPU: facade ÷ it |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for case, figures in results.items():
        ours = figures["facade"]
        for name, one in figures.items():
            ratios = (
                f"{ours.rate / one.rate:.2f} | {ours.cpu / one.cpu:.2f}"
                if name != "facade" and one.rate and one.cpu
                else "| "
            )
            lines.append(
                f"| {case} | {name} | {one.rate:,.0f} | {one.p50:.2f} | {one.p99:.2f} "
                f"| {one.cpu:.3f} | {one.failed} | {ratios} |"
            )
    return lines


def added(figures: Mapping[str, Paced]) -> list[str]:
    """A table of latencies beside the upstream's own."""
    direct = figures["direct"]
    lines = [
        "| asked through | requests/s | p50 ms | p99 ms | added p50 | added p99 |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, one in figures.items():
        more = f"{one.p50 - direct.p50:+.2f} | {one.p99 - direct.p99:+.2f}"
        extra = " | " if name == "direct" else more
        lines.append(f"| {name} | {one.rate:,.0f} | {one.p50:.2f} | {one.p99:.2f} | {extra} |")
    return lines


def others(peak: Peak, reloads: Reloads) -> list[str]:
    """A table of everything else, with the bars."""
    return [
        "| figure | measured | bar |",
        "|---|--:|--:|",
        f"| a worker's peak memory, before → after 1 GB up and 1 GB down | {peak.before:.0f} MB → "
        f"{peak.after:.0f} MB | ≤ 100 MB |",
        f"| file saved → both workers decide by it, median (worst) of 20 | "
        f"{reloads.median_ms:.0f} ({reloads.worst_ms:.0f}) ms | ≤ 250 ms |",
        f"| requests failed during 100 reloads under load | {reloads.failed} of "
        f"{reloads.requests:,} | 0 |",
    ]
