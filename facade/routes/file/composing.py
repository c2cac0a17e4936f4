"""What must hold of routes that are composed of others."""

import re
from collections.abc import Iterator
from typing import Final

from facade.routes.config.composefile import MISSING, MOST_PARTS, PartConfig
from facade.routes.config.routefile import RouteConfig, RouteFile
from facade.routes.file.matching import Order, order_of, parameters
from facade.routes.file.places import Path, Reading, readable
from facade.routes.matching.spelling import Spelling

# What a composed route may say; all else is the matter of its parts' routes.
KEYS: Final = frozenset({"name", "match", "host", "when", "timeout", "limits", "allow", "compose"})
_PARAMETER: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def check_composed(file: RouteFile, reading: Reading) -> None:
    """Keys, methods, names and parameters; and that no part is a composed route."""
    for index, route in readable(file, reading, "compose", "match"):
        path: Path = ("routes", index, "compose")
        if path not in reading.marks:
            continue
        _keys(index, reading)
        if route.methods != ("GET",):
            message = "a composed route answers GET alone (HEAD goes with it)"
            reading.report(("routes", index, "match"), message)
        if not 1 <= len(route.compose) <= MOST_PARTS:
            reading.report(path, f"expected 1 to {MOST_PARTS} parts")
        for part in route.compose:
            if reading.is_good(*path, part.name):
                _part(route, part, (*path, part.name), reading)
                _circle(part, (*path, part.name), file, reading)


def _keys(index: int, reading: Reading) -> None:
    written = [
        path[2] for path in reading.marks if path[:2] == ("routes", index) and len(path) == 3
    ]
    for key in written:
        if key not in KEYS:
            message = "a composed route has none: its parts go where their own routes lead"
            reading.report(("routes", index, key), message)


def _part(route: RouteConfig, part: PartConfig, path: Path, reading: Reading) -> None:
    if part.name == MISSING:
        reading.report(path, f"'{MISSING}' is where the answer says which parts it lacks")
    known = parameters(route.template)
    for name in _PARAMETER.findall(part.get.partition("?")[0]):
        if name not in known:
            reading.report(path, f"'{route.template}' has no parameter '{{{name}}}'")


def _circle(part: PartConfig, path: Path, file: RouteFile, reading: Reading) -> None:
    """A part that leads to a composed route would ask for parts in its turn."""
    for other in _meets(part, file):
        if other.compose:
            reading.report(path, f"'{other.name}' is composed itself, and no part may be")
            return


def _meets(part: PartConfig, file: RouteFile) -> Iterator[RouteConfig]:
    """The routes that may take a part's request, the most specific ones first; for a fixed path
    none after one that takes every request."""
    spelling = Spelling(not file.facade.match_case, file.facade.trailing_slash == "ignore")
    target = spelling.of(part.get.partition("?")[0])
    found: list[RouteConfig] = []
    for route in file.routes:
        template = spelling.of(route.template)
        reads = {"GET", "*"}.intersection(route.methods)
        if reads and order_of(target, template) is not None:
            at = next(
                (n for n, one in enumerate(found)
                 if order_of(template, spelling.of(one.template)) is Order.FIRST),
                len(found),
            )  # fmt: skip
            found.insert(at, route)
    for route in found:
        yield route
        if "{" not in target and not (route.host or route.when):
            return
