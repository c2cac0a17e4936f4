"""Who asks an upstream, and what he is told, in wire order."""

from typing import TYPE_CHECKING, Protocol

from facade.http1.responses import ResponseHead
from facade.proxy.errors import Failure

if TYPE_CHECKING:
    from facade.proxy.upstream.outbound import Outbound


class Caller(Protocol):
    """Who asks an upstream."""

    method: bytes

    @property
    def gave_up(self) -> bool:
        """Whether a connection would come too late."""

    def connected(self, connection: "Outbound") -> None:
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
        """What is sent is not taken: stop. Or, when not `full` any more: go on."""


class Nobody:
    """The caller of an answer that nobody waits for any more."""

    gave_up = True

    def __init__(self, method: bytes) -> None:
        self.method = method

    def _ignore(self, *_said: object) -> None:
        """Of no interest."""

    connected = interim = switched = answered = body = ended = failed = upstream_full = _ignore
