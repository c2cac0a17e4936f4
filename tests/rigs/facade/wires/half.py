"""An exchange between a client and a side that only note what is asked of them."""

from typing import Any

from facade.http1.requests import read_request
from facade.http1.responses import read_response
from facade.proxy.exchange import Exchange
from facade.proxy.pipeline import forward
from tests.rigs.facade.wires.ends import FakeClient, FakeSide
from tests.rigs.facade.wires.wire import FakeTransport

DECLINED = b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0"


class Client(FakeClient):
    """Notes how pieces were handed over, and can become a tunnel."""

    def writelines(self, pieces: list[bytes]) -> None:
        self.calls.append(("pieces", len(pieces)))
        super().writelines(pieces)

    def hand_over(self) -> Any:
        return FakeTransport(None, ("a", 1)), None, b""  # type: ignore[arg-type]


class Side(FakeSide):
    """A side that can become a tunnel."""

    def hand_over(self) -> Any:
        return FakeTransport(None, ("b", 1)), None  # type: ignore[arg-type]


class Memory:
    """The Keyed observer, which notes what it hears."""

    def __init__(self, goes_on: bool = True) -> None:
        self.goes_on = goes_on
        self.heard: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: self.heard.append(name)


def started(rig: Any, request: bytes) -> tuple[Exchange, Client]:
    """An exchange whose upstreams never connect by themselves."""
    rig.wire.silent = {1000, 2000}
    client = Client(FakeTransport(None, ("a", 1)))  # type: ignore[arg-type]
    exchange = Exchange(client, read_request(request, 100), rig.gateway.context)
    forward(exchange)
    return exchange, client


def connected(exchange: Exchange, *, reused: bool = False) -> Side:
    side = Side()
    side.reused = reused
    exchange.connected(side)
    return side


def asked(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: a", *lines]).encode()


def answer(exchange: Exchange, head: bytes) -> None:
    exchange.answered(read_response(head, 100, exchange.method))
