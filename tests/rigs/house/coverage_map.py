"""Which test file executes a source file that has none of its own: `make coverage-map`.

    python tests/rigs/house/coverage_map.py [TEST_FILE_OR_FOLDER ... | --tidy]

Runs these tests (without arguments: unit, contract and integration tests) under coverage, in the
processes that they start too, and notes for each source file without a mirrored test file the one
test file that executes most of it, if that is at least half. The table is
tests/unit/house/covered_by.txt; a line whose file these tests do not reach stays as it is. The
files without a line go to uncovered.txt. What the lists say is held to the source by
tests/unit/house/test_mirror.py. --tidy measures nothing; it drops the lines that do not hold.
"""

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from chassis.compiled import LIBRARY  # noqa: E402
from tests.rigs.house import source  # noqa: E402

TABLE = ROOT / "tests" / "unit" / "house" / "covered_by.txt"
ALL = ("tests/unit", "tests/contract", "tests/integration")
WHO = "FIG_COVERED_BY"  # the test file at work; processes that it starts inherit it
SETTINGS = "FIG_COVERAGE_SETTINGS"  # the file with coverage's settings
CONFIG = """\
[run]
branch = false
parallel = true
sigterm = true
patch = subprocess, _exit
concurrency = thread
context = ${FIG_COVERED_BY-}
data_file = %(folder)s/data
source_dirs = %(sources)s
"""
HEAD = """\
# Source files without a test file of their own: the test file that executes at least half of the
# statements in their functions, and how many of them it executed when this was measured.
# `make coverage-map` measures again.
"""
HEAD_OF_REST = """\
# Source files without a test file of their own for which no test file was measured that executes
# half of the statements in their functions. The list may only shrink.
"""


class Line(NamedTuple):
    """A line of the table."""

    source: str
    test: str
    executed: int  # statements inside of functions


def own_test(name: str) -> str:
    """The place of a source file's own test file."""
    folder, _, file = name.rpartition("/")
    return f"tests/unit/{folder}/test_{file}"


def statements(name: str) -> set[int]:
    """The lines at which statements inside of functions begin, docstrings left out."""
    found: set[int] = set()
    for function in ast.walk(source.tree(name)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            found |= {node.lineno for node in _inside(function) if not _is_docstring(node)}
    return found


def _inside(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.stmt]:
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node is not function:
            yield node


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def read_table() -> dict[str, Line]:
    """The table by source file."""
    found = {}
    for line in TABLE.read_text().splitlines() if TABLE.exists() else ():
        if line and not line.startswith("#"):
            name, test, executed = line.split()
            found[name] = Line(name, test, int(executed))
    return found


def without_own_test() -> list[str]:
    """Source files that have functions and no test file of their own."""
    return [
        name
        for name in source.sources()
        if not (ROOT / own_test(name)).exists() and statements(name)
    ]


def measure(tests: list[str]) -> None:
    """Run the tests and write what they execute into the table."""
    import coverage

    with tempfile.TemporaryDirectory(prefix="fig-map-") as folder:
        config = Path(folder) / "coveragerc"
        tops = sorted({name.partition("/")[0] for name in source.sources()})
        dirs = ",".join(str(ROOT / top) for top in tops)
        config.write_text(CONFIG % {"folder": folder, "sources": dirs})
        environment = os.environ | {WHO: "", SETTINGS: str(config), "PYTHONPATH": str(ROOT)}
        run = [sys.executable, "-m", "coverage", "run", f"--rcfile={config}", "-m", "pytest"]
        options = [
            "-q",
            "-p",
            "tests.rigs.house.coverage_map",
            "--timeout=600",
            "-n",
            "2",
            "--durations=80",
        ]
        # A test that fails under the slow tracer still executed what it executed.
        subprocess.run(
            [*run, *options, "--dist=loadfile", *tests], cwd=ROOT, env=environment, check=False
        )
        found = coverage.Coverage(config_file=str(config))
        found.combine()
        lines = read_table()
        for name in without_own_test():
            best, known = _best(found.get_data(), name), lines.get(name)
            if best and known and known.test != best.test and _holds(known):
                continue  # the line that is there will do
            if best and 2 * best.executed >= len(statements(name)):
                lines[name] = best
        write(lines)


def write(lines: dict[str, Line]) -> None:
    """Write both lists: lines that are needed and hold, and the files that have none."""
    needed = without_own_test()
    held = {name: lines[name] for name in needed if name in lines and _holds(lines[name])}
    TABLE.write_text(HEAD + "".join(f"{a} {b} {c}\n" for a, b, c in sorted(held.values())))
    left = "".join(f"{name}\n" for name in sorted(set(needed) - held.keys()))
    TABLE.with_name("uncovered.txt").write_text(HEAD_OF_REST + left)


def _holds(line: Line) -> bool:
    return (ROOT / line.test).exists() and 2 * line.executed >= len(statements(line.source))


def _best(data: "object", name: str) -> Line | None:
    wanted = statements(name)
    counts: dict[str, int] = {}  # by test file
    by_line = data.contexts_by_lineno(str(ROOT / name))  # type: ignore[attr-defined]
    for line, contexts in by_line.items():
        for context in set(contexts) - {""} if line in wanted else ():
            counts[context] = counts.get(context, 0) + 1
    if not counts:
        return None
    # The nearest test is preferred to one that executes a few lines more.
    enough = [test for test in counts if 2 * counts[test] >= len(wanted)] or list(counts)
    best = min(enough, key=lambda test: (not test.startswith("tests/unit"), -counts[test], test))
    return Line(name, best, counts[best])


def pytest_runtest_setup(item: "object") -> None:
    """As a plugin of pytest: from here on, what is executed is executed by this file."""
    import coverage

    test = item.location[0]  # type: ignore[attr-defined]
    os.environ[WHO] = test
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)  # the settings as they were, without the name
    os.environ["COVERAGE_PROCESS_START"] = os.environ[SETTINGS]
    current = coverage.Coverage.current()
    if current is not None:
        current.switch_context(test)


if __name__ == "__main__":
    if (ROOT / LIBRARY).exists():
        sys.exit("C modules hide the sources: run `make uncompile`")
    if sys.argv[1:] == ["--tidy"]:
        write(read_table())
    else:
        measure(sys.argv[1:] or list(ALL))
