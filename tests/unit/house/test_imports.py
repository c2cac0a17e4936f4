"""What a test imports of ours is there; the type checker, which would say so, reads no tests."""

import ast
from collections.abc import Iterator
from functools import cache

from tests.rigs.house.source import files, module, tree

OURS = {module(name): name for name in files("*.py")}
# Packages, also those without an __init__.py.
PACKAGES = {name.rpartition(".")[0] for name in OURS} | {name.partition(".")[0] for name in OURS}


@cache
def _given(name: str) -> frozenset[str]:
    """Every name that a file binds anywhere: more than it gives, never less."""
    found: set[str] = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return frozenset(found)


def missing(found: ast.Module) -> Iterator[str]:
    """What a module imports of a module of ours that is gone, or that does not have it."""
    for node in ast.walk(found):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        if node.module.partition(".")[0] in PACKAGES and node.module not in OURS.keys() | PACKAGES:
            yield node.module
        elif node.module in OURS:
            there = _given(OURS[node.module])
            for one in (alias.name for alias in node.names):
                if one not in there and f"{node.module}.{one}" not in OURS:
                    yield f"{node.module}.{one}"


def test_a_name_that_is_gone_is_found() -> None:
    source = "from contracts.mark import gone, split\nfrom contracts import mark, absent"
    assert list(missing(ast.parse(source))) == ["contracts.mark.gone", "contracts.absent"]
    assert list(missing(ast.parse("from contracts.gone import split"))) == ["contracts.gone"]


def test_tests_import_what_is_there() -> None:
    tests = [name for name in files("*.py") if name.startswith("tests/")]
    gone = [f"{name} imports {what}" for name in tests for what in missing(tree(name))]
    assert not gone, f"these are not there: {'; '.join(gone)}"
