"""The test files that take long, longest first: `make longest` measures them.

Workers take whole files. One that takes a minute, begun last, keeps one worker busy while the
others have nothing to do; so tests/conftest.py lets the files of tests/longest.txt begin first.
A line may also name a folder, whose files one worker takes together; such lines, and those of
whole stacks, are written by hand.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "tests" / "longest.txt"
TOGETHER = ("tests/patterns",)  # folders that have one stack
LEAST = 10.0  # seconds; a file that takes less begins where it stands
HEAD = """\
# Test files that take longest, with their seconds when they were measured: `make longest`.
# They begin first, so that no worker is left with one at the end.
"""


def read(text: str) -> dict[str, float]:
    """Seconds by file, as a path below the root."""
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {path: float(seconds) for seconds, path in lines}


def written(taken: Mapping[str, float]) -> str:
    """The table, longest first; files that take less than LEAST are left out."""
    longest = sorted(taken.items(), key=lambda one: (-one[1], one[0]))
    return HEAD + "".join(f"{took:.0f} {path}\n" for path, took in longest if took >= LEAST)


def in_order(items: list[pytest.Item], taken: Mapping[str, float]) -> None:
    """Sort tests by what their file or its folder takes; what takes the same stays as it is."""

    def seconds(item: pytest.Item) -> float:
        path = item.path.relative_to(ROOT)
        return taken.get(path.as_posix()) or taken.get(path.parent.as_posix(), 0.0)

    items.sort(key=lambda item: -seconds(item))


def scope_of(nodeid: str) -> str:
    """What one worker takes whole: the test's file, or its folder."""
    path = nodeid.partition("::")[0]
    folder = path.rpartition("/")[0]
    return folder if folder in TOGETHER else path


class Files(LoadFileScheduling):  # type: ignore[misc]
    """`--dist loadfile`, where the files of a folder that shares a stack are as one."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


class Measuring:
    """A plugin of pytest: keeps what each file takes, and writes the table at the end."""

    def __init__(self) -> None:
        self._taken = read(TABLE.read_text())
        self._now: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for each setup, call and teardown."""
        path = report.nodeid.partition("::")[0]
        self._now[path] = self._now.get(path, 0.0) + report.duration

    def pytest_sessionfinish(self) -> None:
        """Files that were not run keep their seconds."""
        TABLE.write_text(written(self._taken | self._now))


def pytest_configure(config: pytest.Config) -> None:
    """As `-p tests.rigs.house.longest`: measures, in the process that hears of all tests."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Measuring())
