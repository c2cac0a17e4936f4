"""Compare a route file with the one in force: may every route take the step it takes?

A route new in the file may start at any stage. A route may leave the file, except once it is
retired: unknown paths go to legacy, which such a route never asks again.
"""

from dataclasses import replace

from facade.routes.file.matching import Match, collides
from facade.routes.file.problems import RouteFileError, in_order
from facade.routes.file.reading import Loaded, with_routes
from facade.routes.routefile import RouteConfig, RouteFile, UpstreamConfig
from facade.routes.stages import EDGES, Stage, allowed, walk


def check_steps(loaded: Loaded, in_force: RouteFile) -> None:
    """Raises RouteFileError, at the places of the new file, when a stage edge is not allowed."""
    before = {route.name: route for route in in_force.routes}
    reading = loaded.reading.fresh()
    for index, route in enumerate(loaded.file.routes):
        earlier = before.get(route.name)
        if earlier is not None and not allowed(earlier.stage, route.stage):
            message = refusal(route.name, earlier.stage, route.stage)
            reading.report(("routes", index, "stage"), message)
    for name, route in before.items():
        if route.stage is Stage.RETIRED and not _still_retired(route, loaded.file):
            message = f"'{name}' is retired and no longer matched: keep it, nothing leads back"
            reading.report(("routes",), message)
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


def _still_retired(route: RouteConfig, file: RouteFile) -> bool:
    """Whether the file still has retired routes for everything this one matched."""
    wanted = Match(route.methods, route.template)
    covered: set[str] = set()
    for other in file.routes:
        if other.stage is Stage.RETIRED:
            covered.update(collides(wanted, Match(other.methods, other.template)))
    return covered.issuperset(route.methods)


def with_addresses(file: RouteFile, addresses: dict[str, tuple[str, ...]]) -> RouteFile:
    """The file with other addresses for some upstreams; raises KeyError for an unknown one."""
    upstreams: dict[str, UpstreamConfig] = dict(file.upstreams)
    for name, urls in addresses.items():
        upstreams[name] = replace(upstreams[name], urls=urls, service=None)
    return replace(file, upstreams=upstreams)
