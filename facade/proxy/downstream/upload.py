"""A request's body on its way upstream: held until there is a connection, kept while it is small.

What is kept can be sent again, to a second connection or to the other side.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from facade.http1.bodies import chunk, last_chunk
from facade.http1.refusal import Refused
from facade.proxy.downstream.expectation import Expectation
from facade.proxy.flow import HELD_FULL, Gate
from facade.proxy.upstream.caller import Connection

MOST_KEPT: Final = 16 * 1024  # bytes that can be sent again
MOST_HELD: Final = 64 * 1024  # bytes that wait for a connection, where nothing else is said


@dataclass(slots=True, eq=False)
class Upload:
    """The body of one request."""

    chunked: bool
    limit: int  # the largest body, in bytes
    keep: int  # how much of it can be sent again, in bytes
    gate: Gate  # holds the client up
    held: int = MOST_HELD  # bytes that wait for a connection
    overflow: Callable[[], None] | None = None  # called once when more than that waits
    expectation: Expectation | None = None  # the client waits before it sends
    whole: bool = False  # all of it came from the client
    _connection: Connection | None = None
    _pieces: list[bytes] = field(default_factory=list)
    _size: int = 0
    _trailers: list[bytes] = field(default_factory=list)

    @property
    def repeatable(self) -> bool:
        """Whether all that came can be sent once more."""
        return self._connection is None or self.small

    @property
    def small(self) -> bool:
        """Whether it can be sent again whenever its connection stands."""
        return self._size <= self.keep

    @property
    def kept(self) -> bytes:
        """All that came, while it is repeatable."""
        return b"".join(self._pieces)

    def hold(self, most: int, overflow: Callable[[], None]) -> None:
        """Let so many bytes wait for a connection; call `overflow` once when more of them wait."""
        self.held = most
        if self._size > most:
            self.gate.resume(HELD_FULL)
            overflow()
        else:
            self.overflow = overflow

    def add(self, data: bytes) -> None:
        """Take a piece from the client. Raises Refused (413) when the body grows too large."""
        self._size += len(data)
        if self.expectation is not None:
            self.expectation.go_on()
        if self._size > self.limit:
            raise Refused(413, "the request's body is too large")
        if self._connection is None or self._size <= self.keep:
            self._pieces.append(data)
        else:
            self._pieces.clear()
        if self._connection is not None:
            self._connection.send(chunk(data) if self.chunked else data)
        elif self._size > self.held:
            overflow, self.overflow = self.overflow, None
            if overflow is None:
                self.gate.pause(HELD_FULL)
            else:
                overflow()

    def add_whole(self, data: bytes) -> None:
        """Take all of a body whose length was known from its head: a piece, and its end."""
        self.add(data)
        self.whole = True
        if self._connection is not None:
            self._connection.sent_whole()

    def end(self, trailers: list[bytes]) -> None:
        """The client has sent all of it."""
        self.whole = True
        self._trailers = trailers
        if self._connection is not None:
            self._finish(self._connection)

    def start(self, connection: Connection) -> None:
        """Send what came so far on this connection, and what comes later as it comes."""
        self._connection = connection
        if self.expectation is not None:
            self.expectation.asked()
        for piece in self._pieces:
            connection.send(chunk(piece) if self.chunked else piece)
        if self._size > self.keep:
            self._pieces.clear()
        if self.whole:
            self._finish(connection)
        if self.gate.paused:
            self.gate.resume(HELD_FULL)

    def stop(self) -> None:
        """The connection is gone; what is kept waits for another one."""
        self.answered()
        if self.repeatable:
            self._connection = None

    def answered(self) -> None:
        """The request has its answer, or will have none: no `100 Continue` is sent any more."""
        if self.expectation is not None:
            self.expectation.over()

    def _finish(self, connection: Connection) -> None:
        if self.chunked:
            connection.send(last_chunk(self._trailers))
        connection.sent_whole()
