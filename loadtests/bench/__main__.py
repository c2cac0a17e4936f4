"""`python -m loadtests.bench`: measure, print, and write docs/performance.md."""

import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from loadtests.bench import machine, rounds
from loadtests.bench.marks import put
from loadtests.bench.proxies import added, bodies, contenders, page, reloads, upstream
from loadtests.bench.proxies.contenders import Contender
from loadtests.bench.proxies.upstream import Upstream

INCOMPLETE = 2  # exit code: a tool is missing


@click.command()
@click.option("--rounds", "turns", default=3, show_default=True, help="Rounds of each case.")
@click.option("--seconds", default=5, show_default=True, help="Length of a run.")
@click.option("--write/--no-write", default=True, help="Write docs/performance.md.")
def main(turns: int, seconds: int, write: bool) -> None:
    """The facade (both builds after `make compile`) beside nginx, HAProxy, Envoy; one core each."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # and stop them all
    missing = machine.check()
    if missing:
        click.echo(missing, err=True)
        sys.exit(INCOMPLETE)
    lines = [
        f"Machine: {machine.described()}.",
        "",
        f"Command: `make bench ARGS='--rounds {turns} --seconds {seconds}'`.",
        "",
        *_measure(turns, seconds),
    ]
    if write:
        put("bench", "\n".join(lines))


def _measure(turns: int, seconds: int) -> list[str]:
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="fig-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        asked = upstream.start(folder)
        stack.callback(asked.program.stop)
        with ExitStack() as running:
            proxies = []
            for start in contenders.starters():
                proxies.append(start(folder, asked))
                running.callback(proxies[-1].program.stop)
            lines = _compared(proxies, asked, turns, seconds, folder)
        others = page.others(
            bodies.measure(folder / "bodies"), reloads.measure(folder / "reloads", asked)
        )
        _show(others)
        return [*lines, "", *others]


def _compared(
    proxies: Sequence[Contender], asked: Upstream, turns: int, seconds: int, folder: Path
) -> list[str]:
    results = {}
    for case in rounds.CASES:
        results[case.name] = rounds.measure(case, proxies, turns, seconds, folder)
        _show(page.throughput({case.name: results[case.name]}))
    peak = min(figures.rate for figures in page.facades(results[rounds.CASES[0].name]).values())
    paced = added.measure(asked, proxies, peak / 2, turns, seconds, folder)
    _show(page.added(paced))
    return [*page.throughput(results), "", *page.added(paced)]


def _show(lines: Sequence[str]) -> None:
    click.echo("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
