"""Compare a route file with the one in force: may every route take the step it takes?

A route new in the file may start at any stage. One whose requests the new side answers may leave
the file only where `facade.leaving` names it, and a retired one never: unknown paths go to legacy,
which may not hold what the writes of such a route brought. A step to `retired` is judged by the
domain that the route had, too, and so is a step in a domain that the new side owns: an edit cannot
get round the owner by dropping the domain, the route or a part of its match.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from facade.routes.config.routefile import LEGACY, RouteConfig, RouteFile, UpstreamConfig
from facade.routes.file.matching import Match, collides
from facade.routes.file.owners import wrong_steps
from facade.routes.file.problems import RouteFileError, in_order
from facade.routes.file.reading import Loaded, with_routes
from facade.routes.leaving import may_leave
from facade.routes.ownership import ALL_NEW, held, not_yet
from facade.routes.stages import BEYOND_LEGACY, EDGES, Stage, allowed, walk

_RETIRED: Final = frozenset({Stage.RETIRED})


def check_steps(loaded: Loaded, in_force: RouteFile) -> None:
    """Raises RouteFileError, at the places of the new file, when a stage edge is not allowed."""
    before = {route.name: route for route in in_force.routes}
    reading = loaded.reading.fresh()
    for index, route in enumerate(loaded.file.routes):
        earlier = before.get(route.name)
        message = "" if earlier is None else _step(earlier, route.stage, in_force)
        if message:
            reading.report(("routes", index, "stage"), message)
    for name, route in before.items():
        message = _lost(name, route, loaded.file) or _let_go(route, loaded.file, in_force)
        if message:
            reading.report(("routes",), message)
    for path, message in wrong_steps(in_force, loaded.file):
        reading.report(path, message)
    if reading.problems:
        problems = with_routes(reading, loaded.file)
        raise RouteFileError(loaded.name, in_order(problems))


def refusal(name: str, now: Stage, then: Stage) -> str:
    """Why a step is refused, what is allowed, and the command for the first step of the way."""
    if now is Stage.RETIRED:
        return f"'{name}' is retired, and nothing leads back: it is the last stage"
    possible = " or ".join(EDGES[now])
    first = walk(now, then)[0]
    percent = " PERCENT" if first is Stage.CANARY else ""
    return (
        f"'{name}' cannot go from {now} to {then} in one step (allowed from {now}: {possible});"
        f" go through {first} first: fig flip {name} {first}{percent}"
    )


def check_retired(loaded: Loaded, in_force: RouteFile) -> None:
    """The same for retired routes alone: what no reason gets round."""
    retired = tuple(route for route in in_force.routes if route.stage is Stage.RETIRED)
    check_steps(loaded, replace(in_force, routes=retired, domains={}))


def stepped(file: RouteFile, steps: Iterable[tuple[str, str, str]]) -> RouteFile:
    """The file after these steps (route, from, to), each counted where it goes on from the last."""
    stages = {route.name: route.stage for route in file.routes}
    for name, now, then in steps:
        if stages.get(name) == now and then in EDGES[Stage(now)]:
            stages[name] = Stage(then)
    routes = tuple(replace(route, stage=stages[route.name]) for route in file.routes)
    return replace(file, routes=routes)


def _step(earlier: RouteConfig, stage: Stage, in_force: RouteFile) -> str:
    """Why the route may not go to this stage; "" if it may."""
    if not allowed(earlier.stage, stage):
        again = (
            "" if earlier.stage is Stage.RETIRED else f" (once {earlier.stage} is written again)"
        )
        return f"{refusal(earlier.name, earlier.stage, stage)}{again}"
    if earlier.stage is stage:
        return ""
    return not_yet(replace(earlier, stage=stage), in_force) or ""


def _lost(name: str, route: RouteConfig, file: RouteFile) -> str:
    """Why a route may not leave the file, or hand its requests to another one; "" if it may."""
    if route.stage is Stage.RETIRED:
        if not _covered(route, file, _RETIRED):
            return f"'{name}' is retired and no longer matched: keep it, nothing leads back"
        return ""
    kept = any(other.name == name for other in file.routes) or may_leave(name, file.facade)
    if kept or route.stage not in BEYOND_LEGACY or _covered(route, file, BEYOND_LEGACY):
        return ""
    return (
        f"'{name}' is in stage {route.stage} and no longer matched, which gives all its clients to"
        f" legacy at once: lead it back first (fig flip {name} shadow --walk), or say that you"
        f" mean it: facade: {{leaving: [{name}]}}"
    )


def _let_go(route: RouteConfig, file: RouteFile, in_force: RouteFile) -> str:
    """Why the file may not leave requests that are pinned to no route; "" if it may."""
    reason = held(route, in_force, writes=route.writes)
    if reason is None or _covered(route, file, ALL_NEW):
        return ""
    return f"{reason}; but some of what it matched would go to legacy: keep its match"


def _covered(route: RouteConfig, file: RouteFile, stages: frozenset[Stage]) -> bool:
    """Whether the file has routes in these stages for everything that this one matched."""
    wanted = Match(route.methods, route.template)
    covered: set[str] = set()
    for other in file.routes:
        if other.stage in stages and _takes_as_many(other, route):
            covered.update(collides(wanted, Match(other.methods, other.template)))
    return covered.issuperset(route.methods)


def _takes_as_many(other: RouteConfig, route: RouteConfig) -> bool:
    """Whether hosts and conditions let a route take all that another one took."""
    hosts = not other.host or (route.host and set(other.host).issuperset(route.host))
    return bool(hosts) and (not other.when or set(other.when) == set(route.when))


def with_addresses(file: RouteFile, addresses: dict[str, tuple[str, ...]]) -> RouteFile:
    """The file with other addresses for some upstreams; raises KeyError for an unknown one.

    Not for `legacy`: a facade that was started with its address goes on when the file has it no
    more.
    """
    upstreams: dict[str, UpstreamConfig] = dict(file.upstreams)
    for name, urls in addresses.items():
        if name == LEGACY and not file.has_legacy:
            continue
        upstreams[name] = replace(upstreams[name], urls=urls, service=None)
    return replace(file, upstreams=upstreams)
