"""The page docs/request-life.md is true: its files are there, with what they are said to hold; it
names every file that a request runs through in a worker; and what its files import is named there
or by the map of its folder."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtests.bench.plane.drive import Drive

pytestmark = pytest.mark.legacy

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "request-life.md").read_text("utf-8")
# `path` (`name`) or `path`, `name`
LED = re.compile(r"`((?:[a-z0-9_]+/)+[a-z0-9_]+\.py)`(?:(?: \(|, )`(\w+)`)?")
STOPS = sorted(set(LED.findall(TEXT)))
FILES = sorted({path for path, _ in STOPS})
MOST_FILES = 72  # more than that is no story
# Any process is composed of these; the page says so once.
COMPOSITION = ("app", "settings")


@pytest.mark.parametrize(("path", "name"), STOPS)
def test_the_stop_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    defined = {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
    assert not name or name in defined


def test_no_path_is_written_in_a_way_that_is_not_checked() -> None:
    assert set(FILES) == set(re.findall(r"[\w/]+\.py", TEXT)) - {"__init__.py"}
    assert 40 < len(FILES) <= MOST_FILES


@pytest.mark.parametrize("request_", ["read", "write", "customer's read", "customer's write"])
def test_every_file_that_a_request_runs_through_in_a_worker_is_named(
    request_: str, tmp_path: Path
) -> None:
    way = Drive(tmp_path).way(request_)
    assert set(way) - set(FILES) == set()


@pytest.mark.parametrize(("request_", "files", "changes"), [("read", 12, 24), ("write", 13, 28)])
def test_the_way_through_a_worker_stays_short(
    request_: str, files: int, changes: int, tmp_path: Path
) -> None:
    way = Drive(tmp_path).way(request_)
    assert len(set(way)) <= files
    assert len(way) - 1 <= changes


def _imports(path: str) -> Iterator[str]:
    """The files of ours that a file imports, also for its types alone."""
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            file = name.replace(".", "/") + ".py"
            if (ROOT / file).exists():
                yield file


def _map(path: str) -> str:
    """What is written at the top of the folders a file lies in."""
    found = ""
    for folder in (ROOT / path).parents:
        if folder == ROOT:
            break
        initial = folder / "__init__.py"
        if initial.exists():
            found += ast.get_docstring(ast.parse(initial.read_text("utf-8"))) or ""
    return found


@pytest.mark.parametrize("path", FILES)
def test_what_a_stop_imports_is_named_here_or_by_the_map_of_its_folder(path: str) -> None:
    missing = {
        file
        for file in _imports(path)
        if file not in FILES
        and Path(file).stem not in COMPOSITION
        and not re.search(rf"\b{Path(file).stem}\b", _map(file))
    }
    assert not missing, (
        f"{path} imports what a reader finds neither in docs/request-life.md nor in the docstring"
        f" of its folder: {', '.join(sorted(missing))}"
    )
