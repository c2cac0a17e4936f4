"""The table in force and what lives on beside it: the one thing a reload replaces.

The table is a frozen model; `RouteState` joins a route of it to the state that outlives the
table: counts, breakers, upstreams. A request keeps the `Running` it started with.
"""

from chassis.breaker.circuit import REFUSED, Breaker, BreakerSettings
from facade.proxy.counting.metrics import Counters, RouteCounts
from facade.proxy.counting.sides import SideCounts
from facade.proxy.upstream.instances import Upstream, Upstreams
from facade.routes.routefile import FULL, LEGACY
from facade.routes.routefile import Breaker as BreakerConfig
from facade.routes.table import Route, RouteTable

READ, WRITE = "read", "write"


class Lane:
    """One side of one route: where it leads, what guards it, what counts there."""

    __slots__ = ("breaker", "copies", "counts", "side", "upstream")

    def __init__(
        self, side: str, upstream: Upstream, copies: Upstream, breaker: Breaker, counts: SideCounts
    ) -> None:
        self.side = side
        self.upstream = upstream
        self.copies = copies  # the same addresses, for shadow requests
        self.breaker = breaker
        self.counts = counts

    def admit(self, now: float, chance: float) -> int:
        """A permit of the breaker, or REFUSED also where there is nobody to ask."""
        if not self.upstream.instances:
            return REFUSED
        return self.breaker.acquire(now, chance)


class RouteState:
    """A route with its lanes and counts."""

    __slots__ = ("counts", "legacy", "new", "route")

    def __init__(self, route: Route, counts: RouteCounts, legacy: Lane, new: Lane | None) -> None:
        self.route = route
        self.counts = counts
        self.legacy = legacy
        self.new = new


class Breakers:
    """One breaker per upstream and route class; kept while its settings stay the same."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], tuple[BreakerConfig, Breaker]] = {}

    def of(self, upstream: str, route_class: str, config: BreakerConfig) -> Breaker:
        """The breaker of this upstream for reads or for writes."""
        held = self._held.get((upstream, route_class))
        if held is None or held[0] != config:
            held = config, Breaker(_settings(config))
            self._held[upstream, route_class] = held
        return held[1]

    def facts(self, upstream: str, now: float) -> dict[str, dict[str, str | float | None]]:
        """How an upstream's breakers stand, by route class; see Breaker.facts."""
        return {
            route_class: breaker.facts(now)
            for (name, route_class), (_config, breaker) in self._held.items()
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


class Running:
    """A table joined to the worker's state; swapped whole."""

    __slots__ = ("_breakers", "_counters", "_upstreams", "states", "table")

    def __init__(
        self, table: RouteTable, upstreams: Upstreams, breakers: Breakers, counters: Counters
    ) -> None:
        self.table = table
        self.states: dict[Route, RouteState] = {}
        self._breakers = breakers
        self._counters = counters
        # Of this table: a request that began before a reload ends with the upstreams it knew.
        self._upstreams = upstreams.use(table.upstreams, table.options.shadow.inflight)

    def join(self, route: Route, method: bytes, path: str) -> RouteState:
        """The state of a route of this table, made at its first request.

        What no route names is counted by method and shape: its state is made at each request.
        """
        if route is self.table.unmatched[route.safe]:
            shape = self._counters.unmatched.of(method, path)
            counts = self._counters.of_route(route.name)
            return RouteState(route, counts, self._lane(route, LEGACY, route.legacy, shape), None)
        counts = self._counters.of_route(route.name)
        if route.watched:
            counts.watch(route.seed, route.threshold)
        legacy = self._lane(route, LEGACY, route.legacy, counts.legacy)
        new = None if route.new is None else self._lane(route, "new", route.new, counts.new)
        self.states[route] = state = RouteState(route, counts, legacy, new)
        return state

    def _lane(self, route: Route, side: str, name: str, counts: SideCounts) -> Lane:
        live, copies = self._upstreams[name]
        route_class = READ if route.safe else WRITE
        return Lane(
            side, live, copies, self._breakers.of(name, route_class, live.config.breaker), counts
        )
