"""A read that the new side declines and legacy cannot answer: the new side answers all the same."""

import pytest

LEGACY, NEW = 1000, 2000
ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000", breaker: {minimum_calls: 1}}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: read, match: "GET /read", new: fresh, stage: new}
  - {name: write, match: "POST /write", new: fresh, stage: new}
  - {name: strict, match: "GET /strict", new: fresh, stage: new, fallback: false}
  - {name: last, match: "GET /last", new: fresh, stage: retired}
"""
DECLINED = b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
OLD = b"HTTP/1.1 200 OK\r\nAge: 70\r\nContent-Length: 3\r\n\r\nold"


@pytest.fixture
def door(make_door):
    return make_door(ROUTES)


def ask(door, path: str, method: str = "GET"):
    client = door.client()
    client.send(f"{method} {path} HTTP/1.1\r\nHost: a\r\nX-Mine: 1\r\n\r\n".encode())
    return client


def answer(door, port: int, data: bytes) -> bytes:
    peers = [p for p in door.wire.dialled if p.transport.get_extra_info("peername")[1] == port]
    ((peer, sent),) = [(peer, sent) for peer in peers if (sent := peer.read())]
    if data:
        peer.send(data)
    else:
        peer.vanish()
    return sent


def idle(door) -> bool:
    return not any(peer.read() for peer in door.wire.dialled)


@pytest.mark.parametrize("legacy", ["refuses", "closes", "503", "nonsense", "breaker"])
def test_where_legacy_cannot_answer_either_the_new_side_does(door, legacy: str) -> None:
    if legacy == "refuses":
        door.wire.refuse.add(LEGACY)
    if legacy == "breaker":
        door.wire.refuse.add(LEGACY)
        ask(door, "/elsewhere")
        assert door.breakers("legacy")["read"] == "open"
    client = ask(door, "/read")
    first = answer(door, NEW, DECLINED)
    if legacy == "closes":
        answer(door, LEGACY, b"")
    if legacy == "nonsense":
        answer(door, LEGACY, b"SSH-2.0\r\n\r\n")
    if legacy == "503":
        answer(door, LEGACY, b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")
    again = answer(door, NEW, OLD)
    assert b"Fig-Alone" not in first
    assert again == first[:-2] + b"Fig-Alone: 1\r\n\r\n"
    told = client.read()
    assert told.startswith(b"HTTP/1.1 200")
    assert b"Age: 70\r\n" in told
    assert told.endswith(b"old")


@pytest.mark.parametrize("path", ["/strict", "/last"])
def test_where_legacy_is_never_asked_it_cannot_answer(door, path: str) -> None:
    client = ask(door, path)
    answer(door, NEW, DECLINED)
    assert b"Fig-Alone: 1\r\n" in answer(door, NEW, OLD)
    assert client.read().endswith(b"old")


def test_where_legacy_answers_that_is_the_answer(door) -> None:
    client = ask(door, "/read")
    answer(door, NEW, DECLINED)
    answer(door, LEGACY, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnow")
    assert client.read().endswith(b"now")
    assert idle(door)


def test_a_read_model_that_has_nothing_is_asked_once_more_only(door) -> None:
    door.wire.refuse.add(LEGACY)
    client = ask(door, "/read")
    answer(door, NEW, DECLINED)
    answer(door, NEW, DECLINED)
    assert client.read().startswith(b"HTTP/1.1 503")
    assert idle(door)


def test_a_write_is_never_answered_from_the_past(door) -> None:
    door.wire.refuse.add(LEGACY)
    client = ask(door, "/write", "POST")
    answer(door, NEW, DECLINED)
    assert idle(door)
    assert client.read().startswith(b"HTTP/1.1 502")


def test_no_client_can_ask_for_it(door) -> None:
    client = door.client()
    client.send(b"GET /read HTTP/1.1\r\nHost: a\r\nFig-Alone: 1\r\n\r\n")
    assert b"Fig-Alone" not in answer(door, NEW, OLD)


def test_a_failure_that_is_no_decline_asks_nobody_again(door) -> None:
    door.wire.refuse.add(LEGACY)
    client = ask(door, "/read")
    answer(door, NEW, b"")
    assert idle(door)
    assert client.read().startswith(b"HTTP/1.1 502")


def test_the_breakers_are_told_of_each_side_once(door) -> None:
    door.wire.refuse.add(LEGACY)
    ask(door, "/read")
    answer(door, NEW, DECLINED)
    answer(door, NEW, OLD)
    assert door.breakers("fresh")["read"] == "closed"
    assert door.counts("read")["requests"] == {"legacy": 0, "new": 1}
    assert door.counts("read")["failures"] == {"new.declined": 1, "legacy.connect": 1}
