"""Rooms stay small, and nothing private is committed."""

import ast
import re
from collections import Counter
from pathlib import PurePosixPath

import pytest

from tests.rigs.house.source import ROOT, files, text, tree

MOST_LINES_OF_A_FILE = 350
MOST_LINES_OF_A_FUNCTION = 60
MOST_FILES_OF_A_FOLDER = 16  # besides those that no folder can do without


@pytest.mark.parametrize("name", [name for name in files("*.py") if not name.startswith("docs/")])
def test_files_and_functions_stay_small(name: str) -> None:
    lines = text(name).count("\n")
    assert lines <= MOST_LINES_OF_A_FILE, f"{name} has {lines} lines: divide it by subject"
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            where = f"{name}:{node.lineno} {node.name}"
            assert lines <= MOST_LINES_OF_A_FUNCTION, f"{where} has {lines} lines: divide it"


def test_folders_stay_small() -> None:
    own = ("__init__.py", "__main__.py", "conftest.py")
    paths = [PurePosixPath(name) for name in files("*.py") if not name.endswith(own)]
    sizes = Counter(path.parent.as_posix() for path in paths)
    full = [f"{one} ({size})" for one, size in sizes.items() if size > MOST_FILES_OF_A_FOLDER]
    assert not full, (
        f"folders of more than {MOST_FILES_OF_A_FOLDER} files: {', '.join(sorted(full))};"
        " give what belongs together a folder of its own"
    )


def test_no_package_registry_is_named() -> None:
    hosts = re.compile(r"(py" + r"pi|python" + r"hosted|npm" + r"js|deb\.deb" + r"ian)\.org")
    for name in files("*"):
        data = (ROOT / name).read_bytes()
        assert not hosts.search(data.decode("utf-8", "replace")), name


def test_nothing_binary_is_committed() -> None:
    for name in files("*"):
        assert b"\0" not in (ROOT / name).read_bytes(), name
