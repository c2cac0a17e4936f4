"""Which side takes a request, and whether it may be asked: locate, identify, decide, admit."""

from operator import itemgetter
from typing import NamedTuple

from chassis.breaker.circuit import REFUSED
from facade.http1.refusal import Refused
from facade.http1.requests import RequestHead
from facade.http1.writing import ClientFacts
from facade.proxy.state import Lane, RouteState, Running
from facade.routes.bucket import bucket_of
from facade.routes.deciding import decide
from facade.routes.decision import NO_BUCKET, Decision
from facade.routes.keys import Key, identify
from facade.routes.paths import TargetRefused
from facade.routes.table import Route

_PAIR = itemgetter(1, 2)  # name and value of a field


class Admitted(NamedTuple):
    """The way of a request; `permit` is the breaker's, or REFUSED: then nobody may be asked."""

    path: str  # resolved
    state: RouteState
    decision: Decision
    lane: Lane
    permit: int


def admit(
    running: Running, head: RequestHead, client: ClientFacts, now: float, draw: float
) -> Admitted:
    """The way of this request; `draw` in [0, 1) is its chance. Raises Refused."""
    try:
        route, path = running.table.locate(head.method, head.target)
    except TargetRefused as error:
        raise Refused(400, str(error)) from error
    state = running.states.get(route) or running.join(route, head.method, path)
    if head.has_body:
        _check_length(route, head, running.table.options.limits.body)
    key = _key(route, head, path, client) if route.needs_key else None
    decision = decide(route, key, new_available=True, draw=draw)
    if route.watched:
        _count(state, key, decision)
    lane = state.legacy
    if decision.side == "new" and state.new is not None:
        lane = state.new
        permit = lane.admit(now, draw)
        if permit != REFUSED or not route.fallback:
            return Admitted(path, state, decision, lane, permit)
        decision = decide(route, key, new_available=False, draw=draw)
        lane = state.legacy
        permit = lane.admit(now, draw)
        if permit != REFUSED:
            state.counts.fallbacks += 1
            state.counts.diverted += 1
        return Admitted(path, state, decision, lane, permit)
    return Admitted(path, state, decision, lane, lane.admit(now, draw))


def _count(state: RouteState, key: Key | None, decision: Decision) -> None:
    """Note which bucket asks."""
    keys = state.counts.keys
    if keys is None:
        return
    if key is None:
        keys.keyless += 1
    else:
        bucket = decision.bucket
        keys.add(bucket_of(state.route.seed, key.value) if bucket == NO_BUCKET else bucket)


def _key(route: Route, head: RequestHead, path: str, client: ClientFacts) -> Key | None:
    return identify(route.keys, [*map(_PAIR, head.fields)], path, client.client(head))


def _check_length(route: Route, head: RequestHead, most: int) -> None:
    if head.length is not None and head.length > (route.max_body or most):
        raise Refused(413, "the request's body is too large")
