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
def rig(make_rig):
    return make_rig(ROUTES)


def ask(rig, path: str, method: str = "GET"):
    client = rig.client()
    client.send(f"{method} {path} HTTP/1.1\r\nHost: a\r\nX-Mine: 1\r\n\r\n".encode())
    return client


def answer(rig, port: int, data: bytes) -> bytes:
    peers = [p for p in rig.wire.dialled if p.transport.get_extra_info("peername")[1] == port]
    ((peer, sent),) = [(peer, sent) for peer in peers if (sent := peer.read())]
    if data:
        peer.send(data)
    else:
        peer.vanish()
    return sent


def idle(rig) -> bool:
    return not any(peer.read() for peer in rig.wire.dialled)


@pytest.mark.parametrize("legacy", ["refuses", "closes", "503", "nonsense", "breaker"])
def test_where_legacy_cannot_answer_either_the_new_side_does(rig, legacy: str) -> None:
    if legacy == "refuses":
        rig.wire.refuse.add(LEGACY)
    if legacy == "breaker":
        rig.wire.refuse.add(LEGACY)
        ask(rig, "/elsewhere")
        assert rig.breakers("legacy")["read"] == "open"
    client = ask(rig, "/read")
    first = answer(rig, NEW, DECLINED)
    if legacy == "closes":
        answer(rig, LEGACY, b"")
    if legacy == "nonsense":
        answer(rig, LEGACY, b"SSH-2.0\r\n\r\n")
    if legacy == "503":
        answer(rig, LEGACY, b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")
    again = answer(rig, NEW, OLD)
    assert b"Fig-Alone" not in first
    assert again == first[:-2] + b"Fig-Alone: 1\r\n\r\n"
    received = client.read()
    assert received.startswith(b"HTTP/1.1 200")
    assert b"Age: 70\r\n" in received
    assert received.endswith(b"old")


@pytest.mark.parametrize("path", ["/strict", "/last"])
def test_where_legacy_is_never_asked_it_cannot_answer(rig, path: str) -> None:
    client = ask(rig, path)
    answer(rig, NEW, DECLINED)
    assert b"Fig-Alone: 1\r\n" in answer(rig, NEW, OLD)
    assert client.read().endswith(b"old")


def test_where_legacy_answers_that_is_the_answer(rig) -> None:
    client = ask(rig, "/read")
    answer(rig, NEW, DECLINED)
    answer(rig, LEGACY, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnow")
    assert client.read().endswith(b"now")
    assert idle(rig)


def test_a_read_model_that_has_nothing_is_asked_once_more_only(rig) -> None:
    rig.wire.refuse.add(LEGACY)
    client = ask(rig, "/read")
    answer(rig, NEW, DECLINED)
    answer(rig, NEW, DECLINED)
    assert client.read().startswith(b"HTTP/1.1 503")
    assert idle(rig)


def test_a_write_is_never_answered_from_the_past(rig) -> None:
    rig.wire.refuse.add(LEGACY)
    client = ask(rig, "/write", "POST")
    answer(rig, NEW, DECLINED)
    assert idle(rig)
    assert client.read().startswith(b"HTTP/1.1 502")


def test_no_client_can_ask_for_it(rig) -> None:
    client = rig.client()
    client.send(b"GET /read HTTP/1.1\r\nHost: a\r\nFig-Alone: 1\r\n\r\n")
    assert b"Fig-Alone" not in answer(rig, NEW, OLD)


def test_a_failure_that_is_no_decline_asks_nobody_again(rig) -> None:
    rig.wire.refuse.add(LEGACY)
    client = ask(rig, "/read")
    answer(rig, NEW, b"")
    assert idle(rig)
    assert client.read().startswith(b"HTTP/1.1 502")


def test_the_breakers_count_each_side_once(rig) -> None:
    rig.wire.refuse.add(LEGACY)
    ask(rig, "/read")
    answer(rig, NEW, DECLINED)
    answer(rig, NEW, OLD)
    assert rig.breakers("fresh")["read"] == "closed"
    assert rig.counts("read")["requests"] == {"legacy": 0, "new": 1}
    assert rig.counts("read")["failures"] == {"new.declined": 1, "legacy.connect": 1}
