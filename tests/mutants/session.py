"""Tries every change of a target.

pytest collects the target's tests once, in a process of its own; it measures in a fork which test
executes which line, and each trial is one more fork, in which the changed function takes the place
of the loaded one. A change that acts at import (a constant, a default) needs a process that has not
imported the module: those trials are forks of the command itself, which has imported none of ours.
"""

import contextlib
import gc
import importlib
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeAlias

import pytest

from tests.mutants.baseline import Baseline, measure, run_one
from tests.mutants.changes import Change, changes
from tests.mutants.swap import Import, Loaded, NotLoaded
from tests.mutants.targets import Target
from tests.mutants.trial import (
    NOT_HERE,
    NOTICED,
    UNNOTICED,
    UNTRIED,
    Trial,
    forked,
    run,
    show_nothing,
)
from tests.rigs.house import source

_FORK = get_context("fork")
# A trial may take so many times the tests' time, and so many seconds, of the processor.
SLOWER, AT_LEAST = 6.0, 6.0
Node: TypeAlias = tuple[str, str]  # a test's name and its file
TO_IMPORT = 20.0  # seconds more, for one that collects the tests itself


class Outcome(StrEnum):
    """What came of a change."""

    KILLED = "killed"
    ENDLESS = "took too long"  # counts as killed: nobody would wait for that
    SURVIVED = "survived"
    UNREACHED = "no test executes it"


@dataclass(frozen=True)
class Result:
    """A change and what came of it."""

    change: Change
    outcome: Outcome

    @property
    def killed(self) -> bool:
        """Whether a test noticed."""
        return self.outcome in (Outcome.KILLED, Outcome.ENDLESS)


class Broken(Exception):
    """The tests fail, or cannot be collected, without any change."""


def try_all(target: Target, every: int, jobs: int) -> list[Result]:
    """Every change of the target, or each `every`th. Raises Broken."""
    tried = [change for path in target.paths for change in changes(path)][::every]
    theirs, ours = _FORK.Pipe(duplex=False)
    process = forked(_collected, target, tried, jobs, ours)
    ours.close()
    try:
        codes, baseline, nodes, modules = theirs.recv()
    except EOFError:
        tests = " ".join(target.tests)
        raise Broken(f"{target.name}: its tests cannot be collected: pytest {tests}") from None
    except BaseException:
        process.terminate()
        raise
    finally:
        process.join()
    if baseline.failed:
        raise Broken(f"without any change these fail: {', '.join(baseline.failed)}")
    _preload(modules)
    codes |= run(_imports(tried, codes, baseline, nodes), jobs)
    if UNTRIED in codes.values():
        raise Broken(f"{target.name}: its tests are not found again where a change is imported")
    return [Result(change, _outcome(codes, number)) for number, change in enumerate(tried)]


def _outcome(codes: dict[int, int | None], number: int) -> Outcome:
    if number not in codes:
        return Outcome.UNREACHED
    code = codes[number]
    if code is None:
        return Outcome.ENDLESS
    return Outcome.SURVIVED if code == UNNOTICED else Outcome.KILLED


def _collected(target: Target, tried: list[Change], jobs: int, out: Connection) -> None:
    """In a process of its own: pytest, with our loop in place of its own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that its folder is removed
    show_nothing()
    with tempfile.TemporaryDirectory(prefix="fig-mutants-") as folder:
        pytest.main(
            [*_options(folder), *target.tests],
            plugins=[_Trials(target.paths, tried, jobs, out)],
        )


def _options(folder: str) -> list[str]:
    config = str(source.ROOT / "pyproject.toml")
    return ["-c", config, "-qq", "--capture=no", "-p", "no:cacheprovider", f"--basetemp={folder}/t"]


@dataclass
class _Trials:
    """A plugin of pytest."""

    paths: list[str]
    tried: list[Change]
    jobs: int
    out: Connection
    _loaded: Loaded = field(init=False)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of running the tests."""
        if session.testsfailed:
            return True  # cannot be collected
        baseline = _measured(session, self.paths)
        codes: dict[int, int | None] = {}
        if not baseline.failed:
            self._loaded = Loaded(self.paths)
            gc.freeze()  # so that a fork shares what is there
            codes = dict(run(self._trials(session, baseline), self.jobs))
        nodes = [(item.nodeid, str(item.path)) for item in session.items]
        here = {number: code for number, code in codes.items() if code != NOT_HERE}
        self.out.send((here, baseline, nodes, _foreign()))
        return True

    def _trials(self, session: pytest.Session, baseline: Baseline) -> Iterator[Trial]:
        for number, change in enumerate(self.tried):
            tests = baseline.tests_of(change) if change.function else []
            if tests:
                limit = AT_LEAST + SLOWER * baseline.seconds_of(tests)
                yield Trial(number, lambda c=change, t=tests: self._one(session, c, t), limit)

    def _one(self, session: pytest.Session, change: Change, tests: list[int]) -> int:
        try:
            self._loaded.put(change)
        except NotLoaded:
            return NOT_HERE
        items = [session.items[test] for test in tests]
        for number in range(len(items)):
            run_one(items, number)
            if session.testsfailed:
                return NOTICED
        return UNNOTICED


def _measured(session: pytest.Session, paths: Sequence[str]) -> Baseline:
    """In a fork: what the tests leave behind in a process is not for the trials to find."""
    theirs, ours = _FORK.Pipe(duplex=False)
    factory: Any = session.config._tmp_path_factory  # type: ignore[attr-defined]
    factory.getbasetemp()  # made once for all forks, each of which would empty it
    process = forked(lambda: ours.send(measure(session, paths)))
    ours.close()
    found: Baseline = theirs.recv()
    process.join()
    return found


def _foreign() -> list[str]:
    """Loaded modules that are not ours: what imports the tests again finds them loaded."""
    own = {name.partition("/")[0] for name in source.sources()} | {"tests", "conftest", "__main__"}
    return [name for name in sys.modules if name.partition(".")[0] not in own]


def _preload(modules: list[str]) -> None:
    for name in modules:
        with contextlib.suppress(Exception):  # it will be imported, or fail, in the trial
            importlib.import_module(name)


def _imports(
    tried: list[Change], codes: dict[int, int | None], baseline: Baseline, nodes: list[Node]
) -> Iterator[Trial]:
    """Trials of what acts at import, and of what could not be put into a loaded function."""
    for number, change in enumerate(tried):
        tests = [] if number in codes else baseline.tests_of(change)
        if tests:
            names = [nodes[test] for test in tests]
            limit = TO_IMPORT + SLOWER * baseline.seconds_of(tests)
            yield Trial(number, lambda c=change, n=names: _imported(c, n), limit)


def _imported(change: Change, nodes: list[Node]) -> int:
    Import(change).put()
    files = sorted({path for _, path in nodes})
    with tempfile.TemporaryDirectory(prefix="fig-mutants-") as folder:
        code = pytest.main([*_options(folder), "-x", *files], plugins=[_Only(nodes)])
    if code in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR):
        return UNTRIED
    return UNNOTICED if code == pytest.ExitCode.OK else NOTICED


class _Only:
    """A plugin of pytest that runs these tests alone, in this order."""

    def __init__(self, nodes: list[Node]) -> None:
        self._order = {name: number for number, (name, _) in enumerate(nodes)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """See pytest."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order),
            key=lambda item: self._order[item.nodeid],
        )
