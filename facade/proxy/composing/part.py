"""One part of a composed request: a request of its own, and the client of its exchange.

It is decided, limited, introduced, counted and copied by its own route, with the client's address,
cookies and headers. It asks as a client of HTTP/1.0, so that the answer's body comes unframed.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from facade.http1.problems import Members
from facade.http1.refusal import Refused
from facade.http1.requests import RequestHead, unconditional
from facade.proxy.composing import found
from facade.proxy.composing.found import Found
from facade.proxy.deadlines import NEVER
from facade.proxy.exchange import Exchange
from facade.proxy.request import Request
from facade.routes.composing import Part

_ROOM: Final = 64 * 1024  # bytes for the head of an answer
# Of the composed request alone: its body, its key, and what its answer may look like.
_OWN: Final = frozenset(
    {b"accept", b"accept-encoding", b"content-type", b"content-encoding", b"idempotency-key"}
)
_ACCEPT: Final = b"Accept: application/json\r\n"


def part_head(head: RequestHead, trace: bytes) -> RequestHead:
    """The head that all parts have but for their targets."""
    one = unconditional(head).copied()
    dropped = {field.line for field in one.fields if field.name in _OWN}
    one.fields = [field for field in one.fields if field.name not in _OWN]
    one.lines = [*(line for line in one.lines if line not in dropped), _ACCEPT]
    one.method, one.trace = b"GET", trace
    one.http11 = one.keep_alive = one.chunked = one.has_body = one.expects = False
    one.length = one.upgrade = one.key = None
    return one


class PartRequest:
    """A part that is asked for. It is the Client of its exchange."""

    def __init__(
        self, part: Part, parent: Exchange, head: RequestHead, ended: Callable[[], None]
    ) -> None:
        """`ended` is called once, when `found` is known."""
        self.part = part
        self.found: Found | None = None
        self.facts = parent.client.facts
        self.gate = parent.client.gate
        self.deadline = NEVER
        self._ended = ended
        self._clock = parent.worker.deadlines
        self._pieces: list[bytes] = []
        self._size = 0
        self._late = False
        self._leaves = False  # the clock cancels the exchange
        one = head.copied()
        one.target = part.target(parent.request.path)
        self._exchange = Exchange(self, one, parent.worker)
        self._exchange.request.part = True

    @property
    def fails(self) -> bool:
        """Whether the whole cannot be answered because of this part."""
        known = self.found
        return known is not None and known.reason != found.THERE and not self.part.optional

    def start(self, ask: Callable[[Exchange], None], seconds: float) -> None:
        """Ask for it; `seconds` are left for the whole, and its own route may allow it less."""
        try:
            ask(self._exchange)
        except Refused as refused:
            self._exchange.cancel()
            detail = f"The request was refused: {refused.reason}."
            self._end(found.own(refused.status, detail, b""))
        if self.found is None:
            own = self._exchange.request.state.route.timeout
            if 0.0 < own < seconds:
                self.deadline = self._clock.now + own
                self._clock.add(self)

    def overdue(self) -> None:
        """No time is left."""
        self._late = True
        self._exchange.overdue()
        self._end(found.late())

    def drop(self) -> None:
        """Cancel the part's request."""
        if not self._leaves:
            self._clock.discard(self)
            self._exchange.cancel()

    def expired(self, _now: float) -> None:
        """Its own route allows it no more time, or its answer is too large."""
        self._clock.discard(self)
        if self._leaves:
            self._exchange.cancel()
        else:
            self.overdue()

    # called by its exchange

    def write(self, data: bytes) -> None:
        """A piece of the answer, the head first."""
        if self.found is not None:
            return
        self._size += len(data)
        if self._size <= found.MOST_BODY + _ROOM:
            self._pieces.append(data)
            return
        # Not from here: the connection is in the middle of reading.
        self._leaves, self.deadline = True, 0.0
        self._clock.add(self)
        self._end(found.too_large())

    def writelines(self, pieces: list[bytes]) -> None:
        """Several pieces of the answer."""
        self.write(b"".join(pieces))

    def done(self, keep: bool) -> None:
        """The answer is whole."""
        del keep  # there is no connection of its own
        if self.found is None:
            self._end(found.read(b"".join(self._pieces)))

    def explain(
        self, request: Request, status: int, detail: str, extra: bytes = b"", more: Members = None
    ) -> None:
        """There is no answer but the facade's own."""
        del request, more
        self._end(found.own(status, detail, extra))

    def break_off(self) -> None:
        """The answer cannot be completed."""
        self._end(found.late() if self._late else found.broken())

    def peer_full(self, full: bool) -> None:
        """It sends no body."""

    def hand_over(self) -> tuple[asyncio.Transport, asyncio.Protocol, bytes]:
        """It asks for no tunnel."""
        raise RuntimeError("a part asked for a tunnel")

    def _end(self, what: Found) -> None:
        if self.found is None:
            self.found = what
            self._pieces = []
            if not self._leaves:
                self._clock.discard(self)
            self._ended()
