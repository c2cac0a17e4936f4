"""The caller of an upstream and its connection: each knows the other by these protocols."""

import asyncio
from typing import Protocol

from facade.http1.responses import ResponseHead
from facade.proxy.errors import Failure


class Connection(Protocol):
    """A connection to an upstream, as its caller uses it."""

    reused: bool  # it has served a request before
    more: bool  # another piece, or the end, reaches the caller before anything else happens

    @property
    def owner(self) -> object:
        """The instance that it leads to."""

    def begin(
        self, caller: "Caller", head: bytes, *, whole: bool, first_byte: float | None = None
    ) -> None:
        """Send the head of a request for this caller; `whole` when no body follows.

        `first_byte` is how many seconds the answer may take to begin; None: as the upstream says.
        """

    def send(self, data: bytes) -> None:
        """Send a piece of the body, framed as the head says."""

    def sent_whole(self) -> None:
        """The request is complete."""

    def pause(self) -> None:
        """Read no more for the moment: the client is the slow one."""

    def resume(self) -> None:
        """Read on."""

    def discard(self, head: ResponseHead) -> None:
        """Drop the answer that has this head; the caller is not called again."""

    def abandon(self) -> None:
        """Close the connection; the caller is not called again."""

    def hand_over(self) -> tuple[asyncio.Transport, asyncio.Protocol]:
        """Leave the transport to a tunnel; the caller is not called again.

        Returns the transport and the protocol to inform of its end.
        """


class Caller(Protocol):
    """What asks an upstream. Its methods are called in wire order."""

    method: bytes

    @property
    def gave_up(self) -> bool:
        """Whether a connection would come too late."""

    def connected(self, connection: Connection) -> None:
        """Send the request on this connection: it is the caller's until the end."""

    def interim(self, head: ResponseHead) -> None:
        """A 1xx head other than 101."""

    def switched(self, head: ResponseHead, rest: bytes) -> None:
        """A 101 head: the connection is a tunnel, and `rest` its first bytes."""

    def answered(self, head: ResponseHead) -> None:
        """The head of the answer."""

    def body(self, data: bytes) -> None:
        """A piece of the answer's body."""

    def ended(self, trailers: list[bytes]) -> None:
        """The whole answer came; the connection is the caller's no more."""

    def failed(self, failure: Failure) -> None:
        """No answer, or no whole one; the connection is the caller's no more."""

    def upstream_full(self, full: bool) -> None:
        """The upstream does not take what is sent: stop; or, when not `full` any more: go on."""


class Ignoring:
    """A caller that ignores every call: the base of those that need only a few of them.

    By itself it takes the rest of an answer that has no reader any more.
    """

    def __init__(self, method: bytes = b"GET", gave_up: bool = True) -> None:
        self.method = method
        self.gave_up = gave_up

    def connected(self, connection: Connection) -> None:
        """A connection is there."""

    def interim(self, head: ResponseHead) -> None:
        """A 1xx head came."""

    def switched(self, head: ResponseHead, rest: bytes) -> None:
        """The protocol was switched."""

    def answered(self, head: ResponseHead) -> None:
        """A head came."""

    def body(self, data: bytes) -> None:
        """A piece of a body came."""

    def ended(self, trailers: list[bytes]) -> None:
        """The answer is whole."""

    def failed(self, failure: Failure) -> None:
        """There is no whole answer."""

    def upstream_full(self, full: bool) -> None:
        """The upstream is slow."""
