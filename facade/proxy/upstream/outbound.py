"""A connection to an upstream: sends a request, cuts the answer out of the stream.

It is the Connection of one caller at a time and calls it in wire order: interim heads, the head,
the body piece by piece, the end. `failed` is called at most once, and nothing is called after it
or after the end.
"""

import asyncio
from typing import Final, Protocol, cast

from facade.http1.bodies import Body, LengthBody, UntilClose
from facade.http1.loose import LooseChunkedBody
from facade.http1.mending import read_loosely
from facade.http1.refusal import Refused
from facade.http1.responses import ResponseHead, read_response
from facade.proxy import errors
from facade.proxy.deadlines import NEVER, Deadlines
from facade.proxy.errors import Failure
from facade.proxy.flow import HIGH_WATER, PEER_FULL, Gate
from facade.proxy.upstream.caller import Caller, Ignoring
from facade.routes.config.routefile import UpstreamTimeouts

MOST_HEADERS: Final = 256
LARGEST_HEAD: Final = 64 * 1024
BYTES_AFTER: Final = "bytes after the answer"
BODY_WHERE_NONE_IS: Final = "body where none may be"  # to HEAD, with 204 or 304
MOST_INTERIM: Final = 16  # 1xx heads before an answer
LARGEST_DISCARD: Final = 64 * 1024


class Owner(Protocol):
    """What opened a connection, and takes it back: an instance of an upstream."""

    timeouts: UpstreamTimeouts

    def release(self, connection: "Outbound") -> None:
        """The connection is free again."""

    def closed(self, connection: "Outbound") -> None:
        """The connection is gone."""

    def answers(self) -> None:
        """A request was answered."""

    def silent(self) -> None:
        """A request got no byte of an answer in time."""

    def mended(self, kind: str) -> None:
        """An answer had a fault of this kind, which was put right."""


class Outbound(asyncio.Protocol):
    """One connection to one instance of an upstream."""

    __slots__ = (
        "_body",
        "_buffer",
        "_deadlines",
        "_first_byte",
        "_gate",
        "_interims",
        "_keep",
        "_sent_whole",
        "_surplus",
        "_timeouts",
        "caller",
        "deadline",
        "heard",
        "idle_since",
        "more",
        "owner",
        "reused",
        "transport",
    )

    def __init__(self, owner: Owner, deadlines: Deadlines) -> None:
        # process
        self._deadlines = deadlines
        self._timeouts = owner.timeouts
        # connection
        self.owner = owner
        self.transport: asyncio.Transport | None = None
        self._gate: Gate | None = None
        self._surplus = BYTES_AFTER  # what bytes are that follow the answer
        self._buffer = b""
        self.deadline = NEVER
        self.idle_since = 0.0
        self.reused = False  # it has served a request before
        # request
        self.caller: Caller | None = None
        self._body: Body | None = None
        self._interims = 0
        self._keep = False  # it may be used again after this answer
        self._first_byte = self._timeouts.first_byte
        self._sent_whole = False
        self.heard = False  # a byte of the answer came
        self.more = False  # another piece, or the end, reaches the caller before anything else

    # the caller's part

    def begin(
        self, caller: Caller, head: bytes, *, whole: bool, first_byte: float | None = None
    ) -> None:
        """Send the head of a request for this caller; see Connection."""
        assert self.transport is not None
        self.caller = caller
        self._body = None
        self._interims = 0
        self._keep = False
        self.heard = False
        self._sent_whole = whole
        self._first_byte = first_byte or self._timeouts.first_byte
        self.deadline = self._deadlines.now + self._first_byte if whole else NEVER
        self.transport.write(head)

    def send(self, data: bytes) -> None:
        """Send a piece of the body, framed as the head says."""
        if self.transport is not None:
            self.transport.write(data)

    def sent_whole(self) -> None:
        """The request is complete: the connection may serve another one afterwards."""
        self._sent_whole = True
        self.deadline = self._deadlines.now + (
            self._timeouts.progress if self.heard else self._first_byte
        )

    def abandon(self) -> None:
        """The caller wants nothing more: the connection is closed, since an answer may follow."""
        self.caller = None
        self._close()

    def discard(self, head: ResponseHead) -> None:
        """The caller has no use for this answer; a short one is read, to keep the connection."""
        if head.length is not None and head.length <= LARGEST_DISCARD and self._sent_whole:
            assert self.caller is not None
            self.caller = Ignoring(self.caller.method)
        else:
            self.abandon()

    def hand_over(self) -> tuple[asyncio.Transport, asyncio.Protocol]:
        """Leave the transport to a tunnel; the caller is not called again."""
        assert self.transport is not None
        self.caller = None
        return self.transport, self

    def pause(self) -> None:
        """Read no more for the moment; the client is the slow one, so no deadline runs."""
        if self._gate is not None:
            self._gate.pause(PEER_FULL)
            self.deadline = NEVER

    def resume(self) -> None:
        """Read on."""
        if self._gate is not None:
            self._gate.resume(PEER_FULL)
            self._await_progress()

    # asyncio's part, in wire order

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open."""
        # uvloop's transports are no subclasses of asyncio's
        transport = cast(asyncio.Transport, transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=HIGH_WATER)
        self._gate = Gate(transport)
        self._deadlines.add(self)

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer."""
        if self.caller is None:  # bytes without a request
            if self.reused:
                self.owner.mended(self._surplus)
            self._close()
            return
        self.heard = True
        self._await_progress()
        try:
            if self._body is not None:
                piece, left = self._body.take(data)
            else:
                piece, left = self._take_head(self._buffer + data if self._buffer else data)
            caller = self.caller
            if piece and caller is not None:
                self.more = left is not None
                caller.body(piece)
                caller = self.caller
            if left is not None and caller is not None:  # else it has seen enough
                self._end([] if self._body is None else self._body.trailers, left)
        except Refused:
            self._fail(errors.NONSENSE)

    def eof_received(self) -> bool:
        """The upstream sends no more."""
        if isinstance(self._body, UntilClose):
            self._end([], b"")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        if exc is None and isinstance(self._body, UntilClose):
            self._end([], b"")
        elif self._body is not None:
            self._fail(errors.TRUNCATED)
        else:
            self._fail(errors.NONSENSE if self._buffer else errors.CLOSED)
        self._deadlines.discard(self)
        self.owner.closed(self)

    def pause_writing(self) -> None:
        """The upstream does not take what is sent."""
        self.deadline = self._deadlines.now + self._timeouts.progress
        if self.caller is not None:
            self.caller.upstream_full(True)

    def resume_writing(self) -> None:
        """It takes again."""
        self._await_progress()
        if self.caller is not None:
            self.caller.upstream_full(False)

    def expired(self, _now: float) -> None:
        """The deadline of the present step has passed."""
        self.deadline = NEVER
        if not self.heard:
            self.owner.silent()
        self._fail(errors.STALLED if self._body is not None else errors.FIRST_BYTE)

    # steps

    def _await_progress(self) -> None:
        """The next bytes are due, unless the upstream may be waiting for the client's body."""
        timeouts = self._timeouts
        self.deadline = self._deadlines.now + timeouts.progress if self._sent_whole else NEVER

    def _take_head(self, data: bytes) -> tuple[bytes, bytes | None]:
        """Read a head; returns the piece of a body behind it, and what follows the body."""
        caller = self.caller
        if caller is None:
            return b"", None
        read: tuple[ResponseHead, bytes] | None
        end = data.find(b"\r\n\r\n")
        try:
            if end < 0 or end > LARGEST_HEAD:
                raise Refused(502, "not whole, or with other line ends")
            read = read_response(data[:end], MOST_HEADERS, caller.method), data[end + 4 :]
        except Refused:
            read = self._read_loosely(data, caller.method)
        if read is None:
            self._buffer = data
            return b"", None
        self._buffer = b""
        head, rest = read
        if head.status < 200:
            return self._interim(caller, head, rest)
        self._keep = head.keep_alive
        piece: bytes
        left: bytes | None
        length = head.length
        if not head.has_body:
            piece, left = b"", rest
            self._surplus = BYTES_AFTER if length == 0 else BODY_WHERE_NONE_IS
        elif length is not None and len(rest) >= length:
            piece, left = rest[:length], rest[length:]
            self._surplus = BYTES_AFTER
        else:
            self._surplus = BYTES_AFTER
            self._body = body = self._body_of(head)
            piece, left = body.take(rest) if rest else (b"", None)
        self.more = bool(piece) or left is not None
        caller.answered(head)
        return piece, left

    def _interim(
        self, caller: Caller, head: ResponseHead, rest: bytes
    ) -> tuple[bytes, bytes | None]:
        if head.status == 101:
            self.deadline = NEVER
            caller.switched(head, rest)
            return b"", None
        self._interims += 1
        if self._interims > MOST_INTERIM:
            raise Refused(502, "too many interim answers")
        caller.interim(head)
        return self._take_head(rest) if rest else (b"", None)

    def _read_loosely(self, data: bytes, method: bytes) -> tuple[ResponseHead, bytes] | None:
        """Read a head that is not well formed, or not whole: then None."""
        read = read_loosely(data, LARGEST_HEAD, MOST_HEADERS, method)
        if read is not None:
            for kind in read[0].mended:
                self.owner.mended(kind)
        return read

    def _mended(self, kind: str) -> None:
        """A fault of the body was put right: the connection serves no other request."""
        self._keep = False
        self.owner.mended(kind)

    def _body_of(self, head: ResponseHead) -> Body:
        if head.length is not None:
            return LengthBody(head.length)
        return LooseChunkedBody(self._mended) if head.chunked else UntilClose()

    def _end(self, trailers: list[bytes], rest: bytes) -> None:
        """The answer is whole: free the connection first, so that the next request finds it."""
        caller, self.caller = self.caller, None
        if rest:
            self.owner.mended(self._surplus)
        if rest or not (self._keep and self._sent_whole) or isinstance(self._body, UntilClose):
            self.owner.answers()
            self._close()
        else:
            self._body = None
            self.reused = True
            self.deadline = NEVER
            gate = self._gate
            if gate is not None and gate.paused:
                gate.resume(PEER_FULL)
            self.owner.release(self)
        if caller is not None:
            caller.ended(trailers)

    def _fail(self, failure: Failure) -> None:
        caller, self.caller = self.caller, None
        self._close()
        if caller is not None:
            caller.failed(failure)

    def _close(self) -> None:
        self._body = None
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()
