"""One request as data: what came, what was decided about it, and the attempt that is under way.

The stations of `pipeline` fill it in; `exchange`, `fallback`, `accesslog`, `shadow` and `identity`
read it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import random
from typing import Final

from chassis.breaker.circuit import REFUSED, Breaker
from facade.http1.fields import VIA, Field
from facade.http1.requests import RequestHead
from facade.proxy.counting.metrics import RouteCounts
from facade.proxy.counting.sides import SideCounts
from facade.proxy.downstream.upload import Upload
from facade.proxy.errors import Failure
from facade.proxy.upstream.instances import Upstream
from facade.rewriting.answered import AnswerRewrite
from facade.rewriting.asked import RequestRewrite
from facade.routes.config.routefile import FULL, Tracing
from facade.routes.machines.allow import Machine
from facade.routes.route import Decision, Route
from facade.routes.trust import Trust

RETURNED: Final = -2  # in place of a permit that the breaker has back already
SAFE: Final = frozenset({b"GET", b"HEAD", b"OPTIONS"})
LAST_BITS: Final = 4  # of a span's id: for the request, its attempts and its copy
LAST_SPAN: Final = 15
IDEMPOTENT: Final = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE"})


class RouteSide:
    """One side of one route: where it leads, the breaker of its circuit class, its counts."""

    __slots__ = (
        *("answers", "asked", "breaker", "copies", "counted", "counts", "keeps_session", "name"),
        "upstream",
    )

    def __init__(
        self, name: str, upstream: Upstream, copies: Upstream, breaker: Breaker, counts: SideCounts
    ) -> None:
        """`name` is "legacy", "new", or "composed": the parts answer."""
        self.counted: Final = upstream.trouble  # what counts as a failure for the breaker
        self.name = name
        self.upstream = upstream
        # the changes to its requests, and to its answers; None: none
        self.asked: RequestRewrite | None = upstream.asked
        self.answers: AnswerRewrite | None = upstream.answers
        self.keeps_session = upstream.config.session_cookie == "keep"
        self.copies = copies  # the same addresses, for shadow requests
        self.breaker = breaker
        self.counts = counts

    def attempt(self, now: float, chance: float, started: float) -> "Attempt":
        """An attempt with a permit of the breaker, or REFUSED: also where there is no instance.

        `now` is monotonic, `started` as of perf_counter, `chance` in [0, 1).
        """
        permit = self.breaker.acquire(now, chance) if self.upstream.instances else REFUSED
        return Attempt(self, permit, started)


class RouteState:
    """A route joined to what outlives its table: its sides and counts."""

    __slots__ = ("counts", "legacy", "new", "route")

    def __init__(
        self, route: Route, counts: RouteCounts, legacy: RouteSide, new: RouteSide | None
    ) -> None:
        self.route = route
        self.counts = counts
        self.legacy = legacy
        self.new = new


@dataclass(slots=True, eq=False)
class Attempt:
    """One side being asked. Another attempt replaces it; it is never reset."""

    side: RouteSide
    permit: int  # the breaker's, REFUSED or RETURNED
    started: float  # as of perf_counter, in seconds
    sent: bytes = b""  # the head, as the side gets it
    first_byte: float = 0.0  # when the answer began; 0: it has not


class ClientFacts:
    """What we say of a client to an upstream; made once for each connection."""

    __slots__ = (
        *("_constant", "_proto_line", "_said", "_trust", "_trusted", "_via"),
        *("address", "host", "usual"),
    )

    def __init__(
        self,
        address: str,
        trust: Trust,
        via: bool,
        said: Callable[[str, RequestHead], None],
        *,
        proto: bytes = b"http",
    ) -> None:
        """`said` is called for a peer that is not trusted and sends X-Forwarded-*; `proto` is the
        scheme of the connection."""
        self.address = address
        self._trust = trust
        self._trusted = trust.covers(address)
        self._said = said
        self._via = VIA if via else b""
        self._proto_line = b"X-Forwarded-Proto: %b\r\n" % proto
        self._constant = (
            b"X-Forwarded-For: %b\r\n" % address.encode() + self._proto_line + self._via
        )
        # The last Host, and the lines for a request to that host without headers of a proxy: the
        # pipeline takes them without a call of `lines`.
        self.host: bytes | None = None
        self.usual = b""

    def lines(self, request: RequestHead) -> bytes:
        """X-Forwarded-For, -Proto, -Host and Via; a trusted proxy's own words are kept."""
        if request.forwarded is not None:
            if self._trusted:
                return self._after_proxy(request.forwarded, request.host or b"")
            self._said(self.address, request)
        if request.host != self.host:
            self.host = request.host
            self.usual = b"X-Forwarded-Host: %b\r\n" % (request.host or b"") + self._constant
        return self.usual

    def host_of(self, request: RequestHead) -> bytes:
        """The host that the client asked: as a trusted proxy says it, or the request itself."""
        if self._trusted:
            for field in request.forwarded or ():
                if field.name == b"x-forwarded-host":
                    return field.value.partition(b",")[0].strip()
        return request.host or b""

    def address_of(self, request: RequestHead) -> str:
        """The address of the client: as a trusted proxy says it, or the connection's."""
        if request.forwarded is None or not self._trusted:
            return self.address
        said = b",".join(f.value for f in request.forwarded if f.name == b"x-forwarded-for")
        chain = said.decode("ascii", "replace").split(",") if said else []
        return self._trust.client(chain, self.address)

    def _after_proxy(self, forwarded: list[Field], host: bytes) -> bytes:
        chain = [field.value for field in forwarded if field.name == b"x-forwarded-for"]
        others = [field.line for field in forwarded if field.name != b"x-forwarded-for"]
        names = {field.name for field in forwarded}
        chain.append(self.address.encode())
        if b"x-forwarded-proto" not in names:
            others.append(self._proto_line)
        if b"x-forwarded-host" not in names:
            others.append(b"X-Forwarded-Host: %b\r\n" % host)
        return b"".join((b"X-Forwarded-For: ", b", ".join(chain), b"\r\n", *others, self._via))


@dataclass(slots=True, eq=False)
class Spans:
    """What is kept of a request that is traced, until it is settled. Its attempts have the ids that
    follow its own, and its copy the id LAST_SPAN after it."""

    span: int  # the request's id
    parent: bytes  # the client's span, 16 hex digits; empty: the trace begins here
    ended: list[tuple[Attempt, float, str]]  # attempts that another one replaced: till when, why


@dataclass(slots=True, eq=False, repr=False)
class Request:
    """One request of a client, from its head to the end of its answer."""

    # what came
    head: RequestHead
    client: ClientFacts
    trace: bytes  # the traceparent sent on: the client's, or a new one
    started: float  # as of perf_counter, in seconds
    # what was decided; set by the stations, in this order
    path: str = field(init=False)  # resolved
    state: RouteState = field(init=False)
    version: str = field(init=False)  # of the table that was in force
    idempotent: bool = field(init=False)  # sending it twice has the effect of sending it once
    decision: Decision = field(init=False)
    attempt: Attempt = field(init=False)
    # Its client has just written, and legacy may not have the write yet: legacy is not asked for
    # anything of that domain. `wrote_beside`: in another domain than the route's.
    wrote: bool = False
    wrote_beside: bool = False
    upload: Upload | None = None  # the body, where one follows
    part: bool = False  # of a composed request: no client waits for it alone
    missed: Route | None = None  # one that refuses machines, and is missed by spelling alone
    machine: Machine | None = None  # which asks, where that is looked at
    given: bytes = b""  # the header that gives the client our cookie, where it had none
    # how it ended
    retried: bool = False
    declined: bytes = b""  # the head that the new side declined, where legacy is asked since
    bound: bool = False  # it may have been done by this side before: no other one is asked
    fell_back: Failure | None = None  # for which legacy was asked in place of the new side
    failed: str = ""  # the phase of the failure with which its client was answered
    spans: Spans | None = None  # None: it is not traced

    @property
    def request_id(self) -> str:
        """The trace's id: one name for the request in every log."""
        return self.trace[3:35].decode("ascii")

    def replaced(self, why: str, moment: float) -> None:
        """Another attempt follows this one; `why` is the phase that failed."""
        spans = self.spans
        if spans is not None:
            spans.ended.append((self.attempt, moment, why))
            self.trace = traceparent(self.trace, spans.span + len(spans.ended) + 1)

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent once more, and all of it can be."""
        return self.idempotent and (self.upload is None or self.upload.repeatable)

    @property
    def reason(self) -> str:
        """Why the side that answers was asked."""
        return "fallback" if self.fell_back is not None else self.decision.reason


def traceparent(trace: bytes, span: int) -> bytes:
    """Of a span in the same trace as this traceparent; sampled."""
    return b"00-%b-%016x-01" % (trace[3:35], span)


class Traces:
    """Begins W3C traces: random per worker, counted within, so that a request costs no entropy."""

    def __init__(self, entropy: bytes) -> None:
        """`entropy` is 12 random bytes."""
        first = (int.from_bytes(entropy[8:12], "big") << 24) + 1
        form = b"00-%b%%016x-%%016x-00" % entropy[:8].hex().encode()
        # Traceparents of new traces, not sampled: `next` gives one.
        self.new = map(form.__mod__, zip(count(first), count(first)))
        self._spans = count(first)
        self._reads = self._writes = 0  # shares that are traced, in basis points
        self.tracing = False

    def use(self, options: Tracing) -> None:
        """Trace these shares of requests from now on."""
        self._reads = options.sample
        self._writes = options.sample if options.writes is None else options.writes
        self.tracing = bool(self._reads or self._writes)

    def sample(self, request: Request) -> None:
        """Trace the request, where its client does or it is one of the share."""
        if self._wanted(request.head):
            self._trace(request)

    def _wanted(self, head: RequestHead) -> bool:
        if head.trace is not None and head.trace[-1] & 1:  # "01", "03": its client traces it
            return True
        share = self._reads if head.method in SAFE else self._writes
        return share > 0 and (share >= FULL or random() * FULL < share)

    def _trace(self, request: Request) -> None:
        before = request.head.trace
        span = (next(self._spans) << LAST_BITS) + LAST_SPAN + 1
        request.spans = Spans(span, b"" if before is None else before[36:52], [])
        request.trace = traceparent(request.trace, span + 1)
