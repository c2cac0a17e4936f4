"""Interleaved rounds: every contender in turn, again and again; of each figure the median."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from loadtests.bench import wrk
from loadtests.bench.proxies.contenders import Contender
from loadtests.bench.proxies.upstream import PATH


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked for, on how many connections."""

    name: str
    size: str  # a key of upstream.SIZES
    connections: int
    script: str = ""


CASES = (
    Case("200 B, 32 connections", "200", 32),
    Case("200 B as a browser asks, 32", "200", 32, wrk.BROWSER),
    Case("20 kB, 32 connections", "20k", 32),
    Case("64 kB, 32 connections", "64k", 32),
    Case("200 B, 512 connections", "200", 512),
    Case("20 kB, 512 connections", "20k", 512),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """One contender in one case; latencies in milliseconds."""

    rate: float  # requests/s
    p50: float
    p99: float
    # Of the answering processes: seconds per 10,000 requests; in bench-read ms per one, in
    # bench-shadow µs.
    cpu: float
    failed: int = 0


def measure(
    case: Case, contenders: Sequence[Contender], rounds: int, seconds: int, folder: Path
) -> dict[str, Figures]:
    """The medians over the rounds, by contender."""
    runs: dict[str, list[Figures]] = {one.name: [] for one in contenders}
    for one in contenders:
        _once(case, one, 1, folder)  # warm
    for number in range(rounds):
        order = [*contenders] if number % 2 else [*reversed(contenders)]
        for one in order:
            runs[one.name].append(_once(case, one, seconds, folder))
    return {name: medians(found) for name, found in runs.items()}


def _once(case: Case, one: Contender, seconds: int, folder: Path) -> Figures:
    url = f"http://127.0.0.1:{one.port}{PATH}{case.size}"
    before = one.program.cpu_seconds
    run = wrk.run(url, case.connections, seconds, case.script, folder)
    spent = one.program.cpu_seconds - before
    per_10k = spent / max(1, run.requests) * 10_000
    return Figures(run.rate, run.p50, run.p99, per_10k, run.failed)


def medians(runs: Sequence[Figures]) -> Figures:
    """Of each figure the median; of the failed requests the sum."""
    names = ("rate", "p50", "p99", "cpu")
    rate, p50, p99, cpu = (median(getattr(run, name) for run in runs) for name in names)
    return Figures(rate, p50, p99, cpu, sum(run.failed for run in runs))
