"""A request under way on both sides, until both answers can be handed to comparison.

It writes, sends and describes from the idle queue, behind the live side's work. It keeps the
request, not the exchange, so that neither keeps the other in memory.
"""

from collections.abc import Callable
from time import perf_counter, time
from typing import Any, Final, Protocol

from chassis.web.headers import AFTER
from facade.http1.bodies import LAST_CHUNK, chunk
from facade.http1.requests import RequestHead, request_bytes, unconditional
from facade.http1.responses import ResponseHead
from facade.proxy import errors
from facade.proxy.counting.metrics import ShadowCounts
from facade.proxy.counting.spans import SpanReport
from facade.proxy.deadlines import Deadlines
from facade.proxy.downstream.upload import Upload
from facade.proxy.errors import Failure
from facade.proxy.identity.introduction import HeadDraft, Then
from facade.proxy.idle import IdleQueue
from facade.proxy.request import LAST_SPAN, Request, RouteSide, traceparent
from facade.proxy.shadow.answers import SideAnswer, describe, lines_of, target_of
from facade.proxy.upstream.caller import Connection, Ignoring
from facade.proxy.upstream.instances import ANY
from facade.routes.config.routefile import ShadowLimits
from facade.runtime.channel import PAIR, PairMeta

# Why there is no pair of a copy that was begun.
QUEUE: Final = "queue"
SIZE: Final = "size"
DEADLINE: Final = "deadline"
CHANNEL: Final = "channel"
CONDITIONAL: Final = "conditional"  # the client holds the answer already, and got only a 304
IDENTITY: Final = "identity"  # the customer was not known in time

MOST_SHAPED: Final = 16 * 1024  # bytes of a request's body that comparison is shown, for its shape
# Answers that say something of what the client holds, or give a part: unchanged, not matched, …
_OF_WHAT_IT_HOLDS: Final = frozenset({206, 226, 304, 412, 416})
EXTRA: Final = AFTER.encode() + b": %d\r\nFig-Shadow: 1\r\n"

Write = Callable[[HeadDraft, Then], bytes | None]


class PairChannel(Protocol):
    """Where pairs go: to the control process."""

    def has_room(self, size: int) -> bool:
        """Whether a frame of about `size` bytes would be taken now."""

    def offer(self, kind: int, meta: Any, blob: bytes = b"") -> bool:
        """Queue a frame, or return False at once."""


class Copying(Protocol):
    """What a pair needs of the copies of its worker."""

    limits: ShadowLimits
    channel: PairChannel
    deadlines: Deadlines
    idle: IdleQueue
    write: Write
    spans: SpanReport

    def signed_in(self, head: RequestHead) -> bool:
        """Whether the request carries a session or credentials."""

    def finished(self, pair: "Pair") -> None:
        """A copy needs no more room."""


class Pair(Ignoring):
    """A request under way on both sides. It is the Caller of the copy."""

    def __init__(self, shadow: Copying, request: Request, other: RouteSide) -> None:
        super().__init__(request.head.method, gave_up=False)
        # Where one side may take longer, its pair is waited for as long.
        patience = max(shadow.limits.deadline, request.state.route.first_byte or 0.0)
        self.deadline = shadow.deadlines.now + patience
        # the request
        self._request = request
        self._started = time()
        self._live_attempt = request.attempt
        self._body = b""
        self._bytes = b""  # the head of the copy, once it is known
        # both sides
        self._shadow = shadow
        self._other = other
        self._counts: ShadowCounts = request.state.counts.shadow
        self._live_side = request.attempt.side.name
        self._live = SideAnswer()
        self._copy = SideAnswer()
        self._connection: Connection | None = None
        self._dispatched = False

    def follow(self, upload: Upload | None) -> None:
        """The client's own request is on its way, and whole: send the copy behind it."""
        if upload is not None and not upload.small:
            self._drop(SIZE)  # too large to be sent twice
            return
        self._body = b"" if upload is None else upload.kept
        self._shadow.idle.add(self._write)

    def _write(self) -> None:
        if self.gave_up:
            return
        request = self._request
        head, route = unconditional(request.head), request.state.route
        facts, rewrite = request.client.lines(head), self._other.asked
        trace, spans = request.trace, request.spans
        if spans is not None:
            trace = traceparent(trace, spans.span + LAST_SPAN)
        # The other side shall not be staler than the one that answers the client.
        extra = EXTRA % int(self._started * 1e6)
        introduced = route.needs or head.cookies is not None or request.machine is not None
        if self._live_side == "legacy" and introduced:
            draft = HeadDraft(head, route, request.version, facts, trace, extra, False, rewrite)
            draft.machine = request.machine
            draft.keeps_session = self._other.keeps_session
            data = self._shadow.write(draft, self._written)
            if data is None:
                return  # `_written` is called, or was
        else:
            asked = head if rewrite is None else rewrite.head(head)
            data = request_bytes(asked, facts, trace, extra)
        self._written(data)

    def _written(self, data: bytes | None) -> None:
        """The head to send; None: the customer cannot be named."""
        if self.gave_up:
            return
        if data is None:
            self._drop(IDENTITY)
            return
        self._bytes = data
        self._dispatched = True
        self._counts.dispatched += 1
        self._shadow.deadlines.add(self)
        self._other.copies.connect(self, ANY)

    # the live side, called by the exchange

    def live_answered(self, head: ResponseHead) -> None:
        """The client's answer has begun."""
        if (
            head.status in _OF_WHAT_IT_HOLDS
            and unconditional(self._request.head) is not self._request.head
        ):
            self._drop(CONDITIONAL)
        self._live.head(head)

    def live_body(self, data: bytes) -> None:
        """A piece of the client's answer."""
        self._add(self._live, data)

    def live_ended(self) -> None:
        """The client's answer is whole."""
        self._live.end()
        self._complete()

    def live_failed(self, phase: str) -> None:
        """The live side failed; the client may be answered by another one."""
        self._live.end(phase)
        if self._dispatched:
            self._complete()
        else:
            self._drop(None)

    def live_gone(self) -> None:
        """The client left: half an answer proves nothing."""
        self._drop(None)

    # the copy, as its side answers

    def connected(self, connection: Connection) -> None:
        """Send the copy."""
        self._connection = connection
        self._copy.started = perf_counter()
        request = self._request
        first_byte = request.state.route.first_byte
        connection.begin(self, self._bytes, whole=not self._body, first_byte=first_byte)
        if self._body:
            data = self._body
            connection.send(chunk(data) + LAST_CHUNK if request.head.chunked else data)
            connection.sent_whole()

    def switched(self, _head: ResponseHead, _rest: bytes) -> None:
        """A copy never asks for a tunnel."""
        self._drop("protocol")

    def answered(self, head: ResponseHead) -> None:
        """The copy's answer has begun."""
        if self._other.answers is not None:
            self._other.answers.head(head, self._bytes)
        self._copy.head(head)

    def body(self, data: bytes) -> None:
        """A piece of the copy's answer."""
        self._add(self._copy, data)

    def ended(self, _trailers: list[bytes]) -> None:
        """The copy's answer is whole."""
        self._connection = None
        self._copy.end()
        self._complete()

    def failed(self, failure: Failure) -> None:
        """The copy failed, which only comparison learns."""
        self._connection = None
        if failure is errors.BUSY:
            self._drop(QUEUE)
            return
        self._copy.end(failure.phase)
        self._complete()

    def expired(self, _now: float) -> None:
        """The copy, or the live answer, takes too long to be compared."""
        self._drop(DEADLINE)

    # together

    def _add(self, answer: SideAnswer, data: bytes) -> None:
        if self.gave_up:
            return
        answer.size += len(data)
        if answer.size > self._shadow.limits.body:
            self._drop(SIZE)
        else:
            answer.chunks.append(data)

    def _complete(self) -> None:
        """Hand the pair over once both sides have ended."""
        if self.gave_up or not (self._live.ended and self._copy.ended):
            return
        self.gave_up = True
        self._shadow.idle.add(self._hand_over)

    def _hand_over(self) -> None:
        self._shadow.finished(self)
        self._trace(None)
        if self._shadow.channel.offer(PAIR, self._meta(), self._blob()):
            self._counts.completed += 1
            self._counts.failed += bool(self._live.error or self._copy.error)
        else:
            self._counts.shed_by(CHANNEL)

    def _drop(self, cause: str | None) -> None:
        if self.gave_up:
            return
        self.gave_up = True
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abandon()
        if cause is not None:
            self._counts.shed_by(cause)
        self._shadow.finished(self)
        self._trace(cause or "cancelled")

    def _trace(self, dropped: str | None) -> None:
        """Report the copy's span, where one was sent; `dropped` says why there is no pair of it."""
        copy = self._copy
        if self._request.spans is not None and self._dispatched:
            failed = dropped or copy.error or ""
            until = copy.started + copy.ms / 1000.0 if copy.ended else perf_counter()
            self._shadow.spans.copied(
                self._request, self._other, (copy.started, until), copy.status, failed
            )

    def _sides(self) -> tuple[SideAnswer, SideAnswer]:
        """Legacy's answer and the new side's."""
        live, copy = self._live, self._copy
        return (live, copy) if self._live_side == "legacy" else (copy, live)

    def _blob(self) -> bytes:
        pieces = [chunk for side in self._sides() for chunk in side.chunks]
        if len(self._body) <= MOST_SHAPED:
            pieces.append(self._body)
        return b"".join(pieces)

    def _meta(self) -> PairMeta:
        head, route = self._request.head, self._request.state.route
        meta = describe(self._request, self._started, *self._sides())
        meta["signed_in"] = self._shadow.signed_in(head)
        # after a failure legacy has answered, if a side has
        meta["live"] = "legacy" if self._live.error else self._live_side
        if self._body:
            size = len(self._body)
            meta["request_length"] = size if size <= MOST_SHAPED else None
        to_legacy, to_new = self._live_attempt.sent, self._bytes
        if self._live_side != "legacy":
            to_legacy, to_new = to_new, to_legacy
        meta["request_headers"] = lines_of(to_legacy)
        elsewhere = (self._other.asked or self._live_attempt.side.asked) is not None
        if head.cookies is not None or route.needs or elsewhere:
            meta["new_headers"] = lines_of(to_new)
        if elsewhere:
            meta["sent_targets"] = target_of(to_legacy), target_of(to_new)
        return meta
