"""Which test executes which line, and how long it takes: measured once, without any change."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import coverage
import pytest

from tests.mutants.changes import Change
from tests.rigs.house import source


@dataclass(frozen=True)
class Baseline:
    """What the tests do to the unchanged code; tests are numbers in the order of collection."""

    seconds: Sequence[float]
    lines: Mapping[str, Mapping[int, Sequence[int]]]  # by path: line to tests
    failed: Sequence[str]

    def tests_of(self, change: Change) -> list[int]:
        """Those that execute the changed statement, the quickest first.

        Then those that may execute it unseen. What acts at import any test may notice; those that
        execute something of the file come first.
        """
        every: Collection[int]
        if change.function:
            near = self._executing(change.path, change.lines)
            every = near | self._executing(change.path, change.more)
        else:
            near = self._executing(change.path, self.lines.get(change.path, {}))
            every = range(len(self.seconds))
        return sorted(every, key=lambda test: (test not in near, self.seconds[test]))

    def _executing(self, path: str, lines: Iterable[int]) -> set[int]:
        by_line = self.lines.get(path, {})
        return {test for line in lines for test in by_line.get(line, ())}

    def seconds_of(self, tests: Iterable[int]) -> float:
        """How long these tests take."""
        return sum(self.seconds[test] for test in tests)


def measure(session: pytest.Session, paths: Sequence[str]) -> Baseline:
    """Run all collected tests under coverage, in this process."""
    seconds, failed = [], []
    files = [str(source.ROOT / path) for path in paths]
    measured = coverage.Coverage(data_file=None, include=files, config_file=False)
    measured.start()
    for number, item in enumerate(session.items):
        measured.switch_context(str(number))
        began = time.perf_counter()
        before = session.testsfailed
        run_one(session.items, number)
        seconds.append(time.perf_counter() - began)
        if session.testsfailed > before:
            failed.append(item.nodeid)
    measured.stop()
    data = measured.get_data()
    lines = {
        path: {
            line: [int(test) for test in tests if test]
            for line, tests in data.contexts_by_lineno(file).items()
        }
        for path, file in zip(paths, files, strict=True)
    }
    return Baseline(seconds, lines, failed)


def run_one(items: Sequence[pytest.Item], number: int) -> None:
    """One of these tests; what it shares with the next one stays set up."""
    item = items[number]
    following = items[number + 1] if number + 1 < len(items) else None
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
