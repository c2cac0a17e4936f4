"""A route file without the upstream `legacy`: the monolith is gone, and nothing may lead to it."""

from collections.abc import Iterator

from facade.routes.config.domainfile import CLOSED, NEW
from facade.routes.config.routefile import LEGACY, RouteConfig, RouteFile
from facade.routes.file.places import Path, Reading, readable
from facade.routes.matching.segments import SegmentTree
from facade.routes.matching.spelling import Spelling
from facade.routes.ownership import ALL_NEW
from facade.routes.stages import Stage

_GONE = f"and the upstream '{LEGACY}' is missing"


def check_ended(file: RouteFile, reading: Reading) -> None:
    """Each route is answered by the new side alone, each domain is the new side's for good."""
    if file.has_legacy or not reading.is_good("upstreams"):
        return
    if not file.routes and reading.is_good("routes"):
        reading.report(("upstreams",), f"'{LEGACY}' is missing: unknown paths go to it")
        return
    problems = [*_routes(file, reading), *_domains(file, reading)]
    if file.facade.identity is not None and reading.is_good("facade", "identity"):
        problems += _identity(file, file.facade.identity.ask)
    for path, message in problems:
        reading.report(path, f"{message}, {_GONE}")


def _routes(file: RouteFile, reading: Reading) -> Iterator[tuple[Path, str]]:
    for index, route in readable(file, reading, "stage", "fallback", "guard"):
        path = ("routes", index)
        if route.stage not in ALL_NEW:
            if not route.compose:
                yield (*path, "stage"), f"legacy answers in stage {route.stage}"
        elif route.stage is Stage.NEW:
            if (*path, "fallback") in reading.marks and route.fallback.allowed:
                yield (*path, "fallback"), "legacy answers in the new side's place"
            if route.guard is not None:
                yield (*path, "guard"), "a guard leads back to legacy"


def _domains(file: RouteFile, reading: Reading) -> Iterator[tuple[Path, str]]:
    for name, domain in file.domains.items():
        closed = domain.owner == NEW and domain.window == CLOSED
        if reading.is_good("domains", name) and not closed:
            yield ("domains", name), f"the owner is {domain.words}"


def _identity(file: RouteFile, ask: str) -> Iterator[tuple[Path, str]]:
    spelling = Spelling(not file.facade.match_case, file.facade.trailing_slash == "ignore")
    tree: SegmentTree[RouteConfig] = SegmentTree()
    for route in file.routes:
        for method in route.methods:
            tree.add(method, spelling.of(route.template), route)
    found = tree.find("GET", spelling.of(ask.partition("?")[0]))
    if found is None or found.new is None:
        yield ("facade", "identity", "ask"), f"no route of the new side answers GET {ask}"
