"""The life of a request: the stations from its head to the side that answers it.

    client ─▶ inbound ─▶ locate ─ identify ─ decide ─ admit ─ introduce ─ copy ─ connect ─▶ side
    client ◀─ inbound ◀─────────────────────────── exchange ◀───────────────────────────── side

`forward` calls the stations in this order; they write their results into the Request. From
`connect` on, the exchange receives what the side answers.
"""

from functools import partial
from operator import attrgetter
from random import random
from time import perf_counter
from typing import Final

from chassis.breaker.circuit import REFUSED, Outcome
from facade.http1.refusal import Refused
from facade.http1.requests import request_bytes
from facade.proxy import errors
from facade.proxy.attempts.station import LimitedAttempt
from facade.proxy.composing.station import Composition
from facade.proxy.context import WorkerContext
from facade.proxy.downstream.expectation import Expectation
from facade.proxy.downstream.upload import MOST_KEPT, Upload
from facade.proxy.exchange import Exchange, settle
from facade.proxy.idempotency.station import KeyedRequest
from facade.proxy.identity.introduction import HeadDraft
from facade.proxy.limits.person import Next
from facade.proxy.limits.station import within
from facade.proxy.machines.station import let_in
from facade.proxy.request import IDEMPOTENT, Attempt, Request
from facade.proxy.upstream.instances import ANY, FRESH
from facade.routes.config.limitfile import Attempts
from facade.routes.decision import (
    Key,
    bucket_of,
    decide,
    diverted,
    identify,
    own_write,
    sampled,
)
from facade.routes.matching.conditions import Asked, host_of
from facade.routes.matching.paths import TargetRefused
from facade.routes.route import NO_BUCKET, Route
from facade.routes.sessions import sticky_line, sticky_value

READS: Final = frozenset({b"GET", b"HEAD"})  # a preflight asks for no parts
NOWHERE: Final = "Nothing is at this address."
_PAIR: Final = attrgetter("pair")


def forward(exchange: Exchange) -> None:
    """Take a request from its head to the side that answers it. Raises Refused.

    `admit` and `introduce` return False where the request ends there, or waits until the owner of
    its session is known: then `introduced` goes on.
    """
    request, worker, draw = exchange.request, exchange.worker, random()
    route = locate(request, worker)
    if (route.checks or request.missed is not None) and not _may_enter(exchange):
        return
    key = None
    if route.needs_key:
        head, client = request.head, request.client
        address = client.address if head.forwarded is None else client.address_of(head)
        key = identify(route.keys, [*map(_PAIR, head.fields)], request.path, address)
        if route.sticky:
            give_cookie(request, key)
    request.decision = route.settled or decide(route, key, new_available=True, draw=draw)
    if route.trailing:
        look_back(request, worker)
    if not route.limits or within(
        exchange,
        route.limits,
        request.client.address_of(request.head),
        partial(_after_limits, exchange, key, draw),
    ):
        proceed(exchange, key, draw)


def look_back(request: Request, worker: WorkerContext) -> None:
    """Whether this client wrote something a moment ago that legacy may not have yet.

    If it wrote in the route's own domain, the new side answers, which has that write. If it wrote
    in another domain, the stage decides; then only legacy is sure to have what the client wrote in
    this domain while legacy owned it.
    """
    route = request.state.route
    written = worker.identity.lately(request.head)
    if written.new.isdisjoint(route.trailing):
        return
    if route.domain in written.new and route.domain in route.trailing:
        request.wrote = True
        request.decision = own_write(route, request.decision)
    else:
        request.wrote_beside = route.domain not in written.legacy


def _may_enter(exchange: Exchange) -> bool:
    """What few routes look at before all else; False: the request was answered."""
    if not let_in(exchange, exchange.request.client.address_of(exchange.request.head)):
        return False
    return not exchange.request.state.route.nowhere or _found_nowhere(exchange)


def _found_nowhere(exchange: Exchange) -> bool:
    """Count a request that no side has by its method and shape, and answer it with 404."""
    request, side = exchange.request, exchange.request.state.legacy
    assert request.state.route.settled is not None
    request.decision = request.state.route.settled
    request.attempt = Attempt(side, REFUSED, request.started)
    settle(request, 404, Outcome.CANCELLED, exchange.worker)
    exchange.client.explain(request, 404, NOWHERE)
    return False


def _after_limits(exchange: Exchange, key: Key | None, draw: float) -> Next:
    return Next(partial(proceed, exchange, key, draw), partial(hold, exchange))


def proceed(exchange: Exchange, key: Key | None, draw: float) -> None:
    """The stations from the permit on. Raises Refused."""
    request, route = exchange.request, exchange.request.state.route
    if route.parts and request.head.method in READS:
        compose(exchange)
    elif route.attempts is not None:
        limit(exchange, route.attempts, key, draw)
    elif request.head.key is not None and route.new is not None and not route.safe:
        recall(exchange, key, draw)
    elif admit(exchange, key, draw) and introduce(exchange):
        copy(exchange)
        connect(exchange)


def compose(exchange: Exchange) -> None:
    """A composed route: its parts are asked, each by all stations of its own route."""
    hold(exchange)
    Composition(exchange, forward).start()


def locate(request: Request, worker: WorkerContext) -> Route:
    """The route of the request's path, in the table that is in force now. Raises Refused."""
    head, table = request.head, worker.current.table
    try:
        located = table.routes.locate(head.method, head.target)
        if located.cases is not None:
            located = located.of(_asked(request))
        if head.method == b"OPTIONS" and located.route is table.routes.unmatched[True]:
            located = table.routes.locate_preflight(_asked_method(request), head.target)
            if located.cases is not None:
                located = located.of(_asked(request))
    except TargetRefused as error:
        raise Refused(400, str(error)) from error
    route, request.path = located.route, located.path
    if located.missed is not None:
        worker.counters.of_route(located.missed.name).near_miss(located.missed, request.path)
        if located.missed.guarded and route is table.routes.unmatched[route.safe]:
            request.missed = located.missed
    if head.length is not None and head.length > route.max_body:
        raise Refused(413, "the request's body is too large")
    request.state = table.states.get(route) or table.join(route, request)
    request.version = table.routes.version
    request.idempotent = route.safe or head.method in IDEMPOTENT
    return route


def _asked(request: Request) -> Asked:
    """The request as conditions of routes look at it."""
    head = request.head
    host = host_of(request.client.host_of(head))
    return Asked(host, [*map(_PAIR, head.fields)], head.target)


def _asked_method(request: Request) -> bytes:
    """The method that a CORS preflight asks for: it goes where that goes. Else its own."""
    for field in request.head.fields:
        if field.name == b"access-control-request-method":
            return field.value
    return request.head.method


def give_cookie(request: Request, key: Key | None) -> None:
    """Set our own cookie with the answer, for a client without one whose session cookie changes."""
    if key is not None and key.source == "session":
        lines = [field.value for field in request.head.cookies or ()]
        request.given = b"" if sticky_value(lines) else sticky_line(key.value)


def _count_key(request: Request, key: Key | None) -> None:
    """Note which bucket asks."""
    keys, bucket = request.state.counts.keys, request.decision.bucket
    if keys is None:
        return
    if key is None:
        keys.keyless += 1
    elif bucket == NO_BUCKET:
        keys.add(bucket_of(request.state.route.seed, key.value))
    else:
        keys.add(bucket)


def recall(exchange: Exchange, key: Key | None, draw: float) -> None:
    """A request with an Idempotency-Key: the memory of keys says whether a side is asked at all."""
    admit(exchange, key, draw, asks=False)
    KeyedRequest(exchange, partial(_recalled, exchange)).start()


def limit(exchange: Exchange, limits: Attempts, key: Key | None, draw: float) -> None:
    """A login: the counts of attempts say whether a side is asked at all."""
    admit(exchange, key, draw, asks=False)
    address = exchange.request.client.address_of(exchange.request.head)
    LimitedAttempt(exchange, limits, address, partial(_recalled, exchange)).start()


def _recalled(exchange: Exchange) -> None:
    """`recall`, or `limit`, came to its end: a side is to be asked."""
    if introduce(exchange):
        connect(exchange)


def admit(exchange: Exchange, key: Key | None, draw: float, *, asks: bool = True) -> bool:
    """A permit of the side's breaker; without one, legacy's in place of the new side's.

    False: the request ends here, since neither may be asked. `draw` lies in [0, 1). Without `asks`
    it goes on all the same: the memory may know its answer.
    """
    request, now = exchange.request, exchange.worker.deadlines.now
    state = request.state
    if state.route.watched:
        _count_key(request, key)
    side = (state.new if request.decision.side == "new" else None) or state.legacy
    permit = side.breaker.acquire(now, draw) if side.upstream.instances else REFUSED
    attempt = Attempt(side, permit, request.started)
    falls = side is state.new and state.route.fallback and not request.wrote
    if permit == REFUSED and falls:
        request.decision = diverted(state.route, request.decision)
        attempt = state.legacy.attempt(now, draw, request.started)
        if attempt.permit != REFUSED:
            state.counts.fallbacks += 1
            state.counts.diverted += 1
    request.attempt = attempt
    exchange.done = False
    if request.head.has_body and request.upload is None:
        _take_body(exchange)
    if attempt.permit == REFUSED and asks:
        exchange.give_up(errors.UNAVAILABLE)
        return False
    return True


def hold(exchange: Exchange) -> None:
    """Keep the request's body as it comes, before it is known whether a side is asked."""
    request, state = exchange.request, exchange.request.state
    side = state.new if request.decision.side == "new" else None
    request.attempt = Attempt(side or state.legacy, REFUSED, request.started)
    exchange.done = False
    if request.head.has_body:
        _take_body(exchange)


def _take_body(exchange: Exchange) -> None:
    """Where the request's body goes, piece by piece, while it comes."""
    request, worker, client = exchange.request, exchange.worker, exchange.client
    head, state = request.head, request.state
    to_legacy = request.attempt.side is state.legacy
    keep = MOST_KEPT if to_legacy else worker.current.table.routes.options.limits.repeat
    limit = state.route.max_body
    request.upload = Upload(head.chunked, limit, keep, client.gate)
    if head.expects:
        request.upload.expectation = Expectation(worker.deadlines, client.write)


def introduce(exchange: Exchange) -> bool:
    """Write a head for the new side with the customer and the time of the client's last write.

    False: the owner of the session is looked up first, or cannot be named.
    """
    request, identity = exchange.request, exchange.worker.identity
    head, route, side = request.head, request.state.route, request.attempt.side
    special: object = route.needs or head.after or request.machine
    if head.cookies is not None:
        special = identity.arrive(head, route) or special
    if not special or side is request.state.legacy:
        return True  # `connect` writes what any side gets
    draft = HeadDraft(head, route, request.version, request.client.lines(head), request.trace)
    draft.machine = request.machine
    draft.asked, draft.keeps_session = side.asked, side.keeps_session
    written = identity.write(draft, partial(introduced, exchange))
    if written is None:
        return False  # `introduced` is called, or was, and the attempt is another one by now
    request.attempt.sent = written
    return True


def introduced(exchange: Exchange, written: bytes | None) -> None:
    """`introduce` ended later; None: the customer cannot be named."""
    if exchange.done:
        return
    request, before = exchange.request, exchange.request.attempt
    request.attempt = Attempt(before.side, before.permit, perf_counter())
    if written is None:
        exchange.failed(errors.IDENTITY)
        return
    request.attempt.sent = written
    copy(exchange)
    connect(exchange)


def copy(exchange: Exchange) -> None:
    """Ask the other side as well, for a sample of the route's requests, to compare the answers.

    A copy of legacy's may lack what this client has just written: that would be no difference.
    """
    request = exchange.request
    route = request.state.route
    if request.wrote or request.wrote_beside:
        return
    if not route.sample or request.head.upgrade is not None or exchange.keyed is not None:
        return
    if sampled(route, random()):
        exchange.pair = exchange.worker.shadow.pair(request)


def connect(exchange: Exchange) -> None:
    """Send the request on a connection of the side, and the copy behind it."""
    request = exchange.request
    upload, pair, attempt = request.upload, exchange.pair, request.attempt
    if not attempt.sent:
        head, client, rewrite = request.head, request.client, attempt.side.asked
        known = head.forwarded is None and head.host == client.host
        facts = client.usual if known else client.lines(head)
        asked = head if rewrite is None else rewrite.head(head)
        attempt.sent = request_bytes(asked, facts, request.trace)
    attempt.side.upstream.connect(exchange, ANY if request.idempotent else FRESH)
    if pair is not None and (upload is None or upload.whole):
        pair.follow(upload)
