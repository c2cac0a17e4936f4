"""Every file that docs/request-life.md leads through is there, with what it is said to hold, and
none is left out that those import."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "request-life.md").read_text("utf-8")
# `path` (`name`) or `path`, `name`
LED = re.compile(r"`((?:[a-z0-9_]+/)+[a-z0-9_]+\.py)`(?:(?: \(|, )`(\w+)`)?")
ON_THE_WAY, _, BESIDE = TEXT.partition("## Not on the way")
# Words, and rooms of other processes, whose maps the page names instead of each file.
TOLD_ELSEWHERE = ("contracts/", "facade/routes/file/", "facade/control/", "facade/compare/")
TOLD_ELSEWHERE += ("new_services/verify/", "chassis/web/headers.py", "chassis/process/discovery.py")
STOPS = sorted(set(LED.findall(TEXT)))


@pytest.mark.parametrize(("path", "name"), STOPS)
def test_the_stop_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    defined = {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
    assert not name or name in defined


def test_no_path_is_written_in_a_way_that_is_not_checked() -> None:
    assert {path for path, _ in STOPS} == set(re.findall(r"[\w/]+\.py", TEXT))
    assert len(STOPS) > 80


def _imports(path: str) -> Iterator[str]:
    """The files of ours that a file imports when it runs."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    for node in _running(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            file = name.replace(".", "/") + ".py"
            if (ROOT / file).exists():
                yield file


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """All below it, without what only the type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from _running(child)


@pytest.mark.parametrize("path", sorted({path for path, _ in LED.findall(ON_THE_WAY)}))
def test_what_a_stop_imports_is_told_too(path: str) -> None:
    if path.startswith(TOLD_ELSEWHERE):
        return
    missing = {
        file
        for file in _imports(path)
        if f"`{file}`" not in TEXT and not file.startswith(TOLD_ELSEWHERE)
    }
    assert missing == set()


def test_what_is_said_to_be_beside_the_way_is_imported_by_something_on_it() -> None:
    on_the_way = {path for path, _ in LED.findall(ON_THE_WAY)}
    imported = {file for path in on_the_way for file in _imports(path)}
    beside = {path for path, _ in LED.findall(BESIDE)}
    assert beside <= imported
    assert not beside & on_the_way
