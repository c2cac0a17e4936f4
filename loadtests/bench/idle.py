"""`make bench-idle`: what a stack uses that is asked nothing, and how long it takes to start.

1 a stack of its own, started twice: with empty data, then with what the first one left
2 some seconds of rest          3 CPU, wakeups and memory of each process, over --seconds

A wakeup is a voluntary change of context: a thread had slept and was woken. Memory is the
proportional share (PSS): a page that several processes share is counted once.
"""

import argparse
import tempfile
import time
from dataclasses import astuple, dataclass
from operator import add
from pathlib import Path

from loadtests.bench import machine
from loadtests.bench.orders import Stack
from loadtests.bench.processes import number
from loadtests.proc import family

REST_SECONDS = 8.0
SHOWN = 0.05  # per cent of a core that are worth a line
ENGINES = {"postgres", "nats"}


@dataclass(frozen=True)
class Used:
    """By a process and its descendants, since they began."""

    seconds: float = 0.0  # of CPU
    wakeups: int = 0
    memory: float = 0.0  # MB, now
    processes: int = 0

    def __add__(self, other: "Used") -> "Used":
        return Used(*map(add, astuple(self), astuple(other)))


def used(pid: int) -> Used:
    """Of one process alone; nothing where it has ended."""
    folder = Path(f"/proc/{pid}")
    seconds, wakeups = 0.0, 0
    try:
        for thread in (folder / "task").iterdir():
            seconds += int((thread / "schedstat").read_text().split()[0]) / 1e9
            wakeups += number(thread / "status", "voluntary_ctxt_switches")
        return Used(seconds, wakeups, number(folder / "smaps_rollup", "Pss") / 1024, 1)
    except OSError:
        return Used()


def look(stack: Stack) -> dict[str, Used]:
    """By the stack's names of its processes; the supervisor with what it has besides them."""
    state = stack.state
    named = {
        one["name"]: set(family(one["pid"]))
        for one in state["processes"]
        if one["state"] == "ready"
    }
    named["supervisor"] = set(family(int(state["pid"]))).difference(*named.values())
    return {name: sum(map(used, pids), Used()) for name, pids in named.items()}


def table(before: dict[str, Used], after: dict[str, Used], seconds: float) -> str:
    """Markdown; the busiest first."""
    rows = [
        (
            name,
            (now.seconds - before[name].seconds) / seconds * 100,
            (now.wakeups - before[name].wakeups) / seconds,
            now.memory,
            now.processes,
        )
        for name, now in after.items()
        if name in before
    ]
    rows.sort(key=lambda row: -row[1])
    own = [row for row in rows if row[0] not in ENGINES]
    lines = ["| | % of a core | wakeups/s | MB (PSS) | processes |", "|---|---|---|---|---|"]
    for name, some in (("all", rows), ("without PostgreSQL, NATS", own)):
        lines.append(
            _line(name, *(sum(each) for each in zip(*(row[1:] for row in some), strict=True)))
        )
    lines += [_line(*row) for row in rows if row[1] >= SHOWN]
    return "\n".join(lines)


def _line(name: str, cpu: float, wakeups: float, memory: float, count: float) -> str:
    return f"| {name} | {cpu:.2f} | {wakeups:.0f} | {memory:.0f} | {count:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--port-base", type=int, default=18700)
    options = parser.parse_args()
    took = []
    with tempfile.TemporaryDirectory(prefix="bench-idle-") as folder:
        for turn in range(2):
            began = time.perf_counter()
            with Stack(Path(folder), options.port_base) as stack:
                took.append(time.perf_counter() - began)
                if turn:
                    time.sleep(REST_SECONDS)
                    before = look(stack)
                    time.sleep(options.seconds)
                    after = look(stack)
    print(f"{options.seconds:g} s with nothing to do, on {machine.described()}.\n")  # noqa: T201
    print(table(before, after, options.seconds))  # noqa: T201
    print(f"\nStarted in {took[0]:.1f} s with empty data, {took[1]:.1f} s after.")  # noqa: T201


if __name__ == "__main__":
    main()
