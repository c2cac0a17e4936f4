"""How often a request is sent, to whom, and what each side receives."""

from time import perf_counter

import pytest

from facade.proxy import exchange

LEGACY, NEW = 1000, 2000
ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000", connections: 2}
  fresh:  {url: "http://new.test:2000", breaker: {minimum_calls: 1, slow_call: 1s}}
routes:
  - {name: old, match: "* /old", stage: legacy}
  - {name: read, match: "GET /read", new: fresh, stage: new, timeout: 2s}
  - {name: write, match: "PUT /write", new: fresh, stage: new}
"""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
DECLINED = b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def rig(make_rig):
    return make_rig(ROUTES)


def get(path: str, *headers: str, version: str = "1.1") -> bytes:
    lines = [f"GET {path} HTTP/{version}", "Host: a", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def dialled(rig, port: int) -> list:
    return [p for p in rig.wire.dialled if p.transport.get_extra_info("peername")[1] == port]


# once more, and no more


def test_a_retry_that_waits_and_is_given_a_used_connection_is_the_last(rig) -> None:
    """The place of the stale connection is taken by one that waited before it."""
    clients = [rig.client() for _ in range(3)]
    for client in clients[:2]:  # two warm connections
        client.send(get("/old"))
    for peer in rig.wire.dialled:
        peer.read()
        peer.send(OK)
    for client in clients[:2]:
        client.read()
        client.send(get("/old"))
    clients[2].send(get("/old"))  # waits for a connection
    first, second = rig.wire.dialled
    first.vanish()  # its request waits behind the third; a new connection is the third's
    third = rig.wire.dialled[2]
    assert third.read()
    second.read()
    second.send(OK)  # and this used one is for the request that is sent again
    assert second.read().startswith(b"GET /old")
    second.vanish()
    assert len(rig.wire.dialled) == 3
    answers = [client.read()[:12] for client in clients]
    assert sorted(answers) == [b"", b"HTTP/1.1 200", b"HTTP/1.1 502"]
    assert rig.counts("old")["retries"] == 1


def test_a_request_that_is_sent_again_has_the_answer_of_the_second_time(rig) -> None:
    client = rig.client()
    client.send(get("/old"))
    rig.wire.dialled[0].send(OK)
    client.read()
    client.send(get("/old"))
    rig.wire.dialled[0].vanish()
    assert client.read() == b""
    rig.wire.dialled[1].send(OK)
    assert client.read().endswith(b"hi")
    counts = rig.counts("old")
    assert (counts["retries"], counts["failures"]) == (1, {})
    assert counts["requests"] == {"legacy": 2, "new": 0}


def test_a_request_that_was_answered_in_part_is_not_sent_again(rig) -> None:
    client = rig.client()
    client.send(get("/old"))
    (peer,) = rig.wire.dialled
    peer.send(OK)
    client.read()
    client.send(get("/old"))
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    peer.vanish()
    assert client.ended
    assert len(rig.wire.dialled) == 1
    assert rig.counts("old")["retries"] == 0


# the whole deadline


def test_after_its_whole_time_a_request_is_asked_nowhere_else(rig) -> None:
    client = rig.client()
    client.send(get("/read"))
    (peer,) = rig.wire.dialled
    rig.later(2.5)
    assert client.read().startswith(b"HTTP/1.1 504 ")
    assert peer.transport.closing  # and nobody waits for that answer any more
    assert len(rig.wire.dialled) == 1
    assert rig.counts("read")["failures"] == {"new.deadline": 1}
    assert rig.counts("read")["fallbacks"] == 0


def test_nor_is_the_new_side_asked_again_when_it_declined_before(rig) -> None:
    client = rig.client()
    client.send(get("/read"))
    dialled(rig, NEW)[0].send(DECLINED)
    (legacy,) = dialled(rig, LEGACY)
    assert legacy.read()
    dialled(rig, NEW)[0].read()
    rig.later(2.5)
    assert client.read().startswith(b"HTTP/1.1 504 ")
    assert legacy.transport.closing
    assert [peer.read() for peer in dialled(rig, NEW)] == [b""]
    assert rig.counts("read")["failures"] == {"new.declined": 1, "legacy.deadline": 1}


# what each side receives


@pytest.mark.parametrize(("slow", "state"), [("head", "open"), ("body", "closed")])
def test_a_slow_first_byte_is_held_against_a_side_and_a_slow_body_is_not(
    rig, monkeypatch: pytest.MonkeyPatch, slow: str, state: str
) -> None:
    passed = 0.0
    monkeypatch.setattr(exchange, "perf_counter", lambda: perf_counter() + passed)
    client = rig.client()
    client.send(get("/read"))
    (peer,) = dialled(rig, NEW)
    passed = 5.0 if slow == "head" else 0.0
    peer.send(OK[:-1])
    passed = 5.0
    peer.send(OK[-1:])
    assert client.read().endswith(b"hi")
    assert rig.breakers("fresh")["read"] == state


def test_a_fallback_counts_for_both_sides(rig) -> None:
    client = rig.client()
    client.send(get("/read"))
    dialled(rig, NEW)[0].vanish()
    dialled(rig, LEGACY)[0].send(OK)
    assert client.read().endswith(b"hi")
    counts = rig.counts("read")
    assert (counts["fallbacks"], counts["declined"]) == (1, 0)
    assert counts["failures"] == {"new.closed": 1}
    assert counts["requests"] == {"legacy": 1, "new": 0}
    assert rig.breakers("fresh")["read"] == "open"  # one failure is enough here
    assert rig.breakers("legacy")["read"] == "closed"


def test_a_decline_counts_as_no_failure(rig) -> None:
    client = rig.client()
    client.send(get("/read"))
    dialled(rig, NEW)[0].send(DECLINED)
    dialled(rig, LEGACY)[0].send(OK)
    assert client.read().endswith(b"hi")
    counts = rig.counts("read")
    assert (counts["fallbacks"], counts["declined"]) == (1, 1)
    assert rig.breakers("fresh")["read"] == "closed"


def test_a_small_write_falls_back_when_the_new_side_says_that_it_did_nothing(rig) -> None:
    client = rig.client()
    client.send(b"PUT /write HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
    dialled(rig, NEW)[0].send(DECLINED)
    (legacy,) = dialled(rig, LEGACY)
    assert legacy.read().endswith(b"\r\n\r\nabc")
    legacy.send(OK)
    assert client.read().endswith(b"hi")


def test_a_large_write_cannot_be_sent_a_second_time(rig) -> None:
    client = rig.client()
    size = 2_000_000
    client.send(f"PUT /write HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode())
    for _ in range(20):
        client.send(b"x" * (size // 20))
    dialled(rig, NEW)[0].send(DECLINED)
    assert dialled(rig, LEGACY) == []
    assert client.read().startswith(b"HTTP/1.1 503 ")


# how the answer is framed for its client


@pytest.mark.parametrize(
    ("version", "asked", "answered", "kept"),
    [
        ("1.1", "X: y", b"", True),
        ("1.1", "Connection: close", b"close", False),
        ("1.0", "X: y", b"close", False),
        ("1.0", "Connection: keep-alive", b"keep-alive", True),
    ],
)
def test_an_answer_says_whether_the_connection_stays(
    rig, version: str, asked: str, answered: bytes, kept: bool
) -> None:
    client = rig.client()
    client.send(get("/old", asked, version=version))
    rig.upstream.send(OK)
    head = client.read().lower()
    assert (b"connection: " in head) is bool(answered)
    assert b"connection: " + answered in head if answered else True
    assert client.ended is not kept


def test_a_worker_that_ends_keeps_no_connection(rig) -> None:
    client = rig.client()
    client.send(get("/old"))
    rig.gateway.context.current.draining = True
    rig.upstream.send(OK)
    assert b"connection: close" in client.read().lower()
    assert client.ended


def test_an_answer_without_a_date_is_given_one_and_no_second_one(rig) -> None:
    rig.gateway.context.current.date = b"Date: Mon, 30 Nov 2026 00:00:00 GMT\r\n"
    client = rig.client()
    for given, count in ((b"", 1), (b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 1)):
        client.send(get("/old"))
        rig.upstream.send(b"HTTP/1.1 200 OK\r\n" + given + b"Content-Length: 0\r\n\r\n")
        head = client.read()
        assert head.lower().count(b"\r\ndate: ") == count
        assert (b"1994" in head) is bool(given)


def test_a_client_whose_body_was_not_read_to_its_end_is_not_kept(rig) -> None:
    client = rig.client()
    client.send(b"POST /old HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
    rig.upstream.send(b"HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n")
    assert b"connection: close" in client.read().lower()


@pytest.mark.parametrize(("version", "passed"), [("1.1", True), ("1.0", False)])
def test_an_interim_head_is_for_clients_that_know_of_such(rig, version: str, passed: bool) -> None:
    client = rig.client()
    client.send(get("/old", version=version))
    rig.upstream.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    assert (b"103" in client.read()) is passed
    rig.upstream.send(OK)
    assert client.read().endswith(b"hi")


def test_a_switch_that_nobody_asked_for_is_nonsense(rig) -> None:
    client = rig.client()
    client.send(get("/old"))
    rig.upstream.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 502 ")


def test_a_client_that_leaves_lets_the_connection_of_its_side_go(rig) -> None:
    client = rig.client()
    client.send(get("/old"))
    client.vanish()
    assert rig.upstream.transport.closing
    assert rig.gateway.counters.client.aborted == 1
    assert rig.breakers("legacy")["read"] == "closed"
