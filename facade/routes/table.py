"""The route table: compiled from the route file, frozen, swapped whole.

`RouteTable.locate(method, target)` is the data plane's way in; `match(method, path)` is the pure
lookup on a resolved path. A lookup walks the path's segments once, literals before parameters,
so its cost does not grow with the number of routes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Final

from facade.routes.composing import compile_part
from facade.routes.config.composefile import SECONDS
from facade.routes.config.routefile import (
    FULL,
    LEGACY,
    SAFE_METHODS,
    FacadeOptions,
    RouteConfig,
    RouteFile,
    UpstreamConfig,
)
from facade.routes.decision import compile_key
from facade.routes.file.matching import shape_of
from facade.routes.limits.compiling import compile_limits
from facade.routes.limits.limit import Limit
from facade.routes.machines.compiling import compile_allow
from facade.routes.matching.conditions import ANY_VALUE, Asked, Case, cases_of, covers
from facade.routes.matching.paths import TargetRefused, forms, holds_control, is_plain, path_of
from facade.routes.matching.segments import SegmentTree
from facade.routes.matching.spelling import NearMisses, Spelling
from facade.routes.ownership import held, trailing
from facade.routes.route import (
    COMPOSED,
    NO_BUCKET,
    PERCENT,
    STAGE,
    TESTER,
    UNMATCHED,
    Decision,
    Route,
)
from facade.routes.sessions import is_sticky
from facade.routes.stages import BEYOND_LEGACY, Stage
from facade.routes.trouble import Trouble

MOST_LOCATED: Final = 4096  # paths remembered with their routes
LONGEST_LOCATED: Final = 200  # bytes
UNMATCHED_NAME: Final = "(unmatched)"
_TESTED: Final = frozenset({Stage.SHADOW, Stage.CANARY})  # where testers go ahead of the others


@dataclass(slots=True)
class Located:
    """A route and the resolved path it was found by; not changed once it is remembered."""

    route: Route
    path: str
    missed: Route | None = None  # the route that the path misses by its spelling alone
    cases: tuple[Case, ...] | None = None  # where more than the path decides: in their order

    @property
    def routes(self) -> list[Route]:
        """Every route that the request may have."""
        return [self.route] if self.cases is None else [case.route for case in self.cases]

    def of(self, asked: Asked) -> "Located":
        """The same for one request, with its route decided by the conditions."""
        for case in self.cases or ():
            if case.takes(asked):
                return Located(case.route, self.path, self.missed)
        return self


@dataclass(frozen=True, slots=True, eq=False)
class RouteTable:
    """Everything a request needs to know of the route file."""

    version: str
    routes: tuple[RouteConfig, ...]
    upstreams: Mapping[str, UpstreamConfig]
    options: FacadeOptions
    file: RouteFile
    tree: SegmentTree[Route]  # of the routes that take all of their paths
    cases: SegmentTree[tuple[Case, ...]] | None  # the cases of all routes; None: no route has any
    hosts: tuple[str, ...]  # that the file names
    spelling: Spelling  # of the templates in the tree
    near: NearMisses[Route]
    unmatched: Mapping[bool, Route]  # by: does the method only read
    reading: Mapping[Route, Route]  # a route -> the same for methods that only read
    exclusive: frozenset[Route]  # no spelling may lead past them: new answers, or a limit is theirs
    asked: str  # the upstream that is asked for the owner of a session
    _located: dict[tuple[str | bytes, bytes], Located] = field(default_factory=dict, init=False)

    def match(self, method: str | bytes, path: str) -> Route:
        """The most specific route for a resolved path; the unmatched one if none is."""
        path = self.spelling.of(path)
        return self.tree.find(method, path) or self.unmatched[_is_safe(method)]

    def locate(self, method: str | bytes, target: bytes) -> Located:
        """The route of a request's target, as written on the wire.

        Raises TargetRefused when the target is no path, or it or the method can be read in two ways
        of which one leads past a route that is no longer legacy's alone.
        """
        path = target.partition(b"?")[0]
        if path[:1] != b"/":
            path = path_of(target)
        known = self._located.get((method, path))
        if known is not None:
            return known
        located = self._locate(method, path)
        if method.upper() != method:
            self._check_capitals(method, path, located)
        located.missed = self.near.find(method, located.path, located.routes[0])
        if len(path) <= LONGEST_LOCATED:
            if len(self._located) >= MOST_LOCATED:
                self._located.clear()
            self._located[method, path] = located
        return located

    def locate_preflight(self, method: str | bytes, target: bytes) -> Located:
        """The route of a CORS preflight that asks for this method: where that goes, read only."""
        located = self.locate(method, target)
        cases = None
        if located.cases is not None:
            cases = tuple(replace(one, route=self._read_only(one.route)) for one in located.cases)
        return Located(self._read_only(located.route), located.path, cases=cases)

    def _read_only(self, route: Route) -> Route:
        return self.reading.get(route, self.unmatched[True])

    def host_named(self, host: str) -> str:
        """What the file calls a host: its name, or the `*.` that covers it; `*`: nothing."""
        return next((pattern for pattern in self.hosts if covers(pattern, host)), ANY_VALUE)

    def _check_capitals(self, method: str | bytes, path: bytes, located: Located) -> None:
        """`post` is another method than POST, but some frameworks read it so."""
        meant = self._locate(method.upper(), path).routes
        if meant != located.routes and not self.exclusive.isdisjoint(meant):
            raise TargetRefused("the method is not in capitals, and some programs read it so")

    def _locate(self, method: str | bytes, path: bytes) -> Located:
        if is_plain(path):
            return self._at(method, path.decode("ascii"))
        if b"%00" in path:
            raise TargetRefused("the path holds an encoded NUL")
        found = [self._at(method, reading) for reading in forms(path)]
        routes = [one.routes for one in found]
        if any(not self.exclusive.isdisjoint(some) for some in routes):
            if any(some != routes[0] for some in routes):
                raise TargetRefused(
                    "the path can be read in two ways that lead to different routes"
                )
            if holds_control(path):
                raise TargetRefused("the path holds an encoded control character")
        return found[0]

    def _at(self, method: str | bytes, path: str) -> Located:
        """What is known of a resolved path."""
        if self.cases is None:
            return Located(self.match(method, path), path)
        unmatched = self.unmatched[_is_safe(method)]
        cases: list[Case] = []
        for some in self.cases.find_all(method, self.spelling.of(path)):
            cases += some
            if some[-1].takes_all:
                break
        if not cases or not cases[-1].takes_all:
            cases += cases_of(unmatched, (), ())
        if len(cases) == 1:
            return Located(cases[0].route, path)
        return Located(cases[-1].route, path, cases=tuple(cases))


def compile_table(file: RouteFile) -> RouteTable:
    """The table of a checked route file."""
    tree: SegmentTree[Route] = SegmentTree()
    spelling = Spelling(not file.facade.match_case, file.facade.trailing_slash == "ignore")
    entries: list[tuple[str, str, Route]] = []
    exclusive: set[Route] = set()
    readings: dict[Route, Route] = {}
    cells: dict[tuple[str, str], list[Case]] = {}
    limits = compile_limits(file)
    for config in file.routes:
        limited = tuple(limits[name] for name in config.limits)
        reading, writing = (_compile(config, file, safe, limited) for safe in (True, False))
        testers = _testers(config, reading), _testers(config, writing)
        readings |= {reading: reading, writing: reading, testers[0]: testers[0]}
        readings[testers[1]] = testers[0]
        if _is_exclusive(config, reading):
            exclusive |= {reading, writing}
        if config.attempts is not None:
            exclusive.add(writing)
        exclusive |= {route for route in testers if route.tester}
        for method in _each_method(config):
            safe = config.safe if config.safe is not None else _is_safe(method)
            route = reading if safe else writing
            template = spelling.of(config.template)
            if not (config.host or config.when):
                tree.add(method, template, route)
            cell = cells.setdefault((method, shape_of(template)), [])
            tester = testers[0 if safe else 1]
            if tester.tester:
                cell += cases_of(tester, config.host, config.when, config.testers)
            cell += cases_of(route, config.host, config.when)
            entries.append((method, config.template, route))
    return RouteTable(
        version=file.version,
        routes=file.routes,
        upstreams=file.upstreams,
        options=file.facade,
        file=file,
        tree=tree,
        asked=_asked(file, tree, spelling),
        cases=_case_tree(cells),
        hosts=tuple(dict.fromkeys(host for config in file.routes for host in config.host)),
        spelling=spelling,
        near=NearMisses(entries),
        reading=readings,
        exclusive=frozenset(exclusive),
        unmatched={safe: _unmatched(file, safe) for safe in (True, False)},
    )


def _asked(file: RouteFile, tree: SegmentTree[Route], spelling: Spelling) -> str:
    """The upstream that knows the owners of sessions: legacy, until the route asked is at `new`."""
    if file.facade.identity is None:
        return LEGACY
    path = file.facade.identity.ask.partition("?")[0]
    route = tree.find("GET", spelling.of(path))
    moved = route is not None and route.stage in (Stage.NEW, Stage.RETIRED)
    return route.new or LEGACY if route is not None and moved else LEGACY


def _case_tree(
    cells: dict[tuple[str, str], list[Case]],
) -> SegmentTree[tuple[Case, ...]] | None:
    """The cases of each method and shape in the order in which they are tried."""
    if all(case.takes_all for cell in cells.values() for case in cell):
        return None
    tree: SegmentTree[tuple[Case, ...]] = SegmentTree()
    for (method, shape), cell in cells.items():
        tree.add(method, shape, tuple(sorted(cell, key=attrgetter("rank"), reverse=True)))
    return tree


def _testers(config: RouteConfig, route: Route) -> Route:
    """The route for its testers: the new side answers, where it is asked at all."""
    if not config.testers or config.stage not in _TESTED or config.new is None:
        return route
    decision = Decision("new", config.new, NO_BUCKET, TESTER, True)
    return replace(
        route, settled=decision, needs_key=False, watched=False, sticky=False, tester=True
    )


def _each_method(config: RouteConfig) -> tuple[str, ...]:
    return ("*", *SAFE_METHODS) if config.methods == ("*",) else config.methods


def _is_exclusive(config: RouteConfig, route: Route) -> bool:
    if config.stage in BEYOND_LEGACY or config.compose or route.guarded:
        return True
    if config.max_body is not None:
        return True
    return any(limit.enforced for limit in route.limits)


def _compile(config: RouteConfig, file: RouteFile, safe: bool, limits: tuple[Limit, ...]) -> Route:
    options = file.facade
    pinned = not file.has_legacy or held(config, file, writes=not safe) is not None
    threshold = _threshold(config)
    settled = _settled(config, threshold)
    compared = config.compare if config.stage in (Stage.SHADOW, Stage.CANARY) and safe else None
    yields = config.fallback.allowed and config.stage is not Stage.RETIRED and not pinned
    followed = config.guard is not None or config.plan is not None
    watched = followed and config.new is not None and threshold < FULL
    forgets = options.identity is not None and config.name in options.identity.forget_on
    allow = compile_allow(config.allow)
    return Route(
        name=config.name,
        match=config.match,
        stage=config.stage,
        legacy=LEGACY,
        new=config.new,
        safe=safe,
        percent=config.percent,
        threshold=threshold,
        settled=settled,
        needs_key=settled is None or watched,
        watched=watched,
        keys=tuple(compile_key(source, config.template, options) for source in config.key),
        seed=config.seed or config.name,
        sample=compared.sample if compared else 0,
        rules=config.compare.rules if config.compare else None,
        fallback=safe and yields,
        trouble=Trouble(config.fallback.on),
        yields=yields,
        domain=config.domain or "",
        trailing=frozenset() if config.new is None else trailing(file),
        pinned=pinned,
        timeout=config.timeout or (SECONDS if config.compose else options.timeouts.exchange),
        first_byte=config.first_byte,
        max_body=config.max_body or options.limits.body,
        needs=frozenset((*config.needs, "identity") if config.needs else ()),
        attempts=None if safe else config.attempts,
        limits=limits,
        parts=tuple(compile_part(part, config.template) for part in config.compose),
        allow=allow,
        checks=allow is not None or any(limit.by_machine for limit in limits),
        nowhere=False,
        forgets=forgets,
        tester=False,
        sticky=is_sticky(options) and settled is None,
    )


def _threshold(config: RouteConfig) -> int:
    if config.stage in (Stage.NEW, Stage.RETIRED):
        return FULL
    return (config.percent or 0) if config.stage is Stage.CANARY else 0


def _settled(config: RouteConfig, threshold: int) -> Decision | None:
    if config.compose:
        return Decision("legacy", LEGACY, NO_BUCKET, COMPOSED, True)
    if config.stage is Stage.CANARY and 0 < threshold < FULL:
        return None
    reason = PERCENT if config.stage is Stage.CANARY else STAGE
    if threshold == FULL and config.new is not None:
        return Decision("new", config.new, NO_BUCKET, reason, True)
    return Decision("legacy", LEGACY, NO_BUCKET, reason, True)


def _unmatched(file: RouteFile, safe: bool) -> Route:
    config = RouteConfig(UNMATCHED_NAME, ("*",), "/{path*}", Stage.LEGACY, key=())
    decision = Decision("legacy", LEGACY, NO_BUCKET, UNMATCHED, True)
    nowhere = not file.has_legacy
    route = _compile(config, file, safe, ())
    return replace(route, settled=decision, nowhere=nowhere, checks=nowhere)


def _is_safe(method: str | bytes) -> bool:
    return (
        method if isinstance(method, str) else method.decode("ascii", "replace")
    ) in SAFE_METHODS
