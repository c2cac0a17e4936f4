"""`make bench-feed`: how fast what legacy commits can be read on the new side, and what bounds it.

1 PostgreSQL, NATS and a seeded shop with a million orders more    2 the feed reads all of it
3 the catalog projects it    4 commits at a steady pace: each is timed from the commit (as the log
says) to a bare client that decodes the same log, and to the read model

`--write` puts the figures into docs/performance.md.
"""

import argparse
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

import uvloop

from loadtests.bench.feed.pace import Times, measure
from loadtests.bench.feed.world import World
from loadtests.bench.machine import described
from loadtests.bench.marks import put
from loadtests.bench.processes import resident_peak
from loadtests.proc import cpu_seconds

PROCESSES = ("postgres", "nats", "feed", "catalog")
READ = re.compile(r"feed\.snapshot: (\w+) has been read: (\d+) rows in ([\d.]+) s")


@dataclass(frozen=True)
class Backfill:
    """The first reading of the orders."""

    rows: int
    seconds: float
    all_rows: int  # of all tables
    cpu: float  # seconds of the feed's, for all rows
    peak: float  # MB of the feed's memory


def backfill(world: World, orders: int) -> Backfill:
    """Start the feed on tables that are full. Raises TimeoutError."""
    world.start_engines(orders)
    world.start_feed()
    world.wait_until_ready("feed", 60 + orders / 1000)
    pid = world.pid("feed")
    read = {name: (int(rows), float(took)) for name, rows, took in READ.findall(world.log("feed"))}
    every = sum(rows for rows, _ in read.values())
    return Backfill(*read["orders"], every, cpu_seconds(pid), resident_peak(pid))


def share(sorted_values: list[float], part: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(part * len(sorted_values)))]


def report(rate: int, filled: Backfill, times: Times, cpu: Mapping[str, float]) -> str:
    """A section of the page, in Markdown."""
    lines = [
        f"Machine: {described()}; load average {os.getloadavg()[0]:.1f} at the end. "
        f"{len(times.committed)} commits at {rate}/s, {len(times.visible)} of them seen.",
        "",
        "| from a commit in legacy | p50 | p99 |",
        "|---|---|---|",
    ]
    took = {"decoded by a bare client": times.took(times.decoded)}
    took["received from the broker"] = times.took(times.heard)
    took["visible in the catalog"] = times.took(times.visible)
    for name, values in took.items():
        lines.append(f"| {name} | {share(values, 0.5):.1f} ms | {share(values, 0.99):.1f} ms |")
    bare, _, whole = took.values()
    ratios = [share(whole, part) / max(0.01, share(bare, part)) for part in (0.5, 0.99)]
    lines.append(f"| ratio | {ratios[0]:.1f} | {ratios[1]:.1f} |")
    thousands = len(times.committed) / 1000
    used = ", ".join(f"{name} {seconds / thousands:.2f}" for name, seconds in cpu.items())
    pace = filled.rows / max(0.1, filled.seconds)  # the feed's log rounds to tenths
    lines += [
        "",
        f"Seconds of CPU for 1,000 commits: {used}; at this pace a core has "
        f"{1000 / rate:.0f} s for them.",
        "",
        f"Backfill: {filled.rows} orders in {filled.seconds:.1f} s, **{pace:.0f} rows/s** into "
        f"JetStream; up to then the feed used {filled.cpu:.0f} s of CPU for {filled.all_rows} rows "
        f"of all tables, and its memory peaked at {filled.peak:.0f} MB.",
        "",
    ]
    return "\n".join(lines)


async def pace(world: World, rate: int, seconds: float) -> tuple[Times, Mapping[str, float]]:
    """The times, and the seconds of CPU that each process used."""
    before = world.cpu_by_process()
    urls = (world.url("legacy"), world.url("catalog"), world.nats_url)
    times, own = await measure(*urls, rate, seconds)
    after = world.cpu_by_process()
    used = {name: after[name] - before[name] for name in PROCESSES}
    return times, {**used, "this measuring client": own}


def main() -> None:
    """Print the section; with --write, put it on the page."""
    parser = argparse.ArgumentParser(description="Measure the change feed.")
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=200, help="commits a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    with World() as world:
        filled = backfill(world, options.orders)
        world.start_reader("catalog")
        world.wait_until_ready("catalog", 120)
        times, cpu = uvloop.run(pace(world, options.rate, options.seconds))
    section = report(options.rate, filled, times, cpu)
    print(section)  # noqa: T201
    if options.write:
        put("bench-feed", section)


if __name__ == "__main__":
    main()
