"""The test files that take long, longest first, and how many may run beside each other.

Workers take whole files. One that takes a minute, begun last, keeps one worker busy while the
others have nothing to do; so tests/conftest.py lets the files of tests/longest.txt begin first.
Most files wait for processes more than they compute: there are more workers than cores, and a
worker takes the first file for which the cores are not busy yet.

    tests/longest.txt:  seconds  cores  path         cores: seconds of processor time a second

`make longest` measures both, one file after the other, on a machine with nothing else to do: a
file's processor time is that of the whole machine, since stacks and databases are no children of
the tests. A line may also name a folder, whose files one worker takes together.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "tests" / "longest.txt"
# Folders that have one stack, and the rules that read the whole source.
TOGETHER = ("tests/patterns", "tests/unit/house")
SHARE = 1.1  # of the cores that are planned for: what runs beside others waits more
SPARE = {"tests/e2e/test_demo.py": 0.3}  # cores left free beside it: it judges how fast a side is
LEAST = 5.0  # seconds; a file that takes less begins where it stands
HEAD = """\
# Test files that take longest: seconds, cores that they keep busy, path; `make longest` measures.
# They begin first, so that no worker is left with one at the end.
"""


class Taken(NamedTuple):
    """What a file takes: seconds, and seconds of processor time in each of them."""

    seconds: float
    cores: float


UNKNOWN = Taken(2.0, 0.5)


def read(text: str) -> dict[str, Taken]:
    """By file, as a path below the root."""
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {path: Taken(float(seconds), float(cores)) for seconds, cores, path in lines}


def planned(taken: Mapping[str, Taken]) -> dict[str, Taken]:
    """With the cores that a file keeps free besides those that it keeps busy."""
    return {path: Taken(s, cores + SPARE.get(path, 0.0)) for path, (s, cores) in taken.items()}


def written(taken: Mapping[str, Taken]) -> str:
    """The table, longest first; files that take less than LEAST are left out."""
    longest = sorted(taken.items(), key=lambda one: (-one[1].seconds, one[0]))
    lines = (f"{one.seconds:.0f} {one.cores:.1f} {path}\n" for path, one in longest
             if one.seconds >= LEAST)  # fmt: skip
    return HEAD + "".join(lines)


def in_order(items: list[pytest.Item], taken: Mapping[str, Taken]) -> None:
    """Sort tests by what their file or its folder takes; what takes the same stays as it is."""

    def seconds(item: pytest.Item) -> float:
        path = item.path.relative_to(ROOT)
        found = taken.get(path.as_posix()) or taken.get(path.parent.as_posix())
        return found.seconds if found else 0.0

    items.sort(key=lambda item: -seconds(item))


def scope_of(nodeid: str) -> str:
    """What one worker takes whole: the test's file, or its folder."""
    path = nodeid.partition("::")[0]
    folder = path.rpartition("/")[0]
    return folder if folder in TOGETHER else path


def chosen(
    waiting: list[str], taken: Mapping[str, Taken], left: float, busy: float, cores: float
) -> str:
    """Which of the waiting files, longest first, a worker takes next.

    `left`: seconds of what the worker has to do before; `busy`: cores that the others keep busy, of
    `cores`. A worker is always given a file before its last test ends; behind a long test that is
    the shortest one, which then waits.
    """
    if left > UNKNOWN.seconds + LEAST:
        return waiting[-1]
    for path in waiting:
        if busy + taken.get(path, UNKNOWN).cores <= cores:
            return path
    return min(waiting, key=lambda path: taken.get(path, UNKNOWN).cores)


class Files(LoadFileScheduling):  # type: ignore[misc]
    """`--dist loadfile`, where the files of a folder that shares a stack are as one."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        self._taken = planned(read(TABLE.read_text()))
        self._cores = SHARE * (os.cpu_count() or 1)

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        mine = self.assigned_work.get(node, {})
        others = [units for one, units in self.assigned_work.items() if one is not node]
        busy = sum(
            self._of(path).cores
            for units in others
            for path, tests in units.items()
            if not all(tests.values())
        )
        left = sum(
            self._of(path).seconds * list(tests.values()).count(False) / len(tests)
            for path, tests in mine.items()
        )
        path = chosen(list(self.workqueue), self._taken, left, busy, self._cores)
        self.workqueue.move_to_end(path, last=False)
        super()._assign_work_unit(node)

    def _of(self, path: str) -> Taken:
        return self._taken.get(path, UNKNOWN)


def spent() -> float:
    """Seconds for which the machine's processors were busy since its start."""
    fields = Path("/proc/stat").read_text().partition("\n")[0].split()[1:]
    user, nice, system, _, _, irq, softirq = map(int, fields[:7])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


class Measuring:
    """A plugin of pytest: keeps what each file takes, and writes the table at the end."""

    def __init__(self) -> None:
        self._before = spent()
        self._now: dict[str, tuple[float, float]] = {}  # seconds, and of the processors

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called after each setup, call and teardown."""
        scope, spent_now = scope_of(report.nodeid), spent()
        seconds, processors = self._now.get(scope, (0.0, 0.0))
        busy = processors + spent_now - self._before
        self._now[scope], self._before = (seconds + report.duration, busy), spent_now

    def pytest_sessionfinish(self) -> None:
        """Files that were not run keep what they took."""
        now = {
            path: Taken(seconds, processors / max(seconds, 0.1))
            for path, (seconds, processors) in self._now.items()
        }
        TABLE.write_text(written(read(TABLE.read_text()) | now))


def pytest_configure(config: pytest.Config) -> None:
    """As `-p tests.rigs.house.longest`: measures."""
    config.pluginmanager.register(Measuring(), "longest")
