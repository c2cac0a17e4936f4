"""Instances that refuse: another one is asked at once, and we see ourselves whether they are back.

The whole worker on a wire without sockets; `one`, `two` and `three` are one upstream.
"""

import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@pytest.fixture
def door(make_door):
    return make_door(
        "upstreams:\n"
        "  legacy: {urls: ['http://one.test:1', 'http://two.test:2', 'http://three.test:3']}\n"
        "routes: []\n"
    )


def request(method: str, body: bytes = b"") -> bytes:
    return f"{method} /a HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def ports(door) -> list[int]:
    return [peer.transport.get_extra_info("peername")[1] for peer in door.wire.dialled]


def dials(door, monkeypatch) -> list[int]:
    """Every address that is dialled from now on, also those that refuse."""
    seen: list[int] = []
    dial = type(door.wire).__call__

    def noted(wire, protocol, address, seconds, done) -> None:
        seen.append(address.port)
        dial(wire, protocol, address, seconds, done)

    monkeypatch.setattr(type(door.wire), "__call__", noted)
    return seen


@pytest.mark.parametrize("dead", [{1}, {2}, {3}, {1, 2}, {2, 3}, {1, 3}])
@pytest.mark.parametrize("method", METHODS)
def test_no_client_meets_an_instance_that_refuses(door, method: str, dead: set[int]) -> None:
    door.wire.refuse |= dead
    for _ in range(6):
        client = door.client()
        client.send(request(method, b"{}" if method in ("POST", "PUT", "PATCH") else b""))
        ((asked, head),) = [(peer, got) for peer in door.wire.dialled if (got := peer.read())]
        assert head.startswith(method.encode())
        asked.send(OK)
        assert client.read().startswith(b"HTTP/1.1 200")
    assert not set(ports(door)) & dead
    assert door.counts("(unmatched)")["failures"] == {}
    assert set(door.breakers("legacy").values()) == {"closed"}


def test_one_that_cannot_be_reached_in_time_got_nothing_either(door) -> None:
    door.wire.silent.add(2)
    clients = [door.client() for _ in range(3)]
    for client in clients:
        client.send(request("POST", b'{"a": 1}'))
    door.wire.waiting.pop()(TimeoutError())
    assert len(ports(door)) == 3
    assert b"".join(peer.read() for peer in door.wire.dialled).count(b'{"a": 1}') == 3


def test_a_body_larger_than_what_is_kept_goes_whole_to_the_next_one(door) -> None:
    door.wire.refuse |= {1, 2}
    body = b"x" * 50_000
    door.client().send(request("POST", body))
    (asked,) = door.wire.dialled
    assert asked.read().endswith(body)


def test_each_is_asked_once_and_then_the_client_is_told(door, monkeypatch) -> None:
    door.wire.refuse |= {1, 2, 3}
    seen = dials(door, monkeypatch)
    client = door.client()
    client.send(request("POST"))
    assert client.read().startswith(b"HTTP/1.1 502")
    assert sorted(seen) == [1, 2, 3]
    assert door.counts("(unmatched)")["failures"] == {"legacy.connect": 1}


def test_a_client_that_left_meanwhile_is_sent_nowhere(door, monkeypatch) -> None:
    door.wire.silent |= {1, 2, 3}
    seen = dials(door, monkeypatch)
    client = door.client()
    client.send(request("POST"))
    client.vanish()
    door.wire.waiting.pop()(TimeoutError())
    assert len(seen) == 1


def test_an_answer_that_breaks_off_is_asked_nowhere_else(door) -> None:
    client = door.client()
    client.send(request("POST"))
    (asked,) = door.wire.dialled
    asked.vanish()
    assert client.read().startswith(b"HTTP/1.1 502")
    assert len(door.wire.dialled) == 1


def test_only_our_own_connections_try_an_address_that_is_away(door, monkeypatch) -> None:
    door.wire.refuse.add(1)
    for _ in range(3):
        door.client().send(request("GET"))
    seen = dials(door, monkeypatch)
    door.later(0.75)
    assert seen == [1], "half a second later it is asked again, without a client"
    for _ in range(12):
        door.client().send(request("GET"))
    assert seen.count(1) == 1
    door.later(30.0)
    assert 3 <= seen.count(1) <= 8, "the pause grows to ten seconds"


def test_an_address_that_is_back_serves_the_next_clients(door) -> None:
    door.wire.refuse.add(1)
    for _ in range(3):
        door.client().send(request("GET"))
    assert door.gateway.snapshot()["upstreams"]["legacy"]["instances"]["http://one.test:1"] is False
    door.wire.refuse.clear()
    door.later(1.0)
    assert door.gateway.snapshot()["upstreams"]["legacy"]["instances"]["http://one.test:1"] is True
    probe = next(
        peer for peer, port in zip(door.wire.dialled, ports(door), strict=True) if port == 1
    )
    for _ in range(3):
        door.client().send(request("GET"))
    assert probe.read().startswith(b"GET"), "the connection of the probe is used"
    assert ports(door).count(1) == 1


def test_many_refused_at_once_are_one_refusal(door, monkeypatch) -> None:
    door.wire.silent.add(1)
    for _ in range(30):
        door.client().send(request("GET"))
    waiting, door.wire.waiting = door.wire.waiting, []
    assert len(waiting) == 10
    for done in waiting:
        done(TimeoutError())
    seen = dials(door, monkeypatch)
    door.later(0.75)
    assert seen == [1], "the pause is the first one, not ten times doubled"


def test_a_single_address_is_asked_by_us_where_no_request_comes(make_door, monkeypatch) -> None:
    door = make_door('upstreams: {legacy: {url: "http://one.test:1"}}\nroutes: []\n')
    door.wire.refuse.add(1)
    door.client().send(request("GET"))
    seen = dials(door, monkeypatch)
    door.later(5.0)
    assert seen == [], "requests ask it first"
    door.wire.refuse.clear()
    door.later(10.0)
    assert seen == [1]
    assert door.gateway.snapshot()["upstreams"]["legacy"]["instances"]["http://one.test:1"] is True
