"""The exchange stands between a Client and a Connection, and knows neither's implementation."""

from typing import Any

import pytest

from facade.http1.requests import read_request
from facade.http1.responses import read_response
from facade.proxy import errors
from facade.proxy.exchange import Exchange
from facade.proxy.pipeline import forward
from tests.rigs.facade.wires.ends import FakeClient, FakeSide
from tests.rigs.facade.wires.wire import FakeTransport
from tests.rigs.house.source import imports, modules

IMPLEMENTATIONS = {
    "facade.proxy.downstream.inbound",
    "facade.proxy.gateway",
    "facade.proxy.upstream.outbound",
}


def begun(rig: Any, request: bytes) -> tuple[Exchange, FakeClient, FakeSide]:
    """An exchange that has sent its request to a side."""
    rig.wire.silent = {1000, 2000}
    client, side = FakeClient(FakeTransport(None, ("a", 1))), FakeSide()  # type: ignore[arg-type]
    exchange = Exchange(client, read_request(request, 100), rig.gateway.context)
    forward(exchange)
    exchange.connected(side)
    return exchange, client, side


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: a".encode()


def answer(exchange: Exchange, head: bytes) -> None:
    exchange.answered(read_response(head, 100, exchange.method))


@pytest.mark.parametrize("name", ["exchange", "fallback", "pipeline", "request", "tunnel"])
def test_no_implementation_of_either_end_is_known(name: str) -> None:
    file = modules()[f"facade.proxy.{name}"]
    assert not imports(file) & IMPLEMENTATIONS


def test_a_request_goes_to_the_side_and_its_answer_to_the_client(rig: Any) -> None:
    exchange, client, side = begun(rig, get("/legacy/a"))
    assert side.sent.startswith(b"GET /legacy/a HTTP/1.1\r\nHost: a\r\n")
    answer(exchange, b"HTTP/1.1 200 OK\r\nContent-Length: 2")
    exchange.body(b"hi")
    exchange.ended([])
    assert client.sent.startswith(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")
    assert client.sent.endswith(b"\r\n\r\nhi")
    assert client.calls == [("done", True)]
    assert rig.counts("at-legacy")["requests"] == {"legacy": 1, "new": 0}


def test_what_is_followed_at_once_is_sent_with_it(rig: Any) -> None:
    exchange, client, side = begun(rig, get("/legacy/a"))
    side.more = True
    answer(exchange, b"HTTP/1.1 200 OK\r\nContent-Length: 2")
    exchange.body(b"hi")
    assert client.sent == b""
    exchange.ended([])
    assert client.sent.endswith(b"\r\n\r\nhi")


def test_another_side_is_another_attempt(rig: Any) -> None:
    exchange, _client, side = begun(rig, get("/new/a"))
    first = exchange.request.attempt
    answer(exchange, b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0")
    second = exchange.request.attempt
    assert side.calls == [("begin", True), ("discard", 503)]
    assert (first.side.name, second.side.name) == ("new", "legacy")
    assert first.first_byte
    assert not second.first_byte
    assert exchange.request.fell_back is not None
    assert exchange.request.fell_back.phase == "status"


def test_a_failure_in_the_middle_breaks_the_answer_off(rig: Any) -> None:
    exchange, client, _side = begun(rig, get("/legacy/a"))
    answer(exchange, b"HTTP/1.1 200 OK\r\nContent-Length: 2")
    exchange.failed(errors.TRUNCATED)
    assert client.calls == ["break off"]
    assert rig.counts("at-legacy")["failures"] == {"legacy.truncated": 1}


def test_a_side_that_fails_is_explained(rig: Any) -> None:
    exchange, client, _side = begun(rig, get("/legacy/a"))
    exchange.failed(errors.FIRST_BYTE)
    assert client.calls == [("explain", 504)]


def test_both_ends_slow_each_other_down(rig: Any) -> None:
    exchange, client, side = begun(rig, get("/legacy/a"))
    exchange.client_full(True)
    exchange.client_full(False)
    assert side.calls == [("begin", True), "pause", "resume"]
    exchange.upstream_full(True)
    assert client.calls == [("peer full", True)]


def test_a_client_that_leaves_is_counted_once(rig: Any) -> None:
    exchange, _client, side = begun(rig, get("/legacy/a"))
    exchange.cancel()
    exchange.cancel()
    assert side.calls[-1] == "abandon"
    assert rig.gateway.counters.client.aborted == 1
