"""`make bench-shadow`: what a copy of every request costs the clients of legacy.

The same paced requests in many short, interleaved rounds through facades of one worker each:
nothing copied, everything copied and compared, and everything copied to a new side that takes
connections and never answers. The answers are JSON of 2 kB, written otherwise by the new side.
Each worker has the one core for itself; comparison, load and both sides share the other one, or,
with --shared, comparison runs on the worker's. The figure is the median over the rounds of each
one's p99 against that of nothing copied in the same round.
"""

import argparse
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from chassis.cli.calls import call_object
from loadtests.bench import wrk
from loadtests.bench.machine import DEBIAN, LOAD_CORE, tool
from loadtests.bench.marks import put
from loadtests.bench.processes import Pinned, free_port
from loadtests.bench.proxies import documents, upstream
from loadtests.bench.proxies.added import CONNECTIONS
from loadtests.bench.proxies.contenders import Contender, start_facade
from loadtests.bench.rounds import Figures
from loadtests.bench.shadow import slow
from loadtests.bench.shadow.page import (
    BAR,
    COPIED,
    HANGING,
    PLAIN,
    Conditions,
    Pairs,
    page,
    ratios,
)

PRODUCT = "TENT-0200"

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


def contenders(
    folder: Path, sides: upstream.Upstream, silent: int, *, shared: bool
) -> list[Contender]:
    """The three facades. Raises RuntimeError when one has no control process."""
    files = {
        PLAIN: _ROUTES.format(old=sides.old, new=sides.new, stage="legacy"),
        COPIED: _ROUTES.format(old=sides.old, new=sides.new, stage="shadow"),
        HANGING: _ROUTES.format(old=sides.old, new=silent, stage="shadow"),
    }
    started = [start_facade(folder / name.replace(" ", "-"), text) for name, text in files.items()]
    for one in started:
        if not shared and one.program.move("facade.control", LOAD_CORE) != 1:
            raise RuntimeError("there is no control process to move to the other core")
    return [replace(one, name=name) for name, one in zip(files, started, strict=True)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 1 over the bar, 2 without the programs."""
    parser = argparse.ArgumentParser(prog="make bench-shadow")
    parser.add_argument("--rate", type=float, default=300.0)
    parser.add_argument("--legacy-ms", type=float, default=10.0, help="how long legacy takes")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--shared", action="store_true", help="comparison on the worker's core")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    given = parser.parse_args(arguments)
    missing = [DEBIAN[name] for name in ("wrk", "nginx", "taskset") if not tool(name)]
    if missing:
        print("missing programs; run: apt-get install", *missing, file=sys.stderr)  # noqa: T201
        return 2
    rounds, pairs = _measured(given)
    conditions = Conditions(given.rate, given.legacy_ms, given.seconds, given.shared)
    lines = page(rounds, conditions, pairs)
    print("\n".join(lines))  # noqa: T201
    if given.write:
        put("bench-shadow", "\n".join(lines))
    return int(any(found > BAR for found in ratios(rounds).values()))


def _measured(given: argparse.Namespace) -> tuple[list[dict[str, Figures]], Pairs]:
    with tempfile.TemporaryDirectory(prefix="fig-bench-") as name, hanging() as silent:
        folder = Path(name)
        new = upstream.start(folder)
        (folder / "files" / upstream.PATH.strip("/") / PRODUCT).write_bytes(documents.as_new())
        running: list[Contender] = []
        port = free_port()
        command = [sys.executable, "-m", slow.__name__, str(port), str(given.legacy_ms)]
        legacy = Pinned(LOAD_CORE, command, folder / "legacy.log")
        try:
            legacy.ready(port)
            sides = replace(new, old=port)
            running = contenders(folder, sides, silent, shared=given.shared)
            _round(running, given, folder, 0)  # warm
            rounds = [_round(running, given, folder, at) for at in range(given.rounds)]
            return rounds, _compared(running[1])
        finally:
            for program in (*(one.program for one in running), legacy, new.program):
                program.stop()


def _round(
    running: list[Contender], given: argparse.Namespace, folder: Path, number: int
) -> dict[str, Figures]:
    """Each in turn; the order changes from round to round. Raises RuntimeError on failures."""
    order = running if number % 2 else running[::-1]
    script = wrk.PACED.format(most=round(2 * CONNECTIONS * 1000 / given.rate))
    found = {}
    for one in order:
        url = f"http://127.0.0.1:{one.port}{upstream.PATH}{PRODUCT}"
        before = _busy(one)
        run = wrk.run(url, CONNECTIONS, given.seconds, script, folder)
        if run.failed:
            raise RuntimeError(f"{one.name}: {run.failed} requests failed; nothing was measured")
        cpu = (_busy(one) - before) / max(1, run.requests) * 1e6
        found[one.name] = Figures(run.rate, run.p50, run.p99, cpu)
    return found


def _compared(one: Contender) -> Pairs:
    """What became of the copies. Raises RuntimeError when they were not compared, or differ."""
    address = f"http://127.0.0.1:{one.admin}/api/compare"
    found = call_object(address, {"route": "product"})["routes"][0]
    pairs = Pairs(found["dispatched"], found["matched"], sum(found["shed"].values()))
    if found["mismatched"] or pairs.matched < pairs.copied / 2:
        raise RuntimeError(f"this is no measure of comparing: {found}")
    return pairs


def _busy(one: Contender) -> float:
    """Seconds of the worker, and of the master, which sleeps."""
    return one.program.busy_seconds(without="facade.control")


if __name__ == "__main__":
    raise SystemExit(main())
