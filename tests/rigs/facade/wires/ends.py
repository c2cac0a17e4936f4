"""Both ends of an exchange without protocols: a client that keeps what it is sent, and a side.

client, side = FakeClient(), FakeSide()
exchange = Exchange(client, head, context)
exchange.connected(side)        # side.sent is the request
exchange.answered(head)         # client.sent is the answer
"""

import asyncio
from typing import Any

from facade.http1.problems import Members
from facade.http1.responses import ResponseHead
from facade.proxy.flow import Gate
from facade.proxy.request import ClientFacts, Request
from facade.proxy.upstream.caller import Caller
from facade.routes.trust import Trust


class FakeClient:
    """The Client of an exchange."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.facts = ClientFacts(
            "192.0.2.7", Trust(()), via=True, said=lambda _address, _head: None
        )
        self.gate = Gate(transport)
        self.sent = b""
        self.calls: list[Any] = []  # what else was called, in order

    def write(self, data: bytes) -> None:
        """Keep it."""
        self.sent += data

    def writelines(self, pieces: list[bytes]) -> None:
        """Keep them."""
        self.sent += b"".join(pieces)

    def done(self, keep: bool) -> None:
        """Note it."""
        self.calls.append(("done", keep))

    def explain(
        self, request: Request, status: int, detail: str, extra: bytes = b"", more: Members = None
    ) -> None:
        """Note the status."""
        del request, detail, extra
        self.calls.append(("explain", status))

    def break_off(self) -> None:
        """Note it."""
        self.calls.append("break off")

    def peer_full(self, full: bool) -> None:
        """Note it."""
        self.calls.append(("peer full", full))

    def hand_over(self) -> tuple[asyncio.Transport, asyncio.Protocol, bytes]:
        """It never becomes a tunnel."""
        raise AssertionError("no tunnel is made here")


class FakeSide:
    """The Connection to a side."""

    def __init__(self) -> None:
        self.reused = self.more = False
        self.owner = object()
        self.sent = b""
        self.calls: list[Any] = []

    def begin(
        self, caller: Caller, head: bytes, *, whole: bool, first_byte: float | None = None
    ) -> None:
        """Keep the head."""
        del caller, first_byte
        self.sent += head
        self.calls.append(("begin", whole))

    def send(self, data: bytes) -> None:
        """Keep a piece of the body."""
        self.sent += data

    def sent_whole(self) -> None:
        """Note it."""
        self.calls.append("sent whole")

    def pause(self) -> None:
        """Note it."""
        self.calls.append("pause")

    def resume(self) -> None:
        """Note it."""
        self.calls.append("resume")

    def discard(self, head: ResponseHead) -> None:
        """Note the status of what is not wanted."""
        self.calls.append(("discard", head.status))

    def abandon(self) -> None:
        """Note it."""
        self.calls.append("abandon")

    def hand_over(self) -> tuple[asyncio.Transport, asyncio.Protocol]:
        """It never becomes a tunnel."""
        raise AssertionError("no tunnel is made here")
