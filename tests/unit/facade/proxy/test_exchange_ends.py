"""How an exchange ends, fails and is asked anew: between a client and sides without protocols."""

import json
from typing import Any

import pytest

from chassis.breaker.circuit import Outcome
from facade.http1.refusal import Refused
from facade.http1.requests import read_request
from facade.http1.responses import read_response
from facade.proxy import errors
from facade.proxy import exchange as exchange_module
from facade.proxy.counting import accesslog
from facade.proxy.counting.sides import SideCounts
from facade.proxy.downstream.client import Absent
from facade.proxy.downstream.expectation import PATIENCE_SECONDS
from facade.proxy.exchange import MOST_JOINED, Exchange
from facade.proxy.pipeline import forward
from facade.proxy.upstream.instances import ANY, FRESH, NEW
from tests.rigs.facade.ends import FakeClient, FakeSide
from tests.rigs.facade.wire import FakeTransport

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


def started(door: Any, request: bytes) -> tuple[Exchange, Client]:
    """An exchange whose upstreams never connect by themselves."""
    door.wire.silent = {1000, 2000}
    client = Client(FakeTransport(None, ("a", 1)))  # type: ignore[arg-type]
    exchange = Exchange(client, read_request(request, 100), door.gateway.context)
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


# a client that leaves


def test_a_keyed_request_goes_on_when_its_client_has_left(door: Any) -> None:
    exchange, client = started(door, asked("POST", "/new/a", "Content-Length: 0"))
    exchange.keyed = Memory()
    side = connected(exchange)
    exchange.client_full(True)
    exchange.cancel()
    assert side.calls[-2:] == ["pause", "resume"]  # nobody else would take the answer
    assert isinstance(exchange.client, Absent)
    assert not exchange.done
    answer(exchange, b"HTTP/1.1 201 Created\r\nContent-Length: 2")
    exchange.body(b"ok")
    exchange.ended([])
    assert (client.sent, client.calls) == (b"", [])
    assert door.counts("at-new")["requests"]["new"] == 1
    assert door.gateway.counters.client.aborted == 0


def test_also_when_no_side_is_connected_yet(door: Any) -> None:
    exchange, _client = started(door, asked("POST", "/new/a", "Content-Length: 0"))
    exchange.keyed = Memory()
    exchange.cancel()
    assert not exchange.done
    assert connected(exchange).sent.startswith(b"POST /new/a ")


@pytest.mark.parametrize("keyed", [False, True])
def test_one_that_does_not_go_on_is_cancelled_connected_or_not(door: Any, keyed: bool) -> None:
    for is_connected in (False, True):
        exchange, _client = started(door, asked("POST", "/new/a", "Content-Length: 0"))
        memory = Memory(goes_on=False)
        exchange.pair = memory
        exchange.keyed = memory if keyed else None
        side = connected(exchange) if is_connected else Side()
        exchange.cancel()
        assert exchange.done
        assert exchange.gave_up
        assert ("abandon" in side.calls) is is_connected
        assert memory.heard == ["live_gone"]
    assert door.gateway.counters.client.aborted == 2


def test_nobody_is_told_to_go_on_after_the_end(door: Any) -> None:
    expects = asked("POST", "/legacy/a", "Expect: 100-continue", "Content-Length: 3")
    exchange, client = started(door, expects)
    connected(exchange)
    exchange.cancel()
    door.later(PATIENCE_SECONDS + 1.0)
    assert client.sent == b""


def test_what_a_client_sends_after_the_end_goes_nowhere(door: Any) -> None:
    exchange, _client = started(door, asked("POST", "/legacy/a", "Content-Length: 3"))
    side, memory = connected(exchange), Memory(goes_on=False)
    exchange.cancel()
    exchange.pair = memory
    exchange.request_body(
        b"x" * (exchange.request.state.route.max_body + 1)
    )  # also when it is too large
    exchange.request_end([])
    assert side.sent.endswith(b"\r\n\r\n")
    assert "sent whole" not in side.calls
    assert memory.heard == []


def test_a_request_without_a_body_has_nothing_to_end(door: Any) -> None:
    exchange, _client = started(door, asked("GET", "/legacy/a"))
    connected(exchange)
    exchange.request_body(b"")
    exchange.request_end([])
    assert not exchange.done


def test_nobody_is_told_to_go_on_once_the_answer_has_begun(door: Any) -> None:
    expects = asked("POST", "/legacy/a", "Expect: 100-continue", "Content-Length: 3")
    exchange, client = started(door, expects)
    connected(exchange)
    answer(exchange, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2")
    door.later(PATIENCE_SECONDS + 1.0)
    assert b"100 Continue" not in client.sent


# tunnels


def test_a_switch_that_was_not_asked_for_is_refused(door: Any) -> None:
    exchange, client = started(door, asked("GET", "/legacy/a"))
    connected(exchange)
    head = read_response(b"HTTP/1.1 101 Switching Protocols", 100, b"GET")
    with pytest.raises(Refused, match="did not ask for"):
        exchange.switched(head, b"")
    assert client.sent == b""
    assert not exchange.done


def test_a_tunnel_is_logged_and_counted_as_101(door: Any) -> None:
    log: Any = door.gateway.context.log
    log.use(10_000)
    upgrade = asked("GET", "/legacy/a", "Connection: Upgrade", "Upgrade: websocket")
    exchange, client = started(door, upgrade)
    connected(exchange)
    head = read_response(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket", 100, b"GET")
    exchange.switched(head, b"")
    assert exchange.done
    assert client.sent.startswith(b"HTTP/1.1 101 ")
    assert [json.loads(line)["status"] for line in log._lines] == [101]


def test_a_tunnel_holds_its_own_ends_back(door: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that is full at once must not stop a connection that is a tunnel's by then."""
    upgrade = asked("GET", "/legacy/a", "Connection: Upgrade", "Upgrade: websocket")
    exchange, client = started(door, upgrade)
    side = connected(exchange)
    monkeypatch.setattr(client, "write", lambda _data: exchange.client_full(True))
    head = read_response(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket", 100, b"GET")
    exchange.switched(head, b"")
    assert "pause" not in side.calls


# pieces of an answer


@pytest.mark.parametrize(("size", "apart"), [(100, False), (MOST_JOINED, True)])
def test_large_pieces_are_not_copied_together(door: Any, size: int, apart: bool) -> None:
    exchange, client = started(door, asked("GET", "/legacy/a"))
    side = connected(exchange)
    side.more = True
    answer(exchange, b"HTTP/1.1 200 OK\r\nContent-Length: %d" % size)
    exchange.body(b"x" * size)
    exchange.ended([])
    assert client.sent.endswith(b"\r\n\r\n" + b"x" * size)
    assert client.calls[:-1] == ([("pieces", 2)] if apart else [])


# failures


class Wanted:
    """In place of an upstream: notes how long the connection that it is to give may have idled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.idle_at_most: list[float] = []

    def of(self, side: Any) -> "Wanted":
        self._patch.setattr(
            type(side.upstream),
            "connect",
            lambda _self, _caller, idle_at_most: self.idle_at_most.append(idle_at_most),
        )
        return self


@pytest.mark.python_build
def test_a_stale_connection_is_replaced_once_by_a_new_one(
    door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, client = started(door, asked("GET", "/legacy/a"))
    wanted = Wanted(monkeypatch).of(exchange.request.attempt.side)
    connected(exchange, reused=True)
    exchange.failed(errors.CLOSED)
    assert wanted.idle_at_most == [NEW]
    assert client.calls == []
    assert door.counts("at-legacy")["failures"] == {}
    connected(exchange, reused=True)
    exchange.failed(errors.CLOSED)
    assert client.calls == [("explain", 502)]
    assert door.counts("at-legacy")["retries"] == 1
    assert door.counts("at-legacy")["failures"] == {"legacy.closed": 1}


@pytest.mark.parametrize(
    ("method", "reused", "failure"),
    [
        ("POST", True, errors.CLOSED),  # it may have had its effect
        ("GET", False, errors.CLOSED),  # not stale
        ("GET", True, errors.FIRST_BYTE),
    ],
)
def test_nothing_else_is_sent_again(
    door: Any, method: str, reused: bool, failure: errors.Failure
) -> None:
    exchange, client = started(door, asked(method, "/legacy/a", "Content-Length: 0"))
    connected(exchange, reused=reused)
    exchange.failed(failure)
    assert client.calls == [("explain", failure.status)]
    assert door.counts("at-legacy")["retries"] == 0


def test_what_comes_between_two_connections_waits_for_the_second(door: Any) -> None:
    exchange, _client = started(door, asked("PUT", "/legacy/a", "Content-Length: 6"))
    first = connected(exchange, reused=True)
    exchange.request_body(b"abc")
    exchange.failed(errors.CLOSED)
    exchange.request_body(b"def")
    exchange.request_end([])
    second = connected(exchange)
    assert first.sent.endswith(b"\r\n\r\nabc")
    assert second.sent.endswith(b"\r\n\r\nabcdef")


@pytest.mark.python_build
@pytest.mark.parametrize(("method", "idle_at_most"), [("GET", ANY), ("POST", FRESH)])
def test_in_place_of_the_new_side_legacy_gets_a_write_on_a_fresh_connection_only(
    door: Any, monkeypatch: pytest.MonkeyPatch, method: str, idle_at_most: float
) -> None:
    exchange, _client = started(door, asked(method, "/new/a"))
    memory = Memory()
    exchange.pair = exchange.keyed = memory
    side = connected(exchange)
    wanted = Wanted(monkeypatch).of(exchange.request.state.legacy)
    answer(exchange, DECLINED)
    assert side.calls[-1] == ("discard", 503)
    assert exchange.request.attempt.side is exchange.request.state.legacy
    assert wanted.idle_at_most == [idle_at_most]
    assert memory.heard == ["live_failed", "attempt_failed", "turned"]


@pytest.mark.python_build
def test_back_at_the_new_side_any_connection_will_do(
    door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, _client = started(door, asked("GET", "/new/a"))
    connected(exchange)
    answer(exchange, DECLINED)
    connected(exchange)
    wanted = Wanted(monkeypatch).of(exchange.request.state.new)
    exchange.failed(errors.CLOSED)
    assert exchange.request.attempt.side is exchange.request.state.new
    assert wanted.idle_at_most == [ANY]


def test_after_its_end_a_failure_is_nothing(door: Any) -> None:
    exchange, client = started(door, asked("GET", "/legacy/a"))
    connected(exchange)
    exchange.cancel()
    exchange.failed(errors.CLOSED)
    assert client.calls == []
    assert door.counts("at-legacy")["failures"] == {}


def test_the_lowest_status_that_may_be_trouble_can_turn_it_to_legacy(make_door: Any) -> None:
    door = make_door(
        'upstreams: {legacy: {url: "http://l.test:1000"}, fresh: {url: "http://n.test:2000"}}\n'
        "routes: [{name: r, match: GET /r, new: fresh, stage: new, fallback: {on: [400]}}]\n"
    )
    exchange, client = started(door, asked("GET", "/r"))
    side = connected(exchange)
    answer(exchange, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0")
    assert side.calls[-1] == ("discard", 400)
    assert exchange.request.attempt.side is exchange.request.state.legacy
    assert client.sent == b""


# what is counted and logged


def served(door: Any, started_at: float | None = None) -> None:
    exchange, _client = started(door, asked("GET", "/legacy/a"))
    if started_at is not None:
        exchange.request.started = started_at
    connected(exchange)
    answer(exchange, b"HTTP/1.1 200 OK\r\nContent-Length: 0")
    exchange.ended([])


def test_how_long_it_took_is_counted_from_its_beginning(
    door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_module, "perf_counter", lambda: 107.0)
    served(door, 100.0)
    counted = door.counts("at-legacy")["latency"]["legacy"]
    expected = SideCounts()
    expected.answered(200, 7.0)
    assert counted == expected.latency


@pytest.mark.parametrize(("share", "drawn"), [(0, True), (5_000, False), (5_000, True)])
def test_only_the_share_that_is_wanted_is_logged(
    door: Any, monkeypatch: pytest.MonkeyPatch, share: int, drawn: bool
) -> None:
    log: Any = door.gateway.context.log
    log.use(share)
    monkeypatch.setattr(accesslog, "random", lambda: 0.0 if drawn else 0.9)
    served(door)
    assert len(log._lines) == (share > 0 and drawn)


# answered without a side


class Breaker:
    """Notes which permits come back, and how."""

    state = None

    def __init__(self) -> None:
        self.back: list[tuple[Any, ...]] = []

    def release(self, *given: Any) -> None:
        self.back.append(given)


@pytest.mark.python_build
def test_a_request_that_is_spared_gives_its_permit_back_unused(door: Any) -> None:
    expects = asked("POST", "/legacy/a", "Expect: 100-continue", "Content-Length: 3")
    exchange, client = started(door, expects)
    connected(exchange)
    attempt, breaker = exchange.request.attempt, Breaker()
    attempt.side.breaker = breaker  # type: ignore[assignment]
    exchange.spare()
    now = door.gateway.context.deadlines.now
    assert breaker.back == [(attempt.permit, Outcome.CANCELLED, now, 0.0)]
    assert exchange.done
    door.later(PATIENCE_SECONDS + 1.0)
    assert client.sent == b""
    assert door.counts("at-legacy")["requests"] == {"legacy": 0, "new": 0}
