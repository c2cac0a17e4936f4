"""What the owner of a domain asks of a route file: by itself, and after the one in force."""

from collections.abc import Iterator

from facade.routes.config.domainfile import NEW
from facade.routes.config.routefile import SAFE_METHODS, RouteConfig, RouteFile
from facade.routes.file.matching import ANY_METHOD, Order, order_of
from facade.routes.file.places import Path, Reading, readable
from facade.routes.file.problems import unknown
from facade.routes.matching.conditions import may_share, rank_of_host
from facade.routes.ownership import ALL_NEW, held, not_yet, step_of_owner


def check_domains(file: RouteFile, reading: Reading) -> None:
    """Each route with a new side names a domain of the file, in a stage that its owner allows."""
    if not reading.is_good("domains"):
        return
    for index, route in readable(file, reading, "new", "domain", "stage"):
        path = ("routes", index)
        if route.domain is not None and route.domain not in file.domains:
            reading.report((*path, "domain"), unknown("domain", route.domain, file.domains))
        elif route.domain is None and route.new is not None and file.domains:
            message = (
                "'domain' is missing: in a file with domains each route with a new side has one"
            )
            reading.report(path, message)
        elif (reason := not_yet(route, file)) is not None:
            reading.report((*path, "stage"), reason)


def check_windows(file: RouteFile, reading: Reading) -> None:
    """A window is written where there is one: with the owner new."""
    for name, domain in file.domains.items():
        path = ("domains", name, "window")
        if path in reading.marks and reading.is_good("domains") and domain.owner != NEW:
            reading.report(path, f"only the owner new has a window, not {domain.owner}; remove it")


def check_ways_past(file: RouteFile, reading: Reading) -> None:
    """No other route takes requests that are pinned at the new side, and sends them to legacy."""
    pinned = [one for _, one in readable(file, reading, "match", "domain") if _is_held(one, file)]
    for index, other in readable(file, reading, "match", "stage", "host", "when"):
        if other.stage in ALL_NEW:
            continue
        past = next((one for one in pinned if _takes_from(other, one, file)), None)
        if past is not None:
            why = held(past, file, writes=past.writes)
            message = f"requests of '{past.name}' would go this way to legacy, but {why}"
            reading.report(("routes", index, "match"), message)


def wrong_steps(before: RouteFile, after: RouteFile) -> Iterator[tuple[Path, str]]:
    """What no edit may do to the domains in force, with its place in the file after it."""
    for name, domain in before.domains.items():
        reason = step_of_owner(domain, after.domains.get(name))
        if reason is not None:
            yield ("domains", name, "owner"), reason
    earlier = {route.name: route for route in before.routes}
    for index, route in enumerate(after.routes):
        was = earlier.get(route.name)
        if was is not None and was.domain != route.domain and _is_held(was, before):
            reason = f"'{route.name}' stays in its domain '{was.domain}' while the new side owns it"
            yield ("routes", index, "domain"), reason


def _is_held(route: RouteConfig, file: RouteFile) -> bool:
    return held(route, file, writes=route.writes) is not None


def _takes_from(other: RouteConfig, pinned: RouteConfig, file: RouteFile) -> bool:
    """Whether `other` comes first at some request of `pinned` that may not go to legacy."""
    methods = _shared(other.methods, pinned.methods)
    if pinned.safe is None and held(pinned, file, writes=False) is None:
        methods -= SAFE_METHODS
    if not methods or other is pinned or not _same_hosts(other, pinned):
        return False
    order = order_of(other.template, pinned.template)
    first = order is Order.FIRST or (order is Order.SAME and _rank(other) > _rank(pinned))
    return first and may_share(other.when, pinned.when)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> set[str]:
    """The methods of both; ANY_METHOD where both take all."""
    if ANY_METHOD in one:
        return set(other)
    return set(one) if ANY_METHOD in other else set(one) & set(other)


def _rank(route: RouteConfig) -> tuple[int, int]:
    """How early a route comes among those of its template: by its hosts, then its conditions."""
    return max(map(rank_of_host, route.host or (None,))), len(route.when)


def _same_hosts(one: RouteConfig, other: RouteConfig) -> bool:
    """Whether one request may match both, judged by exact host names alone."""
    if not (one.host and other.host) or any("*" in host for host in (*one.host, *other.host)):
        return True
    return not set(one.host).isdisjoint(other.host)
