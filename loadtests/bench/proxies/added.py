"""Latency that a proxy adds: the same paced requests through it and directly to the upstream."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from loadtests.bench import wrk
from loadtests.bench.proxies.contenders import Contender
from loadtests.bench.proxies.upstream import PATH, Upstream

CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Paced:
    """Medians over the rounds, at about the same rate for everybody; milliseconds."""

    rate: float
    p50: float
    p99: float


def measure(
    upstream: Upstream,
    contenders: Sequence[Contender],
    rate: float,
    rounds: int,
    seconds: int,
    folder: Path,
) -> dict[str, Paced]:
    """Everybody at about `rate` requests/s; the upstream itself is called `direct`."""
    # Each of the connections pauses before it asks: this long on average.
    script = wrk.PACED.format(most=max(1, round(2 * CONNECTIONS * 1000 / rate)))
    ports = {"direct": upstream.old} | {one.name: one.port for one in contenders}
    runs: dict[str, list[wrk.Run]] = {name: [] for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            url = f"http://127.0.0.1:{port}{PATH}200"
            runs[name].append(wrk.run(url, CONNECTIONS, seconds, script, folder))
    return {name: _median(found) for name, found in runs.items()}


def _median(runs: Sequence[wrk.Run]) -> Paced:
    return Paced(
        median(run.rate for run in runs),
        median(run.p50 for run in runs),
        median(run.p99 for run in runs),
    )
