"""One request and its response, between a client and the side that was asked.

The exchange is the Caller of its upstream and answers a Client; it knows neither's implementation.
A side that fails before the first byte of its answer is asked once more where a stale connection
may be to blame; then legacy is asked where the route allows it. The client sees one answer.
"""

from time import perf_counter
from typing import Final

from chassis.breaker.circuit import Outcome, State
from facade.http1.bodies import chunk, last_chunk
from facade.http1.fields import CLOSE, KEEP_ALIVE
from facade.http1.refusal import Refused
from facade.http1.requests import RequestHead
from facade.http1.responses import (
    ResponseHead,
    body_framing,
    interim_bytes,
    response_bytes,
    switching_bytes,
)
from facade.proxy import errors, fallback
from facade.proxy.context import WorkerContext
from facade.proxy.counting.accesslog import caller_line, decision_line, log_line
from facade.proxy.downstream.client import Absent, Client
from facade.proxy.errors import Failure
from facade.proxy.observer import Keyed, Observer
from facade.proxy.request import RETURNED, Request
from facade.proxy.tunnel import join
from facade.proxy.upstream.caller import Connection
from facade.proxy.upstream.instances import ANY, FRESH, NEW
from facade.routes import trouble

HALF_OPEN: Final = State.HALF_OPEN  # lookups less for each answer
SUCCESS: Final = Outcome.SUCCESS
FAILURE: Final = Outcome.FAILURE


class Exchange:
    """The request that a client's connection has under way."""

    __slots__ = (
        *("_chunked", "_connection", "_held", "_keep"),
        *("answer", "client", "done", "keyed", "method", "pair", "request", "worker"),
    )

    def __init__(self, client: Client, head: RequestHead, worker: WorkerContext) -> None:
        self.client = client
        self.worker = worker
        self.method = head.method
        traces = worker.traces
        trace = head.trace or next(traces.new)
        self.request = Request(head, client.facts, trace, perf_counter())
        if traces.tracing:
            traces.sample(self.request)
        self.done = True  # until it is admitted there is nothing to settle
        self.pair: Observer | None = None  # receives the answer too: the pair of a copied request
        self.keyed: Keyed | None = None  # the same observer, where it follows each attempt too
        self.answer: ResponseHead | None = None  # as the client was given it
        self._connection: Connection | None = None
        self._held: list[bytes] = []  # of the answer; sent with what follows at once
        self._chunked = False  # the body goes to the client in chunks
        self._keep = False  # the client's connection outlives the answer

    # the request, as the client sends it

    def request_body(self, data: bytes) -> None:
        """A piece of the request's body. Raises Refused when it becomes too large."""
        upload = self.request.upload
        if upload is not None and not self.done:
            upload.add(data)

    def request_end(self, trailers: list[bytes]) -> None:
        """The request's body is complete."""
        upload = self.request.upload
        if upload is not None and not self.done:
            upload.end(trailers)
            if self.pair is not None:
                self.pair.follow(upload)

    def request_whole(self, data: bytes) -> None:
        """All of the request's body, which came with its head. Raises Refused."""
        upload = self.request.upload
        if upload is not None and not self.done:
            upload.add_whole(data)
            if self.pair is not None and not self.done:
                self.pair.follow(upload)

    def client_full(self, full: bool) -> None:
        """The client does not take what is sent to it, or takes it again."""
        connection = self._connection
        if connection is not None:
            connection.pause() if full else connection.resume()

    def cancel(self) -> None:
        """The client is gone, or its request turned out to be malformed: want nothing more."""
        if self.done:
            return
        if self.keyed is not None and self.keyed.goes_on:
            self.client = Absent(self.client)
            if self._connection is not None:
                self._connection.resume()
            return
        if self._connection is not None:
            self._connection.abandon()
        if self.pair is not None:
            self.pair.live_gone()
        self._settle(0, Outcome.CANCELLED)

    def overdue(self) -> None:
        """The whole exchange takes too long."""
        if self.keyed is None or not self.keyed.late():
            if self._connection is not None:
                self._connection.abandon()
            self.failed(errors.DEADLINE)

    # the answer, as the side sends it

    @property
    def gave_up(self) -> bool:
        """A connection would come too late."""
        return self.done

    def connected(self, connection: Connection) -> None:
        """Send the request on this connection."""
        self._connection = connection
        request = self.request
        upload, first_byte = request.upload, request.state.route.first_byte
        sent = request.attempt.sent
        connection.begin(self, sent, whole=upload is None, first_byte=first_byte)
        if upload is not None:
            upload.start(connection)

    def interim(self, head: ResponseHead) -> None:
        """Pass an interim head on to clients that know of such."""
        upload = self.request.upload
        expectation = None if upload is None else upload.expectation
        if head.status == 100 and expectation is not None:
            expectation.interim(interim_bytes(head))
        elif self.request.head.http11:
            self.client.write(interim_bytes(head))

    def switched(self, head: ResponseHead, rest: bytes) -> None:
        """Join both connections to a tunnel."""
        connection = self._connection
        if self.request.head.upgrade is None or connection is None:
            raise Refused(502, "switched to a protocol that the request did not ask for")
        self._connection = None
        rewrite_answer(self.request, head)
        self.client.write(switching_bytes(head))
        self._settle(101, Outcome.SUCCESS)
        join(self.client, connection, rest)

    def answered(self, head: ResponseHead) -> None:
        """Write the head for the client, unless legacy shall answer in its place."""
        request, connection = self.request, self._connection
        request.attempt.first_byte = perf_counter()
        if head.status >= trouble.LOWEST and connection is not None:
            failure = errors.refusal(head, request.state.route.trouble)
            if failure is not None and (
                fallback.may_fall_back(request, failure) or fallback.may_turn_back(request, failure)
            ):
                connection.discard(head)
                self.failed(failure)
                return
        self.answer = head
        if request.attempt.side.answers is not None:
            rewrite_answer(request, head)
        if request.attempt.side.breaker.state is HALF_OPEN:
            judge_probe(request, head, self.worker)
        upload = request.upload
        if upload is not None and upload.expectation is not None:
            upload.answered()
        if self.pair is not None:
            self.pair.live_answered(head)
        data, self._chunked, self._keep = answer_head(request, head, self.worker)
        self._send(data)

    def body(self, data: bytes) -> None:
        """Pass a piece of the body on."""
        if self.pair is not None:
            self.pair.live_body(data)
        self._send(chunk(data) if self._chunked else data)

    def _send(self, data: bytes) -> None:
        """Send a piece of the answer, or hold it where the next one follows at once."""
        connection, held = self._connection, self._held
        if connection is not None and connection.more:
            held.append(data)
        elif held:
            self._held = []
            held.append(data)
            self.client.writelines(held)
        else:
            self.client.write(data)

    def ended(self, trailers: list[bytes]) -> None:
        """The answer is whole; the connection may serve another request already.

        It is counted before the client has its end.
        """
        answer = self.answer
        assert answer is not None
        self._finish()
        if self.pair is not None:
            self.pair.live_ended()
        if self._chunked:
            self._held.append(last_chunk(trailers))
        outcome = outcome_of(answer, self.request.attempt.side.counted)
        settle(self.request, answer.status, outcome, self.worker)
        if self._held:
            self.client.writelines(self._held)
        self.client.done(self._keep)

    def failed(self, failure: Failure) -> None:
        """Try again where that is safe, or else answer the client with the failure."""
        connection, self._connection = self._connection, None
        if self.done:
            return
        request = self.request
        if request.upload is not None:
            request.upload.stop()
        if fallback.may_repeat(request, failure, connection is not None and connection.reused):
            fallback.repeat(request)
            request.attempt.side.upstream.connect(self, NEW, connection)
            return
        request.attempt.side.counts.failed(failure.phase)
        if self.pair is not None:
            self.pair.live_failed(failure.phase)
            self.pair = self.keyed
        if self.keyed is not None:
            self.keyed.attempt_failed(failure, has_begun=self.answer is not None)
        if self.answer is not None:
            self.worker.failed.add(request, self.answer.status, failure)
            self._settle(self.answer.status, failure.outcome(request.attempt.side.counted))
            self.client.break_off()
        elif fallback.turn_to_legacy(request, failure, self.worker):
            if self.keyed is not None:
                self.keyed.turned()
            request.attempt.side.upstream.connect(self, ANY if request.repeatable else FRESH)
        elif fallback.turn_back(request, failure, self.worker):
            request.attempt.side.upstream.connect(self, ANY)
        else:
            self.give_up(failure)

    def upstream_full(self, full: bool) -> None:
        """The upstream does not take what is sent to it, or takes it again."""
        self.client.peer_full(full)

    # the ways out

    def give_up(self, failure: Failure) -> None:
        """No side will answer: answer the client with the reason."""
        if self.keyed is not None:
            self.keyed.given_up()
        pinned = self.request.state.route.pinned
        status, extra = errors.final(failure, pinned=pinned)
        self.worker.failed.add(self.request, status, failure)
        self._settle(status, failure.outcome(self.request.attempt.side.counted))
        text = "The service behind this address " + failure.text
        self.client.explain(self.request, status, text, extra)

    def spare(self) -> None:
        """End without asking a side: the caller answers the request itself."""
        self._finish()
        attempt, now = self.request.attempt, self.worker.deadlines.now
        attempt.side.breaker.release(attempt.permit, Outcome.CANCELLED, now, 0.0)

    def _settle(self, status: int, outcome: Outcome) -> None:
        self._finish()
        settle(self.request, status, outcome, self.worker)

    def _finish(self) -> None:
        """Nothing of this exchange is left to do."""
        self.done = True
        self._connection = None
        upload = self.request.upload
        if upload is not None and upload.expectation is not None:
            upload.answered()


def rewrite_answer(request: Request, answer: ResponseHead) -> None:
    """Let the answer's addresses be those that clients know."""
    rewrite = request.attempt.side.answers
    if rewrite is not None:
        rewrite.head(answer, request.attempt.sent)


def answer_head(
    request: Request, answer: ResponseHead, worker: WorkerContext
) -> tuple[bytes, bool, bool]:
    """The bytes; whether the body goes in chunks; whether the connection is kept afterwards."""
    head, upload, current, route = request.head, request.upload, worker.current, request.state.route
    extra = b"" if answer.dated else current.date
    if current.expose:
        extra += decision_line(request)
    if route.forgets:
        worker.identity.changed_session(request.head, answer)
    if not route.safe or request.fell_back is not None:
        extra += worker.identity.last_write.answer_lines(request, answer)
    if request.given:
        extra += request.given
    if route.pinned and answer.declined is not None:
        extra += errors.ask_again(answer)
    framing, chunked, until_close = body_framing(answer, head.http11)
    unsent = upload is not None and not upload.whole
    keep = head.keep_alive and not (until_close or unsent or current.draining)
    if not keep:
        framing += CLOSE
    elif not head.http11:
        framing += KEEP_ALIVE
    return response_bytes(answer, framing, extra), chunked, keep


def outcome_of(answer: ResponseHead, counted: trouble.Trouble) -> Outcome:
    """What a whole answer says of its upstream. One that declines is not at fault: it is behind."""
    if answer.declined is not None:
        return Outcome.CANCELLED
    return FAILURE if answer.status in counted.statuses else SUCCESS


def judge_probe(request: Request, answer: ResponseHead, worker: WorkerContext) -> None:
    """Give the permit of a probe back at the head of its answer: a long body may take minutes."""
    attempt = request.attempt
    outcome = outcome_of(answer, attempt.side.counted)
    took = attempt.first_byte - attempt.started
    attempt.side.breaker.release(attempt.permit, outcome, worker.deadlines.now, took)
    attempt.permit = RETURNED


def settle(request: Request, status: int, outcome: Outcome, worker: WorkerContext) -> None:
    """Count the end of an admitted request, and give the permit back; status 0: no answer."""
    now, attempt = perf_counter(), request.attempt
    # A stream may last for hours and be well: a call is slow when its first byte takes long.
    took = (attempt.first_byte or now) - attempt.started
    counts = attempt.side.counts
    if counts.caller is None:
        counts.caller = caller_line(request)
    if status:
        counts.answered(status, now - request.started)
    elif not request.part:
        worker.counters.client.aborted += 1
    attempt.side.breaker.release(attempt.permit, outcome, worker.deadlines.now, took)
    if request.spans is not None:
        worker.spans.settled(request, status, now)
    if worker.log.share and worker.log.wanted():
        worker.log.write(log_line(request, status or 499, now))
