"""Instances that take requests and stay silent, as a frozen process does.

The whole worker on a wire without sockets; `one` and `two` are one upstream, the new side's.
"""

from typing import Any

import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:9"}
  fresh: {urls: ["http://one.test:1", "http://two.test:2"]}
routes:
  - {name: read, match: GET /read, new: fresh, stage: retired, first_byte: 5s}
  - {name: falls, match: GET /falls, new: fresh, stage: new, first_byte: 5s}
  - {name: write, match: "* /write", new: fresh, stage: retired, first_byte: 5s}
"""
SILENT = 1  # the port of the one that is frozen


@pytest.fixture
def rig(make_rig: Any) -> Any:
    return make_rig(ROUTES)


def asked(rig: Any, *ports: int) -> list[Any]:
    """The peers at these ports that wait for an answer now."""
    wanted = ports or (1, 2, 9)
    at = [p for p in rig.wire.dialled if port(p) in wanted]
    return [peer for peer in at if peer.read()]


def port(peer: Any) -> int:
    """Where a peer is reached."""
    return int(peer.transport.get_extra_info("peername")[1])


def send(rig: Any, path: str = "/read", method: str = "GET") -> Any:
    client = rig.client()
    body = "Content-Length: 0\r\n" if method == "POST" else ""
    client.send(f"{method} {path} HTTP/1.1\r\nHost: a\r\n{body}\r\n".encode())
    return client


def answered(rig: Any, times: int, path: str = "/read") -> set[int]:
    """Send so many requests and answer each; the ports that were asked."""
    seen = set()
    for _ in range(times):
        client = send(rig, path)
        (peer,) = asked(rig)
        seen.add(port(peer))
        peer.send(OK)
        assert client.read().startswith(b"HTTP/1.1 200")
    return seen


def frozen(rig: Any, path: str = "/read", method: str = "GET") -> tuple[Any, Any]:
    """A request that the silent one got; the other one is well."""
    while True:
        client = send(rig, path, method)
        (peer,) = asked(rig)
        if port(peer) == SILENT:
            return client, peer
        peer.send(OK)


def test_a_read_that_an_instance_does_not_answer_is_asked_of_another_one(rig: Any) -> None:
    client, _ = frozen(rig)
    rig.later(5.5)
    (peer,) = asked(rig, 2)
    peer.send(OK)
    assert client.read().startswith(b"HTTP/1.1 200")
    counts = rig.counts("read")
    assert (counts["retries"], counts["failures"]) == (1, {})
    assert set(rig.breakers("fresh").values()) == {"closed"}


def test_another_one_comes_before_legacy_and_legacy_after_it(rig: Any) -> None:
    client, _ = frozen(rig, "/falls")
    rig.later(5.5)
    assert len(asked(rig, 2)) == 1
    rig.later(5.5)
    (peer,) = asked(rig)
    assert port(peer) == 9, "both are silent"
    peer.send(OK)
    assert client.read().startswith(b"HTTP/1.1 200")


def test_a_write_that_is_not_answered_is_done_once_and_answered_in_time(rig: Any) -> None:
    client, _ = frozen(rig, "/write", "POST")
    rig.later(5.25)
    assert asked(rig) == [], "nobody else is asked"
    assert client.read().startswith(b"HTTP/1.1 504")
    assert rig.counts("write")["failures"] == {"new.first-byte": 1}
    assert answered(rig, 4) == {2}, "it is known to be silent"


def test_the_silent_one_is_left_out_and_tried_by_one_request_at_a_time(rig: Any) -> None:
    frozen(rig)
    rig.later(5.3)
    (peer,) = asked(rig, 2)
    peer.send(OK)
    assert answered(rig, 4) == {2}
    rig.later(0.6)
    clients = [send(rig) for _ in range(6)]
    tried, others = asked(rig, SILENT), asked(rig, 2)
    assert len(tried) == 1, "one is tried"
    for peer in others:
        peer.send(OK)
    rig.later(5.25)
    for peer in asked(rig, 2):
        peer.send(OK)
    assert all(client.read().startswith(b"HTTP/1.1 200") for client in clients)
    rig.later(0.6)
    assert answered(rig, 4) == {2}, "after the second silence the pause is longer"


@pytest.mark.parametrize("more", [b"", b"Connection: close\r\n"])
def test_one_that_answers_again_is_like_the_others(rig: Any, more: bytes) -> None:
    frozen(rig)
    rig.later(6.2)
    for peer in asked(rig, 2):
        peer.send(OK)
    client = frozen(rig)[0]
    for peer in rig.wire.dialled:
        if not peer.ended and port(peer) == SILENT:
            peer.send(OK.replace(b"Content", more + b"Content", 1))
    assert client.read().startswith(b"HTTP/1.1 200")
    assert answered(rig, 4) == {1, 2}


def test_a_single_instance_is_asked_whatever_it_does(make_rig: Any) -> None:
    rig = make_rig(ROUTES.replace(', "http://two.test:2"', ""))
    client, _ = frozen(rig)
    rig.later(5.5)
    assert client.read().startswith(b"HTTP/1.1 504"), "there is no other one"
    assert answered(rig, 2) == {1}


def test_a_read_whose_fresh_connection_is_cut_is_asked_of_another_one(rig: Any) -> None:
    client, peer = frozen(rig)
    peer.vanish()
    (other,) = asked(rig)
    other.send(OK)
    assert client.read().startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_a_request_whose_kept_connection_is_cut_is_asked_of_another_one(
    rig: Any, method: str
) -> None:
    """A process that is being killed may end its connections while it still accepts new ones."""
    answered(rig, 4)
    path = "/read" if method in ("GET", "HEAD") else "/write"
    client, _other = send(rig, path, method), send(rig)
    first, second = asked(rig)
    assert port(first) != port(second)
    first.vanish()
    (again,) = asked(rig)
    assert port(again) == port(second), "although it is the turn of the first one"
    again.send(OK)
    assert client.read().startswith(b"HTTP/1.1 200")


def test_the_one_that_cut_is_asked_again_where_no_other_one_is_able(rig: Any) -> None:
    frozen(rig)
    rig.later(5.3)
    (peer,) = asked(rig, 2)
    peer.send(OK)
    client = send(rig)
    (peer,) = asked(rig, 2)
    peer.vanish()
    (again,) = asked(rig)
    assert port(again) == 2, "the other one is silent"
    again.send(OK)
    assert client.read().startswith(b"HTTP/1.1 200")


def test_status_says_who_is_left_out(rig: Any) -> None:
    frozen(rig)
    rig.later(5.3)
    instances = rig.gateway.upstreams.live["fresh"].snapshot()["instances"]
    assert instances == {"http://one.test:1": False, "http://two.test:2": True}
