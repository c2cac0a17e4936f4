"""How an exchange ends, fails and is asked again: between a client and sides without protocols."""

import json
from typing import Any

import pytest

from facade.http1.refusal import Refused
from facade.http1.responses import read_response
from facade.proxy.downstream.client import Absent
from facade.proxy.downstream.expectation import PATIENCE_SECONDS
from tests.rigs.facade.wires.half import Memory, Side, answer, asked, connected, started

# a client that leaves


def test_a_keyed_request_goes_on_when_its_client_has_left(rig: Any) -> None:
    exchange, client = started(rig, asked("POST", "/new/a", "Content-Length: 0"))
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
    assert rig.counts("at-new")["requests"]["new"] == 1
    assert rig.gateway.counters.client.aborted == 0


def test_also_when_no_side_is_connected_yet(rig: Any) -> None:
    exchange, _client = started(rig, asked("POST", "/new/a", "Content-Length: 0"))
    exchange.keyed = Memory()
    exchange.cancel()
    assert not exchange.done
    assert connected(exchange).sent.startswith(b"POST /new/a ")


@pytest.mark.parametrize("keyed", [False, True])
def test_one_that_does_not_go_on_is_cancelled_connected_or_not(rig: Any, keyed: bool) -> None:
    for is_connected in (False, True):
        exchange, _client = started(rig, asked("POST", "/new/a", "Content-Length: 0"))
        memory = Memory(goes_on=False)
        exchange.pair = memory
        exchange.keyed = memory if keyed else None
        side = connected(exchange) if is_connected else Side()
        exchange.cancel()
        assert exchange.done
        assert exchange.gave_up
        assert ("abandon" in side.calls) is is_connected
        assert memory.heard == ["live_gone"]
    assert rig.gateway.counters.client.aborted == 2


def test_no_client_gets_100_continue_after_the_end(rig: Any) -> None:
    expects = asked("POST", "/legacy/a", "Expect: 100-continue", "Content-Length: 3")
    exchange, client = started(rig, expects)
    connected(exchange)
    exchange.cancel()
    rig.later(PATIENCE_SECONDS + 1.0)
    assert client.sent == b""


def test_what_a_client_sends_after_the_end_goes_nowhere(rig: Any) -> None:
    exchange, _client = started(rig, asked("POST", "/legacy/a", "Content-Length: 3"))
    side, memory = connected(exchange), Memory(goes_on=False)
    exchange.cancel()
    exchange.pair = memory
    exchange.request_body(
        b"x" * (exchange.request.state.route.max_body + 1)
    )  # also when it is too large
    exchange.request_end([])
    exchange.request_whole(b"xyz")
    assert side.sent.endswith(b"\r\n\r\n")
    assert "sent whole" not in side.calls
    assert memory.heard == []


def test_a_request_without_a_body_has_nothing_to_end(rig: Any) -> None:
    exchange, _client = started(rig, asked("GET", "/legacy/a"))
    connected(exchange)
    exchange.request_body(b"")
    exchange.request_end([])
    exchange.request_whole(b"")
    assert not exchange.done


def test_no_client_gets_100_continue_once_the_answer_has_begun(rig: Any) -> None:
    expects = asked("POST", "/legacy/a", "Expect: 100-continue", "Content-Length: 3")
    exchange, client = started(rig, expects)
    connected(exchange)
    answer(exchange, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2")
    rig.later(PATIENCE_SECONDS + 1.0)
    assert b"100 Continue" not in client.sent


# tunnels


def test_a_switch_that_was_not_asked_for_is_refused(rig: Any) -> None:
    exchange, client = started(rig, asked("GET", "/legacy/a"))
    connected(exchange)
    head = read_response(b"HTTP/1.1 101 Switching Protocols", 100, b"GET")
    with pytest.raises(Refused, match="did not ask for"):
        exchange.switched(head, b"")
    assert client.sent == b""
    assert not exchange.done


def test_a_tunnel_is_logged_and_counted_as_101(rig: Any) -> None:
    log: Any = rig.gateway.context.log
    log.use(10_000)
    upgrade = asked("GET", "/legacy/a", "Connection: Upgrade", "Upgrade: websocket")
    exchange, client = started(rig, upgrade)
    connected(exchange)
    head = read_response(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket", 100, b"GET")
    exchange.switched(head, b"")
    assert exchange.done
    assert client.sent.startswith(b"HTTP/1.1 101 ")
    assert [json.loads(line)["status"] for line in log._lines] == [101]


def test_a_tunnel_holds_its_own_ends_back(rig: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that is full at once must not stop a connection that is a tunnel's by then."""
    upgrade = asked("GET", "/legacy/a", "Connection: Upgrade", "Upgrade: websocket")
    exchange, client = started(rig, upgrade)
    side = connected(exchange)
    monkeypatch.setattr(client, "write", lambda _data: exchange.client_full(True))
    head = read_response(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket", 100, b"GET")
    exchange.switched(head, b"")
    assert "pause" not in side.calls


# pieces of an answer


@pytest.mark.parametrize(
    ("framing", "written", "pieces"),
    [("Content-Length: 3", b"xyz", 2), ("Transfer-Encoding: chunked", b"3\r\nxyz\r\n0\r\n\r\n", 3)],
)
def test_pieces_that_came_together_go_together_and_are_counted_before(
    rig: Any, framing: str, written: bytes, pieces: int
) -> None:
    exchange, client = started(rig, asked("GET", "/legacy/a"))
    side = connected(exchange)
    side.more = True
    answer(exchange, f"HTTP/1.1 200 OK\r\n{framing}".encode())
    exchange.body(b"xyz")
    assert client.sent == b""
    counts, seen = exchange.request.attempt.side.counts, []
    client.writelines = lambda given: seen.append((b"".join(given), len(given), counts.requests))  # type: ignore[method-assign]
    exchange.ended([])
    assert [(data.partition(b"\r\n\r\n")[2], *rest) for data, *rest in seen] == [
        (written, pieces, 1)
    ]
