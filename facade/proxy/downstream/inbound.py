"""A client's connection: cuts requests out of the stream and answers them in their order.

One request is under way at a time. What a pipelining client sends meanwhile waits unread, so a
connection holds at most one read of it.
"""

import asyncio
import socket
import struct
from typing import Final, cast

from facade.http1.bodies import Body, ChunkedBody, LengthBody, nearly_over
from facade.http1.fields import LastCookie
from facade.http1.problems import Members, problem, serving, wants_page
from facade.http1.refusal import Refused
from facade.http1.requests import RequestHead, end_of_head, read_request
from facade.proxy.context import WorkerContext
from facade.proxy.deadlines import NEVER
from facade.proxy.exchange import Exchange
from facade.proxy.flow import NEXT_WAITS, PEER_FULL, Gate
from facade.proxy.pipeline import forward
from facade.proxy.request import ClientFacts, Request
from facade.routes.config.routefile import ClientTimeouts, Limits

MOST_JOINED: Final = 16 * 1024  # bytes; a piece as large is handed to the transport as it is
LINGER_SECONDS: Final = 2.0  # after a refusal, to let a client that still sends read the answer
_ARRIVED: Final[Body] = LengthBody(0)  # stands for a body that came whole with its head
_HEALTH_METHODS: Final = frozenset({b"GET", b"HEAD"})
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets the connection


class Inbound(asyncio.Protocol):
    """One connection of a client. It is the Client of its exchange."""

    __slots__ = (
        *("_advancing", "_body", "_buffer", "_cookie", "_current", "_deadlines"),
        *("_exchange", "_exchange_until", "_full", "_head_until", "_leaving", "_limits"),
        *("_shut", "_timeouts", "_worker", "deadline", "facts", "gate", "transport"),
    )

    transport: asyncio.Transport
    gate: Gate
    facts: ClientFacts  # absent while the connection is one too many

    def __init__(self, worker: WorkerContext) -> None:
        # process
        self._worker = worker
        self._deadlines = worker.deadlines
        self._current = worker.current
        options = worker.current.table.routes.options
        self._limits: Limits = options.limits
        self._timeouts: ClientTimeouts = options.timeouts
        # connection
        self.deadline = self._deadlines.now + self._timeouts.head
        self._buffer = b""  # what cannot be read yet
        self._advancing = False
        self._leaving = False  # answer nothing more
        self._full = False  # the client does not take what is sent
        self._shut = False  # it sends nothing more
        self._cookie = LastCookie()
        # request
        self._head_until = 0.0  # when a head that has begun must be complete; 0: none has
        self._body: Body | None = None
        self._exchange: Exchange | None = None
        self._exchange_until = NEVER

    # asyncio's part, in wire order

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client connected."""
        # uvloop's transports are no subclasses of asyncio's
        transport = cast(asyncio.Transport, transport)
        self.transport = transport
        self.gate = Gate(transport)
        transport.set_write_buffer_limits(high=self._limits.buffer)
        self._deadlines.add(self)
        facts = self._worker.clients.add(self)
        if facts is None:
            self.write(problem(503, "Too many connections are open.", close=True))
            self._part()
        else:
            self.facts = facts

    def data_received(self, data: bytes) -> None:
        """Bytes of requests."""
        if self._leaving:
            return
        if self._buffer:
            data, self._buffer = self._buffer + data, b""
        self._advance(data)

    def eof_received(self) -> bool:
        """The client sends no more. It may still read: a whole request is answered before we part.

        A client that is gone says the same; its upstream's deadlines then end the exchange, if
        no piece of the answer does.
        """
        self._shut = True
        whole = self._exchange is not None and self._body is None
        return whole and self.transport.can_write_eof()

    def connection_lost(self, _exc: Exception | None) -> None:
        """The connection is gone."""
        self._leaving = True
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.cancel()
        self._deadlines.discard(self)
        self._worker.clients.discard(self)

    def pause_writing(self) -> None:
        """The client reads slowly."""
        self._full = True
        self._await(self._timeouts.write)
        if self._exchange is not None:
            self._exchange.client_full(True)

    def resume_writing(self) -> None:
        """The client reads again."""
        self._full = False
        if self._exchange is not None:
            self.deadline = self._exchange_until
            self._exchange.client_full(False)
        elif not self._leaving:
            self._next()

    def expired(self, now: float) -> None:
        """The client, or its exchange, was given enough time."""
        exchange = self._exchange
        if exchange is None or self._leaving:
            if self._head_until and not self._leaving:
                self._refuse(Refused(408, "the head of the request did not come in time"))
            else:
                self.transport.abort()
        elif now >= self._exchange_until:
            self.deadline = self._exchange_until = NEVER
            exchange.overdue()
        elif self._body is not None and not self._full:
            self._refuse(Refused(408, "the body of the request did not come in time"))
        else:
            self.break_off()

    # reading requests

    def _advance(self, data: bytes) -> None:
        """Read requests until one is under way, or more bytes are needed."""
        self._advancing = True
        try:
            while data and not self._leaving:
                if self._body is not None:
                    data = self._take_body(self._body, data)
                elif self._exchange is not None or self._full:
                    self._buffer = data
                    self.gate.pause(NEXT_WAITS)
                    return
                else:
                    data = self._take_head(data)
        except Refused as refused:
            self._refuse(refused)
        finally:
            self._advancing = False

    def _take_head(self, data: bytes) -> bytes:
        while data.startswith(b"\r\n"):  # empty lines before a request are harmless
            data = data[2:]
        end = end_of_head(data, self._limits.line, self._limits.head)
        if end < 0:
            if not self._head_until and data:
                self._head_until = self.deadline = self._deadlines.now + self._timeouts.head
            self._buffer = data
            if self._shut:
                self._part()
            return b""
        self._head_until = 0.0
        head = read_request(data[:end], self._limits.headers, self._cookie)
        if head.target == self._current.health and head.method in _HEALTH_METHODS:
            return self._say_health(head, data[end + 4 :])
        self._exchange = exchange = Exchange(self, head, self._worker)
        rest = data[end + 4 :]
        length = head.length or 0
        whole = 0 < length <= len(rest)
        if whole:
            self._body = _ARRIVED
        elif head.has_body:
            self._body = ChunkedBody() if head.chunked else LengthBody(length)
        forward(exchange)
        # Else it is answered already. Read so, its type is not taken for that of the line above.
        if getattr(self, "_exchange") is exchange:  # noqa: B009
            seconds = exchange.request.state.route.timeout
            self._exchange_until = self._deadlines.now + seconds if seconds else NEVER
            self.deadline = self._exchange_until
        elif not (self._leaving or self._full):
            self.deadline = self._deadlines.now + self._timeouts.idle
        if self._body is None:
            return rest
        if not whole:
            self._await(self._timeouts.body)
            return rest
        self._body = None
        exchange.request_whole(rest[:length])
        return rest[length:]

    def _say_health(self, head: RequestHead, rest: bytes) -> bytes:
        """Say whether this worker serves; no side is asked, and no route is counted."""
        draining = self._current.draining
        keep = head.keep_alive and not head.has_body and not draining
        self.write(serving(draining=draining, close=not keep, bodiless=head.method == b"HEAD"))
        self.done(keep)
        return rest if keep else b""

    def _take_body(self, body: Body, data: bytes) -> bytes:
        piece, rest = body.take(data)
        exchange = self._exchange
        self._await(self._timeouts.body)
        if exchange is not None and piece:
            exchange.request_body(piece)
        if rest is None:
            return b""
        self._body = None
        self.deadline = self._exchange_until
        if self._exchange is None:  # it was answered before
            self._await(self._timeouts.idle)
        if exchange is not None:
            exchange.request_end(body.trailers)
        return rest

    def _await(self, seconds: float) -> None:
        """The client has to do something within this time, and within the exchange's."""
        self.deadline = min(self._deadlines.now + seconds, self._exchange_until)

    def peer_full(self, full: bool) -> None:
        """The upstream does not take what this client sends, or takes it again."""
        if full:
            self.gate.pause(PEER_FULL)
            self.deadline = self._exchange_until
        else:
            self.gate.resume(PEER_FULL)
            if self._body is not None:
                self._await(self._timeouts.body)

    def drain(self) -> None:
        """Close, unless a request is under way: then after it."""
        if self._exchange is None and not self._buffer and not self._leaving:
            self._part()

    # answering

    def write(self, data: bytes) -> None:
        """Send bytes of the answer to the request under way."""
        self.transport.write(data)

    def writelines(self, pieces: list[bytes]) -> None:
        """Send several pieces of the answer; small ones in one call."""
        # The body is the last piece, or the last but one: before the end of chunks.
        if len(pieces[-1]) >= MOST_JOINED or (len(pieces) > 1 and len(pieces[-2]) >= MOST_JOINED):
            self.transport.writelines(pieces)
        else:
            self.transport.write(b"".join(pieces))

    def done(self, keep: bool) -> None:
        """The request under way was answered; go on with the next one, or part."""
        self._exchange = None
        self._exchange_until = NEVER
        if not keep or self._current.draining or (self._shut and not self._buffer):
            self._part()
        elif self._full:
            self._await(self._timeouts.write)
        elif not self._advancing:
            self._next()

    def _next(self) -> None:
        """Wait for the next request, or take the one that waits."""
        self.deadline = self._deadlines.now + self._timeouts.idle
        if self._buffer:
            data, self._buffer = self._buffer, b""
            self.gate.resume(NEXT_WAITS)
            self._advance(data)

    def explain(
        self, request: Request, status: int, detail: str, extra: bytes = b"", more: Members = None
    ) -> None:
        """Answer the request under way with a failure of the facade's own."""
        head, body = request.head, self._body
        over = body is None or nearly_over(body, waits=head.expects)
        keep = head.keep_alive and over and not self._current.draining
        self.write(
            problem(
                status,
                detail,
                request_id=request.request_id,
                page=wants_page(head.fields),
                close=not keep,
                bodiless=head.method == b"HEAD",
                extra=extra,
                members=more,
            )
        )
        self.done(keep)

    def break_off(self) -> None:
        """The answer cannot be completed: the client must not take it for whole."""
        self._leaving = True
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()

    def _refuse(self, refused: Refused) -> None:
        """The request is malformed or too large: say so, unless an answer has begun."""
        self._worker.counters.client.bad_requests += 1
        exchange, self._exchange = self._exchange, None
        page = bodiless = False
        if exchange is not None:
            exchange.cancel()
            if exchange.answer is not None:
                self.break_off()
                return
            head = exchange.request.head
            page, bodiless = wants_page(head.fields), head.method == b"HEAD"
        detail = f"The request was refused: {refused.reason}."
        self.write(problem(refused.status, detail, page=page, close=True, bodiless=bodiless))
        self._part(lingering=True)

    def hand_over(self) -> tuple[asyncio.Transport, asyncio.Protocol, bytes]:
        """Leave the transport to a tunnel; returns also what the client has sent already."""
        self._exchange = None
        self.deadline = self._exchange_until = NEVER
        early, self._buffer = self._buffer, b""
        self.gate.resume(NEXT_WAITS)
        return self.transport, self, early

    def _part(self, lingering: bool = False) -> None:
        """Close: at once where the client has sent all, else after it had time to read."""
        self._leaving = True
        if self._body is None and not self._buffer and not lingering:
            self.transport.close()
            return
        self._body = None
        self._buffer = b""
        self.gate.resume(NEXT_WAITS)
        self.gate.resume(PEER_FULL)
        self.deadline = self._deadlines.now + LINGER_SECONDS
        if self.transport.can_write_eof():
            self.transport.write_eof()
