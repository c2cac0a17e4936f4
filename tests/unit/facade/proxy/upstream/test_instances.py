"""Instances that refuse: another one is asked at once, and we see ourselves whether they are back.

The whole worker on a wire without sockets; `one`, `two` and `three` are one upstream.
"""

import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@pytest.fixture
def rig(make_rig):
    return make_rig(
        "upstreams:\n"
        "  legacy: {urls: ['http://one.test:1', 'http://two.test:2', 'http://three.test:3']}\n"
        "routes: []\n"
    )


def request(method: str, body: bytes = b"") -> bytes:
    return f"{method} /a HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def ports(rig) -> list[int]:
    return [peer.transport.get_extra_info("peername")[1] for peer in rig.wire.dialled]


def dials(rig, monkeypatch) -> list[int]:
    """Every address that is dialled from now on, also those that refuse."""
    seen: list[int] = []
    dial = type(rig.wire).__call__

    def noted(wire, protocol, address, seconds, done) -> None:
        seen.append(address.port)
        dial(wire, protocol, address, seconds, done)

    monkeypatch.setattr(type(rig.wire), "__call__", noted)
    return seen


@pytest.mark.parametrize("dead", [{1}, {2}, {3}, {1, 2}, {2, 3}, {1, 3}])
@pytest.mark.parametrize("method", METHODS)
def test_no_client_meets_an_instance_that_refuses(rig, method: str, dead: set[int]) -> None:
    rig.wire.refuse |= dead
    for _ in range(6):
        client = rig.client()
        client.send(request(method, b"{}" if method in ("POST", "PUT", "PATCH") else b""))
        ((asked, head),) = [(peer, got) for peer in rig.wire.dialled if (got := peer.read())]
        assert head.startswith(method.encode())
        asked.send(OK)
        assert client.read().startswith(b"HTTP/1.1 200")
    assert not set(ports(rig)) & dead
    assert rig.counts("(unmatched)")["failures"] == {}
    assert set(rig.breakers("legacy").values()) == {"closed"}


def test_one_that_cannot_be_reached_in_time_got_nothing_either(rig) -> None:
    rig.wire.silent.add(2)
    clients = [rig.client() for _ in range(3)]
    for client in clients:
        client.send(request("POST", b'{"a": 1}'))
    rig.wire.time_out()
    assert len(ports(rig)) == 3
    assert b"".join(peer.read() for peer in rig.wire.dialled).count(b'{"a": 1}') == 3


def test_a_body_larger_than_what_is_kept_goes_whole_to_the_next_one(rig) -> None:
    rig.wire.refuse |= {1, 2}
    body = b"x" * 50_000
    rig.client().send(request("POST", body))
    (asked,) = rig.wire.dialled
    assert asked.read().endswith(body)


def test_each_is_asked_once_and_then_the_client_gets_the_error(rig, monkeypatch) -> None:
    rig.wire.refuse |= {1, 2, 3}
    seen = dials(rig, monkeypatch)
    client = rig.client()
    client.send(request("POST"))
    assert client.read().startswith(b"HTTP/1.1 502")
    assert sorted(seen) == [1, 2, 3]
    assert rig.counts("(unmatched)")["failures"] == {"legacy.connect": 1}


def test_a_client_that_left_meanwhile_is_sent_nowhere(rig, monkeypatch) -> None:
    rig.wire.silent |= {1, 2, 3}
    seen = dials(rig, monkeypatch)
    client = rig.client()
    client.send(request("POST"))
    client.vanish()
    rig.wire.time_out()
    assert len(seen) == 1


def test_an_answer_that_breaks_off_is_asked_nowhere_else(rig) -> None:
    client = rig.client()
    client.send(request("POST"))
    (asked,) = rig.wire.dialled
    asked.vanish()
    assert client.read().startswith(b"HTTP/1.1 502")
    assert len(rig.wire.dialled) == 1


def test_only_our_own_connections_try_an_address_that_is_away(rig, monkeypatch) -> None:
    rig.wire.refuse.add(1)
    for _ in range(3):
        rig.client().send(request("GET"))
    seen = dials(rig, monkeypatch)
    rig.later(0.75)
    assert seen == [1], "half a second later it is asked again, without a client"
    for _ in range(12):
        rig.client().send(request("GET"))
    assert seen.count(1) == 1
    rig.later(30.0)
    assert 3 <= seen.count(1) <= 8, "the pause grows to ten seconds"


def test_an_address_that_is_back_serves_the_next_clients(rig) -> None:
    rig.wire.refuse.add(1)
    for _ in range(3):
        rig.client().send(request("GET"))
    assert rig.gateway.snapshot()["upstreams"]["legacy"]["instances"]["http://one.test:1"] is False
    rig.wire.refuse.clear()
    rig.later(1.0)
    assert rig.gateway.snapshot()["upstreams"]["legacy"]["instances"]["http://one.test:1"] is True
    probe = next(peer for peer, port in zip(rig.wire.dialled, ports(rig), strict=True) if port == 1)
    for _ in range(3):
        rig.client().send(request("GET"))
    assert probe.read().startswith(b"GET"), "the connection of the probe is used"
    assert ports(rig).count(1) == 1


def test_many_refused_at_once_are_one_refusal(rig, monkeypatch) -> None:
    rig.wire.silent.add(1)
    for _ in range(30):
        rig.client().send(request("GET"))
    waiting, rig.wire.waiting = rig.wire.waiting, []
    assert len(waiting) == 10
    for done in waiting:
        done(TimeoutError())
    seen = dials(rig, monkeypatch)
    rig.later(0.75)
    assert seen == [1], "the pause is the first one, not ten times doubled"


def test_a_single_address_is_asked_by_us_where_no_request_comes(make_rig, monkeypatch) -> None:
    rig = make_rig('upstreams: {legacy: {url: "http://one.test:1"}}\nroutes: []\n')
    rig.wire.refuse.add(1)
    rig.client().send(request("GET"))
    seen = dials(rig, monkeypatch)
    rig.later(5.0)
    assert seen == [], "requests ask it first"
    rig.wire.refuse.clear()
    rig.later(10.0)
    assert seen == [1]
    assert rig.gateway.snapshot()["upstreams"]["legacy"]["instances"]["http://one.test:1"] is True
