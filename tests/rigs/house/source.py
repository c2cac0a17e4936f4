"""The source as data, for the rules of the house: files, their trees, who imports whom."""

import ast
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]


@cache
def files(pattern: str) -> tuple[str, ...]:
    """Committed or staged files, as paths from the root; none outside a git checkout."""
    found = subprocess.run(
        ["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return tuple(name for name in found.stdout.split("\n") if name and (ROOT / name).exists())


@cache
def sources() -> tuple[str, ...]:
    """Python files outside tests/, and but for the examples in docs/, which are other people's."""
    return tuple(name for name in files("*.py") if not name.startswith(("tests/", "docs/")))


@cache
def text(name: str) -> str:
    """The text of a file."""
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tree(name: str) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(text(name))


def module(name: str) -> str:
    """The module of a file: "facade/routes/table.py" is "facade.routes.table"."""
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def modules() -> Mapping[str, str]:
    """The file of each module outside tests/."""
    return {module(name): name for name in sources()}


@cache
def imports(name: str) -> frozenset[str]:
    """The modules of ours that a file imports, also inside of functions and for types alone.

    A name imported from a package counts as the package's submodule if there is one.
    """
    return frozenset(_imported(name)) - {module(name)}


def _imported(name: str) -> Iterator[str]:
    known = modules()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for alias in node.names:
                longer = f"{node.module}.{alias.name}"
                found = longer if longer in known else node.module
                if found in known:
                    yield found
