"""Rooms stay small, and nothing private is committed."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.rigs.house.source import ROOT, files, text, tree

MOST_LINES_OF_A_FILE = 350
MOST_LINES_OF_A_FUNCTION = 60
MOST_FILES_OF_A_FOLDER = 16  # besides those that no folder can do without


def long_functions(name: str) -> Iterator[str]:
    """The functions of a file that are too long, each with its place."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > MOST_LINES_OF_A_FUNCTION:
                yield f"{name}:{node.lineno} {node.name} has {lines} lines: divide it"


def test_files_and_functions_stay_small() -> None:
    found = []
    for name in files("*.py"):
        lines = text(name).count("\n")
        if lines > MOST_LINES_OF_A_FILE:
            found.append(f"{name} has {lines} lines: divide it by subject")
        if lines > MOST_LINES_OF_A_FUNCTION and not name.startswith("docs/"):
            found += long_functions(name)
    assert not found, "\n".join(found)


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
