"""What stays must not need what goes: the monolith, the layer that knows it, its feed, its tables.

Each import of theirs by code that stays is named here, also one inside a function, and each program
of theirs that is started by name. GAPS may only shrink. That the services are put together without
them is tests/unit/new_services/test_without_the_monolith.py.
"""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from tests.rigs.house.source import imports, module, sources, tree

GOES = (
    *("legacy_monolith", "new_services.anticorruption", "new_services.feed", "migrations.legacy"),
    *("fig.stack.legacy_side", "fig.commands.data.feed"),
)
STAYS = ("chassis", "contracts", "facade", "fig", "migrations", "new_services")
STARTED = re.compile(r"\b(?:legacy_monolith|new_services\.anticorruption|new_services\.feed)\b")

_FEED, _FORM = "new_services.anticorruption.read_models", "new_services.anticorruption.forms"
_BACK = "new_services.anticorruption.reverse.legacy"
# Each is asked for where a setting says that there is a monolith, and not before.
GAPS = {
    "new_services/accounts/app.py": {_FEED, _FORM, _BACK, "new_services.anticorruption.logins"},
    "new_services/catalog/app.py": {_FEED, _FORM, _BACK},
    "new_services/inventory/app.py": {_FEED, _FORM, _BACK},
    "new_services/orders/app.py": {_FEED, _BACK, "new_services.anticorruption.legacy"},
    "new_services/sales/app.py": {_FEED},
    "new_services/verify/services.py": {_FEED},
    "fig/stack/stack.py": {"fig.stack.legacy_side"},
}


def goes(name: str) -> bool:
    """Whether this module is deleted with the monolith."""
    return any(name == one or name.startswith(f"{one}.") for one in GOES)


def staying() -> Iterator[str]:
    """The files that stand after it."""
    for name in sources():
        if name.partition("/")[0] in STAYS and not goes(module(name)):
            yield name


def started(code: ast.AST) -> Iterator[str]:
    """What goes and is named in a text; what a docstring says of it does not count."""
    docs = {id(n.value) for n in ast.walk(code) if isinstance(n, ast.Expr)}
    for node in ast.walk(code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield from STARTED.findall(node.value)
        if isinstance(node, ast.Tuple | ast.List):
            words = [one.value for one in node.elts if isinstance(one, ast.Constant)]
            if ("migrations", "legacy") in pairwise(words):
                yield "migrations legacy"


def needs(name: str) -> set[str]:
    """What a file needs of what goes."""
    return {one for one in imports(name) if goes(one)} | set(started(tree(name)))


def at_once(code: ast.AST) -> Iterator[str]:
    """What is imported as soon as the file is: outside functions."""
    for node in ast.iter_child_nodes(code):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from at_once(node)


def test_what_stays_needs_no_more_of_what_goes_than_is_known() -> None:
    found = {name: needed for name in staying() if (needed := needs(name))}
    new = {name: more for name in found if (more := found[name] - GAPS.get(name, set()))}
    assert not new, f"{new} would be missed: move what stays to chassis or contracts"
    gone = {name: less for name in GAPS if (less := GAPS[name] - found.get(name, set()))}
    assert not gone, f"well done: take {gone} out of GAPS"


def test_nothing_that_stays_needs_it_to_be_imported() -> None:
    found = {name: [one for one in at_once(tree(name)) if goes(one)] for name in staying()}
    assert {name: ones for name, ones in found.items() if ones} == {}


def test_what_is_looked_for_is_found() -> None:
    code = ast.parse(
        '"""Of new_services.feed."""\n'
        "class A:\n    import legacy_monolith.app\n"
        "if 1:\n    from new_services import feed\n"
        "def later():\n    from new_services.anticorruption import pages\n"
        "run('-m', 'new_services.feed', ('python', 'migrations', 'legacy'))\n"
    )
    assert [one for one in at_once(code) if goes(one)] == [
        "legacy_monolith.app",
        "new_services.feed",
    ]
    assert sorted(started(code)) == ["migrations legacy", "new_services.feed"]
