"""The figures as tables, for the terminal and for docs/performance.md."""

from collections.abc import Iterable, Mapping

from loadtests.bench.proxies.added import Paced
from loadtests.bench.proxies.bodies import Peak
from loadtests.bench.proxies.contenders import AS_PYTHON, FACADE
from loadtests.bench.proxies.reloads import Reloads
from loadtests.bench.rounds import Figures


def facades(figures: Mapping[str, Figures]) -> dict[str, Figures]:
    """The builds of the facade among the proxies, by name."""
    return {name: one for name, one in figures.items() if name.startswith(FACADE)}


def throughput(results: Mapping[str, Mapping[str, Figures]]) -> list[str]:
    """A row for every case and proxy: the ratios of each build of the facade to it, its figures."""
    builds = facades(next(iter(results.values())))
    shown = _shown(builds)
    ratios = [f" rate: {shown.get(one, one)} ÷ it | CPU: the same |" for one in builds]
    lines = [
        f"| case | proxy |{''.join(ratios)} requests/s | p50 ms | p99 ms | CPU s / 10k | failed |",
        f"|---|---|{'--:|--:|' * len(builds)}--:|--:|--:|--:|--:|",
    ]
    for case, figures in results.items():
        for name, one in figures.items():
            lines.append(
                f"| {case} | {shown.get(name, name)} |{_ratios(name, one, facades(figures))}"
                f" {one.rate:,.0f} | {one.p50:.2f} | {one.p99:.2f} | {one.cpu:.3f} | {one.failed} |"
            )
    return lines


def _shown(names: Iterable[str]) -> dict[str, str]:
    """What to call them: the facade is the compiled one where both builds run."""
    return {FACADE: "facade compiled"} if AS_PYTHON in names else {}


def _ratios(name: str, one: Figures, ours: Mapping[str, Figures]) -> str:
    if name in ours or not one.rate or not one.cpu:
        return " | |" * len(ours)
    return "".join(
        f" {our.rate / one.rate:.2f} | {our.cpu / one.cpu:.2f} |" for our in ours.values()
    )


def added(figures: Mapping[str, Paced]) -> list[str]:
    """A table of latencies beside the upstream's own."""
    direct = figures["direct"]
    lines = [
        "| asked through | requests/s | p50 ms | p99 ms | added p50 | added p99 |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    shown = _shown(figures)
    for name, one in figures.items():
        more = f"{one.p50 - direct.p50:+.2f} | {one.p99 - direct.p99:+.2f}"
        extra = " | " if name == "direct" else more
        name = shown.get(name, name)
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
