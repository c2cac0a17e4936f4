"""The client of an exchange, as the exchange uses it: the counterpart of Caller."""

import asyncio
from typing import Protocol

from facade.http1.problems import Members
from facade.proxy.flow import Gate
from facade.proxy.request import ClientFacts, Request


class Client(Protocol):
    """The connection that a request came on."""

    facts: ClientFacts
    gate: Gate  # holds up what it sends

    def write(self, data: bytes) -> None:
        """Send bytes of the answer."""

    def writelines(self, pieces: list[bytes]) -> None:
        """Send several pieces of the answer."""

    def done(self, keep: bool) -> None:
        """The answer is complete; `keep` says whether the connection can serve another request."""

    def explain(
        self, request: Request, status: int, detail: str, extra: bytes = b"", more: Members = None
    ) -> None:
        """Answer the request with a failure of the facade's own; it is done.

        `extra` are further header lines, `more` members of the problem.
        """

    def break_off(self) -> None:
        """The answer cannot be completed: the client must not take it for whole."""

    def peer_full(self, full: bool) -> None:
        """The upstream does not take what this client sends, or takes it again."""

    def hand_over(self) -> tuple[asyncio.Transport, asyncio.Protocol, bytes]:
        """Leave the transport to a tunnel.

        Returns the transport, the protocol to inform of its end, and the bytes received already.
        """


class Absent:
    """In place of a client that has left while its request goes on: ignores every call."""

    def __init__(self, gone: Client) -> None:
        self.facts = gone.facts
        self.gate = gone.gate

    def write(self, data: bytes) -> None:
        """Nobody reads it."""

    def writelines(self, pieces: list[bytes]) -> None:
        """Nobody reads them."""

    def done(self, keep: bool) -> None:
        """There is no connection to keep."""

    def explain(
        self, request: Request, status: int, detail: str, extra: bytes = b"", more: Members = None
    ) -> None:
        """Nobody reads it."""

    def break_off(self) -> None:
        """The connection is gone already."""

    def peer_full(self, full: bool) -> None:
        """It sends nothing more."""

    def hand_over(self) -> tuple[asyncio.Transport, asyncio.Protocol, bytes]:
        """A request with a key asks for no tunnel."""
        raise RuntimeError("the client has left")
