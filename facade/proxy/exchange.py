"""One request and its response, across both sides.

    client ─▶ 1 locate ─ 2 identify ─ 3 decide ─ 4 admit ─ 5 papers, shadow ─ 6 connect ─ 7 send ─▶
    client ◀─ 9 settle ◀────────────────────────── 8 relay ◀─────────────────────────────── side ◀─

A side that fails before the first byte of its answer is asked once more where a stale connection
may be to blame; then legacy is asked where the route allows it. The client sees one answer.
"""

from random import random
from time import perf_counter
from typing import TYPE_CHECKING

from chassis.breaker.circuit import REFUSED, Outcome
from facade.http1 import writing as headers
from facade.http1.refusal import Refused
from facade.http1.requests import RequestHead
from facade.http1.responses import ResponseHead
from facade.proxy import errors
from facade.proxy.admission import admit
from facade.proxy.answering import answer_head
from facade.proxy.errors import Failure
from facade.proxy.expectation import Expectation
from facade.proxy.fallback import may_fall_back, turn_to_legacy
from facade.proxy.identity.introduction import Letter
from facade.proxy.settle import outcome_of, settle
from facade.proxy.state import Lane, RouteState
from facade.proxy.tunnel import join
from facade.proxy.upload import MOST_KEPT, Upload
from facade.proxy.upstream.instances import ANY, FRESH, NEW
from facade.proxy.upstream.outbound import Outbound
from facade.routes.deciding import sampled
from facade.routes.decision import Decision

if TYPE_CHECKING:
    from facade.proxy.inbound import Inbound
    from facade.proxy.shadow.pair import Pair

IDEMPOTENT = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE"})


class Exchange:
    """The request that a client connection has under way. It is the Caller of its upstream."""

    __slots__ = (
        "_chunked",
        "_connection",
        "_keep",
        "_pair",
        "answer",
        "attempt_started",
        "client",
        "decision",
        "done",
        "fell_back",
        "first_byte",
        "head",
        "lane",
        "method",
        "path",
        "permit",
        "retried",
        "sent",
        "started",
        "state",
        "trace",
        "upload",
        "version",
    )

    # known once admitted
    path: str
    state: RouteState
    decision: Decision
    lane: Lane
    permit: int
    version: str

    def __init__(self, client: "Inbound", head: RequestHead) -> None:
        # request
        self.client = client
        self.head = head
        self.method = head.method
        self.trace = head.trace or client.gateway.traces.begin()
        self.upload: Upload | None = None
        self.started = self.attempt_started = perf_counter()
        self.done = True  # until it is admitted there is nothing to settle
        # attempt
        self.sent = b""  # the head, as the side gets it
        self._connection: Outbound | None = None
        self._pair: Pair | None = None
        self.retried = False
        self.fell_back: Failure | None = None  # for which legacy was asked instead
        # answer
        self.answer: ResponseHead | None = None
        self.first_byte = 0.0
        self._chunked = False
        self._keep = False

    @property
    def request_id(self) -> str:
        """The trace's id: one name for the request in every log."""
        return self.trace[3:35].decode("ascii")

    # 1 to 6: on the way to a side

    def begin(self) -> None:
        """Decide where the request goes, and set it on its way. Raises Refused."""
        client, head = self.client, self.head
        gateway = client.gateway
        running = gateway.running
        options = running.table.options
        admitted = admit(running, head, client.facts, gateway.deadlines.now, random())  # 1 2 3 4
        self.path, self.state, self.decision, self.lane, self.permit = admitted
        self.version = running.table.version
        self.done = False
        route = self.state.route
        if head.has_body:
            limit = route.max_body or options.limits.body
            keep = MOST_KEPT if self.lane is self.state.legacy else options.limits.repeat
            self.upload = Upload(chunked=head.chunked, limit=limit, gate=client.gate, keep=keep)
            if head.expects:
                self.upload.expectation = Expectation(gateway.deadlines, client.write)
        client.exchange_until(route.timeout or options.timeouts.exchange)
        if self.permit == REFUSED:
            self._give_up(errors.UNAVAILABLE)
            return
        facts = client.facts.lines(head)
        told: object = route.needs or head.after
        if head.cookies is not None:
            told = gateway.papers.arrive(head, route) or told
        if told and self.lane is not self.state.legacy:
            letter = Letter(head, route, self.version, facts, self.trace)
            gateway.papers.write(letter, self._written)
        else:
            self._leave(headers.request_bytes(head, facts, self.trace), facts)

    def _written(self, data: bytes | None) -> None:
        """It is known what the new side has to be told; None: it is not."""
        if self.done:
            return
        self.attempt_started = perf_counter()
        if data is None:
            self.failed(errors.IDENTITY)
        else:
            self._leave(data, self.client.facts.lines(self.head))

    def _leave(self, data: bytes, facts: bytes) -> None:
        self.sent, route, upload = data, self.state.route, self.upload
        if route.sample and self.head.upgrade is None and sampled(route, random()):  # 5
            self._pair = self.client.gateway.shadow.pair(self, facts)
        self._connect(ANY if self._repeatable else FRESH)  # 6
        if self._pair is not None and (upload is None or upload.whole):
            self._pair.follow(upload)

    @property
    def _repeatable(self) -> bool:
        """Whether sending the request twice has the effect of sending it once."""
        if self.upload is not None and not self.upload.repeatable:
            return False
        return self.state.route.safe or self.method in IDEMPOTENT

    def _connect(self, idle_at_most: float) -> None:
        instance = self.lane.upstream.pick()
        if instance is None:
            self.failed(errors.UNAVAILABLE)
        else:
            instance.connect(self, idle_at_most)

    # 7: the request, as the client sends it

    def request_body(self, data: bytes) -> None:
        """A piece of the request's body. Raises Refused when it becomes too large."""
        if self.upload is not None and not self.done:
            self.upload.add(data)

    def request_end(self, trailers: list[bytes]) -> None:
        """The request's body is complete."""
        upload = self.upload
        if upload is None or self.done:
            return
        upload.end(trailers)
        if self._pair is not None:
            self._pair.follow(upload)

    def client_full(self, full: bool) -> None:
        """The client does not take what is sent to it, or takes it again."""
        connection = self._connection
        if connection is not None:
            connection.pause() if full else connection.resume()

    def cancel(self) -> None:
        """The client is gone, or its request turned out to be malformed: want nothing more."""
        if self.done:
            return
        if self._connection is not None:
            self._connection.abandon()
        if self._pair is not None:
            self._pair.live_gone()
        self._settle(0, Outcome.CANCELLED)

    def overdue(self) -> None:
        """The whole exchange takes too long."""
        if self._connection is not None:
            self._connection.abandon()
        self.failed(errors.DEADLINE)

    # 8: the answer, as the side sends it; see Caller

    @property
    def gave_up(self) -> bool:
        """A connection would come too late."""
        return self.done

    def connected(self, connection: Outbound) -> None:
        """Send the request on this connection."""
        self._connection = connection
        upload = self.upload
        first_byte = self.state.route.first_byte
        connection.begin(self, self.sent, whole=upload is None, first_byte=first_byte)
        if upload is not None:
            upload.start(connection)

    def interim(self, head: ResponseHead) -> None:
        """Pass an interim head on to clients that know of such."""
        expectation = None if self.upload is None else self.upload.expectation
        if head.status == 100 and expectation is not None:
            expectation.tell(headers.interim_bytes(head))
        elif self.head.http11:
            self.client.write(headers.interim_bytes(head))

    def switched(self, head: ResponseHead, rest: bytes) -> None:
        """Join both connections to a tunnel."""
        connection = self._connection
        if self.head.upgrade is None or connection is None:
            raise Refused(502, "switched to a protocol that nobody asked for")
        connection.caller = self._connection = None
        self.client.write(headers.switching_bytes(head))
        self._settle(101, Outcome.SUCCESS)
        join(self.client, connection, rest)

    def answered(self, head: ResponseHead) -> None:
        """Write the head for the client, unless legacy shall answer in its place."""
        self.first_byte = perf_counter()
        connection = self._connection
        if head.status in errors.GATEWAY_STATUSES and connection:
            failure = errors.refusal(head)
            if may_fall_back(self, failure):
                connection.discard(head)
                self.failed(failure)
                return
        self.answer = head
        if self.upload is not None:
            self.upload.answered()
        if self._pair is not None:
            self._pair.live_answered(head)
        data, self._chunked, self._keep = answer_head(self, head)
        self.client.write(data, hold=connection is not None and connection.more)

    def body(self, data: bytes) -> None:
        """Pass a piece of the body on."""
        connection = self._connection
        if self._pair is not None:
            self._pair.live_body(data)
        hold = connection is not None and connection.more
        self.client.write(headers.chunk(data) if self._chunked else data, hold=hold)

    def ended(self, trailers: list[bytes]) -> None:
        """The answer is whole."""
        answer = self.answer
        assert answer is not None
        if self._chunked:
            self.client.write(headers.last_chunk(trailers))
        if self._pair is not None:
            self._pair.live_ended()
        self._settle(answer.status, outcome_of(answer))
        self.client.exchange_done(self._keep)

    def failed(self, failure: Failure) -> None:
        """Try again where that is safe, or else tell the client."""
        connection, self._connection = self._connection, None
        if self.done:
            return
        if self.upload is not None:
            self.upload.stop()
        stale = failure.stale and connection is not None and connection.reused
        if stale and not self.retried and self._repeatable:
            self.retried = True
            self.state.counts.retries += 1
            self._connect(NEW)
            return
        self.lane.counts.failed(failure.phase)
        if self._pair is not None:
            self._pair.live_failed(failure.phase)
            self._pair = None
        if self.answer is not None:
            self._settle(self.answer.status, failure.outcome)
            self.client.break_off()
        elif not self._fall_back(failure):
            self._give_up(failure)

    def upstream_full(self, full: bool) -> None:
        """The upstream does not take what is sent to it, or takes it again."""
        self.client.peer_full(full)

    # the ways out

    def _fall_back(self, failure: Failure) -> bool:
        """Ask legacy in place of the new side; False when that is not allowed, or in vain."""
        if not turn_to_legacy(self, failure):
            return False
        self._connect(ANY if self._repeatable else FRESH)
        return True

    def _give_up(self, failure: Failure) -> None:
        self._settle(failure.status, failure.outcome)
        self.client.explain(self, failure.status, "The service behind this address " + failure.text)

    def _settle(self, status: int, outcome: Outcome) -> None:
        """9: nothing of this exchange is left to do."""
        self.done = True
        self._connection = None
        if self.upload is not None:
            self.upload.answered()
        settle(self, status, outcome)
