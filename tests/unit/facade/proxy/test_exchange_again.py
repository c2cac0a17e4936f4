"""An exchange that is sent again or turned to the other side, and what is counted of it."""

from typing import Any

import pytest

from chassis.breaker.circuit import Outcome
from facade.proxy import errors
from facade.proxy import exchange as exchange_module
from facade.proxy.counting import accesslog
from facade.proxy.counting.sides import SideCounts
from facade.proxy.downstream.expectation import PATIENCE_SECONDS
from facade.proxy.upstream.instances import ANY, FRESH, NEW
from tests.rigs.facade.wires.half import DECLINED, Memory, answer, asked, connected, started


class Wanted:
    """In place of an upstream: notes how long the connection that it is to give may have idled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.idle_at_most: list[float] = []

    def of(self, side: Any) -> "Wanted":
        self._patch.setattr(
            type(side.upstream),
            "connect",
            lambda _self, _caller, idle_at_most, _failed=None: self.idle_at_most.append(
                idle_at_most
            ),
        )
        return self


@pytest.mark.python_build
def test_a_stale_connection_is_replaced_once_by_a_new_one(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, client = started(rig, asked("GET", "/legacy/a"))
    wanted = Wanted(monkeypatch).of(exchange.request.attempt.side)
    connected(exchange, reused=True)
    exchange.failed(errors.CLOSED)
    assert wanted.idle_at_most == [NEW]
    assert client.calls == []
    assert rig.counts("at-legacy")["failures"] == {}
    connected(exchange, reused=True)
    exchange.failed(errors.CLOSED)
    assert client.calls == [("explain", 502)]
    assert rig.counts("at-legacy")["retries"] == 1
    assert rig.counts("at-legacy")["failures"] == {"legacy.closed": 1}


@pytest.mark.parametrize(
    ("method", "reused", "failure"),
    [
        ("POST", True, errors.CLOSED),  # it may have had its effect
        ("GET", False, errors.CLOSED),  # not stale
        ("GET", True, errors.FIRST_BYTE),
    ],
)
def test_nothing_else_is_sent_again(
    rig: Any, method: str, reused: bool, failure: errors.Failure
) -> None:
    exchange, client = started(rig, asked(method, "/legacy/a", "Content-Length: 0"))
    connected(exchange, reused=reused)
    exchange.failed(failure)
    assert client.calls == [("explain", failure.status)]
    assert rig.counts("at-legacy")["retries"] == 0


def test_what_comes_between_two_connections_waits_for_the_second(rig: Any) -> None:
    exchange, _client = started(rig, asked("PUT", "/legacy/a", "Content-Length: 6"))
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
    rig: Any, monkeypatch: pytest.MonkeyPatch, method: str, idle_at_most: float
) -> None:
    exchange, _client = started(rig, asked(method, "/new/a"))
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
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, _client = started(rig, asked("GET", "/new/a"))
    connected(exchange)
    answer(exchange, DECLINED)
    connected(exchange)
    wanted = Wanted(monkeypatch).of(exchange.request.state.new)
    exchange.failed(errors.CLOSED)
    assert exchange.request.attempt.side is exchange.request.state.new
    assert wanted.idle_at_most == [ANY]


def test_after_its_end_a_failure_is_nothing(rig: Any) -> None:
    exchange, client = started(rig, asked("GET", "/legacy/a"))
    connected(exchange)
    exchange.cancel()
    exchange.failed(errors.CLOSED)
    assert client.calls == []
    assert rig.counts("at-legacy")["failures"] == {}


def test_the_lowest_status_that_may_be_trouble_can_turn_it_to_legacy(make_rig: Any) -> None:
    rig = make_rig(
        'upstreams: {legacy: {url: "http://l.test:1000"}, fresh: {url: "http://n.test:2000"}}\n'
        "routes: [{name: r, match: GET /r, new: fresh, stage: new, fallback: {on: [400]}}]\n"
    )
    exchange, client = started(rig, asked("GET", "/r"))
    side = connected(exchange)
    answer(exchange, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0")
    assert side.calls[-1] == ("discard", 400)
    assert exchange.request.attempt.side is exchange.request.state.legacy
    assert client.sent == b""


# what is counted and logged


def served(rig: Any, started_at: float | None = None) -> None:
    exchange, _client = started(rig, asked("GET", "/legacy/a"))
    if started_at is not None:
        exchange.request.started = started_at
    connected(exchange)
    answer(exchange, b"HTTP/1.1 200 OK\r\nContent-Length: 0")
    exchange.ended([])


def test_how_long_it_took_is_counted_from_its_beginning(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_module, "perf_counter", lambda: 107.0)
    served(rig, 100.0)
    counted = rig.counts("at-legacy")["latency"]["legacy"]
    expected = SideCounts()
    expected.answered(200, 7.0)
    assert counted == expected.latency


@pytest.mark.parametrize(("share", "drawn"), [(0, True), (5_000, False), (5_000, True)])
def test_only_the_share_that_is_wanted_is_logged(
    rig: Any, monkeypatch: pytest.MonkeyPatch, share: int, drawn: bool
) -> None:
    log: Any = rig.gateway.context.log
    log.use(share)
    monkeypatch.setattr(accesslog, "random", lambda: 0.0 if drawn else 0.9)
    served(rig)
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
def test_a_request_that_is_spared_gives_its_permit_back_unused(rig: Any) -> None:
    expects = asked("POST", "/legacy/a", "Expect: 100-continue", "Content-Length: 3")
    exchange, client = started(rig, expects)
    connected(exchange)
    attempt, breaker = exchange.request.attempt, Breaker()
    attempt.side.breaker = breaker  # type: ignore[assignment]
    exchange.spare()
    now = rig.gateway.context.deadlines.now
    assert breaker.back == [(attempt.permit, Outcome.CANCELLED, now, 0.0)]
    assert exchange.done
    rig.later(PATIENCE_SECONDS + 1.0)
    assert client.sent == b""
    assert rig.counts("at-legacy")["requests"] == {"legacy": 0, "new": 0}
