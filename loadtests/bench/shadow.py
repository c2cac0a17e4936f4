"""`make bench-shadow`: what a copy of every request costs the clients of legacy.

The same paced requests in interleaved rounds through facades of one worker each: nothing copied,
everything copied and compared, and everything copied to a new side that takes connections and
never answers. The figure is each one's p99 against that of nothing copied.
"""

import argparse
import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from loadtests.bench import slow, upstream, wrk
from loadtests.bench.added import CONNECTIONS, Paced
from loadtests.bench.contenders import Contender, start_facade
from loadtests.bench.machine import DEBIAN, LOAD_CORE, PROJECT, described, tool
from loadtests.bench.processes import Pinned, free_port

PAGE = PROJECT / "docs" / "performance.md"
MARK = "<!-- bench-shadow -->\n"
BAR = 1.15  # times the p99 without copies
PLAIN, COPIED, HANGING = "nothing copied", "everything copied", "new side hangs"

_ROUTES = """\
upstreams:
  legacy: {{url: 'http://127.0.0.1:{old}'}}
  new: {{url: 'http://127.0.0.1:{new}'}}
routes:
  - {{name: product, match: 'GET /api/products/{{sku}}', new: new, stage: {stage},
     compare: {{sample: 100%}}}}
"""


@contextmanager
def hanging() -> Iterator[int]:
    """A port that takes connections, and nothing after that."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(4096)
        yield int(listener.getsockname()[1])


def contenders(folder: Path, sides: upstream.Upstream, silent: int) -> list[Contender]:
    """The three facades."""
    files = {
        PLAIN: _ROUTES.format(old=sides.old, new=sides.new, stage="legacy"),
        COPIED: _ROUTES.format(old=sides.old, new=sides.new, stage="shadow"),
        HANGING: _ROUTES.format(old=sides.old, new=silent, stage="shadow"),
    }
    started = [start_facade(folder / name.replace(" ", "-"), text) for name, text in files.items()]
    return [
        Contender(name, one.program, one.port) for name, one in zip(files, started, strict=True)
    ]


def ratios(rounds: Sequence[Mapping[str, Paced]]) -> dict[str, float]:
    """Of each round the p99 against that of nothing copied; the median of the rounds."""
    return {name: median(one[name].p99 / one[PLAIN].p99 for one in rounds) for name in rounds[0]}


def page(rounds: Sequence[Mapping[str, Paced]], rate: float, legacy_ms: float) -> list[str]:
    """The table and what it was measured on."""
    against = ratios(rounds)
    load = os.getloadavg()[0]
    lines = [
        f"Machine: {described()}; load average {load:.1f} at the end. About {rate:.0f} requests/s,"
        f" legacy takes {legacy_ms:g} ms,"
        f" {len(rounds)} interleaved rounds, medians.",
        "",
        f"| facade | requests/s | p50 ms | p99 ms | p99 ÷ nothing copied (bar: ≤ {BAR}) |",
        "|---|--:|--:|--:|--:|",
    ]
    for name in (PLAIN, COPIED, HANGING):
        rate_, p50, p99 = (
            median(getattr(one[name], figure) for one in rounds)
            for figure in ("rate", "p50", "p99")
        )
        lines.append(f"| {name} | {rate_:,.0f} | {p50:.2f} | {p99:.2f} | {against[name]:.2f} |")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 1 over the bar, 2 without the programs."""
    parser = argparse.ArgumentParser(prog="make bench-shadow")
    parser.add_argument("--rate", type=float, default=300.0)
    parser.add_argument("--legacy-ms", type=float, default=10.0, help="how long legacy takes")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    given = parser.parse_args(arguments)
    missing = [DEBIAN[name] for name in ("wrk", "nginx", "taskset") if not tool(name)]
    if missing:
        print("missing programs; run: apt-get install", *missing, file=sys.stderr)  # noqa: T201
        return 2
    rounds = _measured(given)
    lines = page(rounds, given.rate, given.legacy_ms)
    print("\n".join(lines))  # noqa: T201
    if given.write:
        write(lines)
    return int(any(found > BAR for found in ratios(rounds).values()))


def write(lines: Sequence[str], file: Path = PAGE) -> None:
    """Between the two marks. Raises ValueError without them."""
    parts = file.read_text().split(MARK)
    if len(parts) != 3:
        raise ValueError(f"{file.name} lacks the marks between which the figures stand")
    file.write_text(MARK.join((parts[0], "\n".join(lines) + "\n", parts[2])))


def _measured(given: argparse.Namespace) -> list[dict[str, Paced]]:
    with tempfile.TemporaryDirectory(prefix="fig-bench-") as name, hanging() as silent:
        folder = Path(name)
        new = upstream.start(folder)
        running: list[Contender] = []
        port = free_port()
        command = [sys.executable, "-m", slow.__name__, str(port), str(given.legacy_ms)]
        legacy = Pinned(LOAD_CORE, command, folder / "legacy.log")
        try:
            legacy.ready(port)
            sides = replace(new, old=port)
            running = contenders(folder, sides, silent)
            _round(running, given, folder, 0)  # warm
            return [_round(running, given, folder, at) for at in range(given.rounds)]
        finally:
            for program in (*(one.program for one in running), legacy, new.program):
                program.stop()


def _round(
    running: list[Contender], given: argparse.Namespace, folder: Path, number: int
) -> dict[str, Paced]:
    """Each in turn; the order changes from round to round. Raises RuntimeError on failures."""
    order = running if number % 2 else running[::-1]
    script = wrk.PACED.format(most=round(2 * CONNECTIONS * 1000 / given.rate))
    found = {}
    for one in order:
        url = f"http://127.0.0.1:{one.port}{upstream.PATH}200"
        run = wrk.run(url, CONNECTIONS, given.seconds, script, folder)
        if run.failed:
            raise RuntimeError(f"{one.name}: {run.failed} requests failed; nothing was measured")
        found[one.name] = Paced(run.rate, run.p50, run.p99)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
