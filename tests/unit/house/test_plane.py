"""What the data plane loads: a list of a few libraries, and every root package in a contract.

`lint-imports` forbids the frameworks, databases and brokers we know by name; this list also stops
the one that nobody has thought of.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator

import pytest

from tests.rigs.house.source import ROOT, imports, modules, tree

# Folders of the data plane, and what may be loaded with them.
PLANE = ("facade.http1", "facade.rewriting", "facade.routes", "facade.machines")
PLANE += ("facade.proxy", "facade.runtime")
LIBRARIES = {
    "cryptography": "reads certificates: their names, their time, their key",
    "joserfc": "signs and reads the introduction of a client",
    "mmh3": "the bucket of a key",
    "orjson": "frames to the control process, the access log",
    "yaml": "the route file",
}


def libraries(name: str) -> Iterator[str]:
    """The packages of others that a file imports when it runs."""
    ours = {module.partition(".")[0] for module in modules()}
    for node in ast.walk(tree(name)):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found = [node.module]
        for one in found:
            top = one.partition(".")[0]
            if top not in ours and top not in sys.stdlib_module_names and top != "_typeshed":
                yield top


def reached(folder: str) -> dict[str, str]:
    """Every module that is loaded with a folder, and the one that imports it."""
    found = {one: one for one in modules() if one.startswith(f"{folder}.") or one == folder}
    todo = list(found)
    while todo:
        one = todo.pop()
        packages = {one.rsplit(".", up)[0] for up in range(1, one.count(".") + 1)}
        for other in (imports(modules()[one]) | packages) & modules().keys() - found.keys():
            found[other] = one
            todo.append(other)
    return found


def way(found: dict[str, str], one: str) -> str:
    steps = [one]
    while found[one] != one:
        one = found[one]
        steps.append(one)
    return " <- ".join(steps)


@pytest.mark.parametrize("folder", PLANE)
def test_the_data_plane_loads_only_what_is_listed(folder: str) -> None:
    found = reached(folder)
    extra = [
        f"{library}, by {way(found, one)}"
        for one in sorted(found)
        for library in libraries(modules()[one])
        if library not in LIBRARIES
    ]
    assert not extra, f"{folder} loads what is not on LIBRARIES: " + "; ".join(extra)


def test_what_is_listed_is_used() -> None:
    used = {
        library
        for folder in PLANE
        for one in reached(folder)
        for library in libraries(modules()[one])
    }
    assert LIBRARIES.keys() == used


def test_every_package_stands_in_the_contracts() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    roots = {module.partition(".")[0] for module in modules()}
    assert set(linter["root_packages"]) == roots
    sources = {name for one in linter["contracts"] for name in one.get("source_modules", ())}
    forbidden = {name for one in linter["contracts"] for name in one.get("forbidden_modules", ())}
    assert roots <= sources
    assert roots - {"contracts", "chassis"} <= forbidden
