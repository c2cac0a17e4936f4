"""The table in force and what lives on beside it: the one thing a reload replaces.

The table is a frozen model; a `RouteState` joins a route of it to what outlives the table: counts,
breakers, upstreams. A request keeps the RouteState it was given.
"""

from typing import Final

from chassis.breaker.circuit import Breaker, BreakerSettings, State
from facade.proxy.counting.metrics import Counters
from facade.proxy.counting.sides import SideCounts
from facade.proxy.request import Request, RouteSide, RouteState
from facade.proxy.upstream.upstreams import Upstreams
from facade.routes.config.routefile import FULL, LEGACY
from facade.routes.config.routefile import Breaker as BreakerConfig
from facade.routes.matching.conditions import host_of
from facade.routes.route import COMPOSED, Route
from facade.routes.table import RouteTable
from facade.routes.trust import Trust

# Circuit classes: reads and writes of an upstream have a breaker each.
READ: Final = "read"
WRITE: Final = "write"


class Breakers:
    """One breaker per upstream and circuit class; kept while its settings stay the same."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], tuple[BreakerConfig, Breaker]] = {}

    def of(self, upstream: str, circuit_class: str, config: BreakerConfig) -> Breaker:
        """The breaker of this upstream for calls of this class."""
        held = self._held.get((upstream, circuit_class))
        if held is None or held[0] != config:
            held = config, Breaker(_settings(config))
            self._held[upstream, circuit_class] = held
        return held[1]

    def states(self) -> tuple[State, ...]:
        """Of all of them: another tuple once one has opened or closed."""
        return tuple([breaker.state for _config, breaker in self._held.values()])

    def facts(self, upstream: str, now: float) -> dict[str, dict[str, str | float | None]]:
        """The state of an upstream's breakers by circuit class; see Breaker.facts."""
        return {
            circuit_class: breaker.facts(now)
            for (name, circuit_class), (_config, breaker) in self._held.items()
            if name == upstream
        }


def _settings(config: BreakerConfig) -> BreakerSettings:
    return BreakerSettings(
        failure_ratio=config.failure_ratio / FULL,
        slow_ratio=config.slow_ratio / FULL,
        slow_call=config.slow_call,
        window=config.window,
        minimum_calls=config.minimum_calls,
        open_for=config.open_for,
        probes=config.probes,
        probe_timeout=config.probe_timeout,
        ramp=config.ramp,
    )


class TableState:
    """A table joined to the worker's state; swapped whole."""

    __slots__ = ("_breakers", "_counters", "_upstreams", "routes", "states")

    def __init__(
        self, routes: RouteTable, upstreams: Upstreams, breakers: Breakers, counters: Counters
    ) -> None:
        self.routes = routes
        self.states: dict[Route, RouteState] = {}
        self._breakers = breakers
        self._counters = counters
        # Of this table: a request that began before a reload ends with the upstreams it knew.
        self._upstreams = upstreams.use(
            routes.upstreams,
            routes.options.shadow.inflight,
            any_case=not routes.options.match_case,
        )
        if not routes.file.has_legacy:
            self._upstreams[LEGACY] = upstreams.without_addresses(LEGACY)

    def join(self, route: Route, request: Request) -> RouteState:
        """The state of a route of this table, made at its first request.

        What no route names is counted by method and shape, and by host where the file names hosts:
        its state is made at each request.
        """
        counts = self._counters.of_route(route.name)
        if route is self.routes.unmatched[route.safe]:
            host = ""
            if self.routes.hosts:
                host = self.routes.host_named(host_of(request.client.host_of(request.head)))
            shape = self._counters.unmatched.of(request.head.method, request.path, host)
            return RouteState(route, counts, self._side(route, LEGACY, route.legacy, shape), None)
        if route.tester:
            counts = counts.of_testers()
        if route.watched:
            counts.watch(route.seed, route.threshold)
        if route.parts:
            side = self._side(route, COMPOSED, route.legacy, counts.of_parts().answers)
            self.states[route] = state = RouteState(route, counts, side, None)
            return state
        legacy = self._side(route, LEGACY, route.legacy, counts.legacy)
        new = None if route.new is None else self._side(route, "new", route.new, counts.new)
        self.states[route] = state = RouteState(route, counts, legacy, new)
        return state

    def _side(self, route: Route, side: str, upstream: str, counts: SideCounts) -> RouteSide:
        live, copies = self._upstreams[upstream]
        circuit_class = READ if route.safe else WRITE
        return RouteSide(
            side,
            live,
            copies,
            self._breakers.of(upstream, circuit_class, live.config.breaker),
            counts,
        )


class Current:
    """What changes while a worker runs: replaced between requests, read by each."""

    __slots__ = ("date", "draining", "expose", "health", "table", "trust")

    table: TableState  # absent until the first table is read

    def __init__(self) -> None:
        self.trust = Trust(())  # the proxies in front of us
        self.expose = False  # answers say why their side was asked
        self.health = b""  # the path on which this worker itself says that it serves
        self.draining = False  # no connection is kept after its answer
        self.date = b""  # the line for answers that have none
