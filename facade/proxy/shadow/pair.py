"""A request under way on both sides, until both answers can be handed to comparison.

It writes, sends and describes in work put `aside`, behind the live side's; of the exchange it
keeps what it needs, not the exchange, so that neither keeps the other in memory.
"""

from time import perf_counter, time
from typing import TYPE_CHECKING

from chassis.web.headers import AFTER
from facade.http1 import writing as headers
from facade.http1.responses import ResponseHead
from facade.proxy import errors
from facade.proxy.counting.metrics import ShadowCounts
from facade.proxy.errors import Failure
from facade.proxy.identity.introduction import Letter
from facade.proxy.shadow.answers import Answer, describe
from facade.proxy.state import Lane
from facade.proxy.upload import Upload
from facade.proxy.upstream.instances import ANY
from facade.proxy.upstream.outbound import Outbound
from facade.runtime.channel import PAIR, PairMeta

if TYPE_CHECKING:
    from facade.proxy.exchange import Exchange
    from facade.proxy.shadow.copies import Shadow

# Why there is no pair of a copy that was begun.
QUEUE, SIZE, DEADLINE, CHANNEL = "queue", "size", "deadline", "channel"
IDENTITY = "identity"  # nobody could say in time who is asking

MOST_SHAPED = 16 * 1024  # bytes of a request's body that comparison is shown, for its shape
EXTRA = AFTER.encode() + b": %d\r\nFig-Shadow: 1\r\n"


class Pair:
    """A request under way on both sides. It is the Caller of the copy."""

    def __init__(self, shadow: "Shadow", exchange: "Exchange", other: Lane, facts: bytes) -> None:
        """`facts` are the lines about the client."""
        self.method = exchange.method
        # Where one side may take longer, its pair is waited for as long.
        patience = max(shadow.limits.deadline, exchange.state.route.first_byte or 0.0)
        self.deadline = shadow.deadlines.now + patience
        self.gave_up = False
        # the request
        self.head = exchange.head
        self.route = exchange.state.route
        self.version = exchange.version
        self.trace = exchange.trace
        self.started = time()
        self._facts = facts
        self._live_sent = exchange.sent
        self._body = b""
        self._bytes = b""  # the head of the copy, once it is known
        # both sides
        self._shadow = shadow
        self._other = other
        self._counts: ShadowCounts = exchange.state.counts.shadow
        self._live_side = exchange.lane.side
        self._live = Answer()
        self._copy = Answer()
        self._connection: Outbound | None = None
        self._dispatched = False

    def follow(self, upload: Upload | None) -> None:
        """The client's own request is on its way, and whole: send the copy behind it."""
        if upload is not None and not upload.repeatable:
            self._drop(SIZE)  # too large to be sent twice
            return
        self._body = b"" if upload is None else upload.kept
        self._shadow.aside.add(self._write)

    def _write(self) -> None:
        if self.gave_up:
            return
        head, route = self.head, self.route
        # The other side shall not be staler than the one that answers the client.
        extra = EXTRA % int(self.started * 1e6)
        if self._live_side == "legacy" and (route.needs or head.cookies is not None):
            letter = Letter(head, route, self.version, self._facts, self.trace, extra, False)
            self._shadow.write(letter, self._written)
        else:
            self._written(headers.request_bytes(head, self._facts, self.trace, extra))

    def _written(self, data: bytes | None) -> None:
        """The head to send; None: nobody can say who is asking."""
        if self.gave_up:
            return
        if data is None:
            self._drop(IDENTITY)
            return
        self._bytes = data
        self._dispatched = True
        self._counts.dispatched += 1
        self._shadow.deadlines.add(self)
        instance = self._other.copies.pick()
        if instance is None:
            self.failed(errors.UNAVAILABLE)
        else:
            instance.connect(self, ANY)

    # the live side, told by the exchange

    def live_answered(self, head: ResponseHead) -> None:
        """The client's answer has begun."""
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

    # the copy; see Caller

    def connected(self, connection: Outbound) -> None:
        """Send the copy."""
        self._connection = connection
        self._copy.started = perf_counter()
        first_byte = self.route.first_byte
        connection.begin(self, self._bytes, whole=not self._body, first_byte=first_byte)
        if self._body:
            data = self._body
            connection.send(headers.chunk(data) + headers.LAST_CHUNK if self.head.chunked else data)
            connection.sent_whole()

    def interim(self, _head: ResponseHead) -> None:
        """Of no interest."""

    def switched(self, _head: ResponseHead, _rest: bytes) -> None:
        """A copy never asks for a tunnel."""
        self._drop("protocol")

    def answered(self, head: ResponseHead) -> None:
        """The copy's answer has begun."""
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
        """The copy failed, which only comparison is told."""
        self._connection = None
        if failure is errors.BUSY:
            self._drop(QUEUE)
            return
        self._copy.end(failure.phase)
        self._complete()

    def upstream_full(self, _full: bool) -> None:
        """A copy has no body to send."""

    def expired(self, _now: float) -> None:
        """The copy, or the live answer, takes too long to be compared."""
        self._drop(DEADLINE)

    # together

    def _add(self, answer: Answer, data: bytes) -> None:
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
        self._shadow.aside.add(self._hand_over)

    def _hand_over(self) -> None:
        self._shadow.finished(self)
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

    def _sides(self) -> tuple[Answer, Answer]:
        """Legacy's answer and the new side's."""
        live, copy = self._live, self._copy
        return (live, copy) if self._live_side == "legacy" else (copy, live)

    def _blob(self) -> bytes:
        pieces = [chunk for side in self._sides() for chunk in side.chunks]
        if len(self._body) <= MOST_SHAPED:
            pieces.append(self._body)
        return b"".join(pieces)

    def _meta(self) -> PairMeta:
        meta = describe(self, *self._sides())
        meta["signed_in"] = self._shadow.signed_in(self.head)
        # after a failure legacy has answered, if anybody has
        meta["live"] = "legacy" if self._live.error else self._live_side
        if self._body:
            size = len(self._body)
            meta["request_length"] = size if size <= MOST_SHAPED else None
        if self.head.cookies is not None or self.route.needs:
            sent = self._bytes if self._live_side == "legacy" else self._live_sent
            meta["new_headers"] = sent.partition(b"\r\n")[2].decode("latin-1")
        return meta
