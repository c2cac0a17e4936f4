"""Shadow requests: both sides are asked, the client notices nothing."""

import gc

import pytest

from facade.control.intake.frames import read_pair
from facade.control.judging.asking import can_ask

ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: shadowed, match: "* /shadow/{rest*}", new: fresh, stage: shadow, compare: {sample: 100%}}
"""
GET = b"GET /shadow/a?q=1&p= HTTP/1.1\r\nHost: a\r\nCookie: session=x\r\n\r\n"


def ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def test_both_sides_are_asked_and_the_pair_is_handed_over(door) -> None:
    client = door.client()
    client.send(GET)
    live, copy = door.wire.dialled
    assert b"Fig-" not in live.read()
    sent = copy.read()
    assert sent.startswith(b"GET /shadow/a?q=1&p= HTTP/1.1\r\n")
    assert b"Fig-Shadow: 1\r\n" in sent
    assert b"Fig-After: " in sent
    copy.send(ok(b"new"))
    assert client.read() == b""
    live.send(ok(b"old!"))
    assert client.read().endswith(b"old!")
    (pair,) = door.channel.pairs
    assert pair.blob == b"old!new"
    meta = pair.meta
    assert (meta["route"], meta["live"], meta["stage"]) == ("shadowed", "legacy", "shadow")
    assert meta["signed_in"] is True
    assert {side: answer["length"] for side, answer in meta["sides"].items()} == {
        "legacy": 4,
        "new": 3,
    }
    assert door.counts("shadowed")["shadow"] == {
        "dispatched": 1,
        "completed": 1,
        "failed": 0,
        "shed": {},
    }


def test_the_client_does_not_wait_for_the_copy(door) -> None:
    client = door.client()
    client.send(GET)
    live, copy = door.wire.dialled
    live.send(ok(b"old"))
    assert client.read().endswith(b"old")
    assert not door.channel.pairs
    copy.send(ok(b"new"))
    assert door.channel.pairs[0].blob == b"oldnew"


def test_the_copy_goes_behind_the_request_and_the_pair_behind_the_answer(door) -> None:
    door.turns = []
    client = door.client()
    client.send(GET)
    assert len(door.wire.dialled) == 1
    door.turn()
    live, copy = door.wire.dialled
    copy.send(ok(b"new"))
    live.send(ok(b"old"))
    assert client.read().endswith(b"old")
    assert not door.channel.pairs
    door.turn()
    assert door.channel.pairs[0].blob == b"oldnew"
    assert door.gateway.shadow._under_way == 0


def test_a_client_that_left_is_not_copied(door) -> None:
    door.turns = []
    client = door.client()
    client.send(GET)
    client.vanish()
    door.turn()
    assert len(door.wire.dialled) == 1
    assert door.gateway.shadow._under_way == 0


def test_a_pair_leaves_nothing_for_the_garbage_collector(door) -> None:
    client = door.client()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        client.send(GET)
        kind = type(client.transport.protocol._exchange.pair)
        for side, answer in zip(door.wire.dialled, (b"old", b"new"), strict=True):
            side.send(ok(answer))
        assert len(door.channel.pairs) == 1
        gc.collect()
        assert [one for one in gc.garbage if type(one) is kind] == []
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("how", ["refuses", "closes", "nonsense"])
def test_a_failing_copy_is_told_to_comparison_alone(door, how: str) -> None:
    client = door.client()
    if how == "refuses":
        door.wire.refuse.add(2000)
    client.send(GET)
    if how == "closes":
        door.wire.dialled[1].vanish()
    if how == "nonsense":
        door.wire.dialled[1].send(b"SSH-2.0\r\n\r\n")
    door.wire.dialled[0].send(ok(b"old"))
    assert client.read().endswith(b"old")
    error = door.channel.pairs[0].meta["sides"]["new"]["error"]
    assert error == {"refuses": "connect", "closes": "closed", "nonsense": "nonsense"}[how]
    assert door.counts("shadowed")["failures"] == {}
    assert door.counts("shadowed")["shadow"]["failed"] == 1


def test_failing_copies_never_open_a_breaker(door) -> None:
    client = door.client()
    door.wire.refuse.add(2000)
    for _ in range(40):
        client.send(GET)
        door.wire.dialled[0].send(ok(b"old"))
        client.read()
    assert door.breakers("fresh") == {"read": "closed"}


def test_a_copy_has_a_deadline(door) -> None:
    client = door.client()
    client.send(GET)
    live, copy = door.wire.dialled
    live.send(ok(b"old"))
    door.later(6)
    assert copy.transport.aborted
    assert door.counts("shadowed")["shadow"]["shed"] == {"deadline": 1}
    assert client.read().endswith(b"old")
    assert door.gateway.shadow._under_way == 0


@pytest.mark.parametrize("which", [0, 1])
def test_large_answers_are_not_compared(door, which: int) -> None:
    client = door.client()
    client.send(GET)
    door.wire.dialled[which].send(ok(b"x" * (2 * 1024**2 + 1)))
    door.wire.dialled[1 - which].send(ok(b"y"))
    assert client.read()
    assert not door.channel.pairs
    assert door.counts("shadowed")["shadow"]["shed"] == {"size": 1}
    assert door.gateway.shadow._under_way == 0


def test_writes_are_never_copied(door) -> None:
    door.client().send(b"POST /shadow/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    assert len(door.wire.dialled) == 1


def test_a_search_that_only_reads_is_copied_with_its_body(door) -> None:
    client = door.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nte")
    assert len(door.wire.dialled) == 1
    client.send(b"nt")
    assert door.wire.dialled[1].read().endswith(b"\r\n\r\ntent")


@pytest.mark.parametrize("size", [4, 16 * 1024])
def test_comparison_is_shown_a_small_requests_body(door, size: int) -> None:
    body = b"x" * size
    door.client().send(
        b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + body
    )
    for side, answer in zip(door.wire.dialled, (b"old", b"new!"), strict=True):
        side.send(ok(answer))
    (pair,) = door.channel.pairs
    assert (pair.meta["request_length"], pair.blob) == (size, b"oldnew!" + body)


def test_a_copy_of_a_chunked_search(door) -> None:
    client = door.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    client.send(b"2\r\nte\r\n2\r\nnt\r\n0\r\n\r\n")
    assert door.wire.dialled[1].read().endswith(b"\r\n\r\n4\r\ntent\r\n0\r\n\r\n")


def test_a_large_search_is_not_copied(door) -> None:
    client = door.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n" + b"x" * 20000)
    assert len(door.wire.dialled) == 1
    assert door.counts("searching")["shadow"]["shed"] == {"size": 1}


@pytest.mark.parametrize("cause", ["lag", "channel", "inflight", "slow"])
def test_copies_are_shed_first(door, cause: str) -> None:
    if cause == "lag":
        door.gateway.shadow.lag = 0.5
    if cause == "channel":
        door.channel.open = False
    if cause == "inflight":
        door.gateway.shadow._under_way = 10_000
    if cause == "slow":
        pool = door.gateway.upstreams.live["legacy"].instances[0].pool
        pool.limit = 1
        door.client().send(GET)
        door.wire.dialled.pop()
        door.client().send(b"GET /legacy/a HTTP/1.1\r\nHost: a\r\n\r\n")
    door.client().send(GET)
    assert len(door.wire.dialled) == 1
    assert door.counts("shadowed")["shadow"]["shed"] == {cause: 1}


def test_a_client_that_leaves_takes_its_copy_along(door) -> None:
    client = door.client()
    client.send(GET)
    client.vanish()
    assert all(peer.transport.aborted for peer in door.wire.dialled)
    assert not door.channel.pairs
    assert door.gateway.shadow._under_way == 0


def test_a_channel_that_closed_meanwhile_costs_the_pair(door) -> None:
    client = door.client()
    client.send(GET)
    door.channel.open = False
    for peer in tuple(door.wire.dialled):
        peer.send(ok(b"a"))
    assert client.read().endswith(b"a")
    assert door.counts("shadowed")["shadow"]["shed"] == {"channel": 1}


CANARY = """
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - name: sampled
    match: GET /shadow/{x}
    new: fresh
    stage: canary
    percent: 100
    compare: {sample: 100%}
"""


def test_in_canary_the_copy_goes_to_the_side_that_does_not_answer(make_door) -> None:
    door = make_door(CANARY)
    client = door.client()
    client.send(GET)
    new, legacy = door.wire.dialled
    assert new.transport.get_extra_info("peername") == ("new.test", 2000)
    assert legacy.transport.get_extra_info("peername") == ("legacy.test", 1000)
    legacy.send(ok(b"old"))
    new.send(ok(b"new!"))
    assert client.read().endswith(b"new!")
    (pair,) = door.channel.pairs
    assert pair.meta["live"] == "new"
    assert pair.blob == b"oldnew!"


def test_a_failed_candidate_is_a_pair_also_when_legacy_answers(make_door) -> None:
    door = make_door(CANARY)
    client = door.client()
    client.send(GET)
    new, copy = door.wire.dialled
    new.vanish()
    door.wire.dialled[2].send(ok(b"fallback"))
    copy.send(ok(b"old"))
    assert client.read().endswith(b"fallback")
    (pair,) = door.channel.pairs
    assert pair.meta["sides"]["new"]["error"] == "closed"
    assert pair.meta["live"] == "legacy"


# A client that holds the answer already

CONDITIONS = [
    'If-None-Match: "x"',
    "if-modified-since: Mon, 01 Jan 2024 00:00:00 GMT",
    'If-Match: "x"',
    "If-Unmodified-Since: Mon, 01 Jan 2024 00:00:00 GMT",
    "Range: bytes=0-99",
    'If-Range: "x"',
    "A-IM: feed",
    'If_None_Match: "x"',  # what a server behind WSGI takes for the first one
]


def conditional(*lines: str) -> bytes:
    head = "\r\n".join(("GET /shadow/a HTTP/1.1", "Host: a", "Accept: x", *lines))
    return f"{head}\r\n\r\n".encode()


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_copy_asks_for_the_whole_answer(door, condition: str) -> None:
    client = door.client()
    client.send(conditional(condition, "Cookie: session=x"))
    live, copy = door.wire.dialled
    assert condition.encode() in live.read(), "the client's own request stays as it is"
    sent = copy.read().lower()
    assert condition.partition(":")[0].lower().encode() not in sent
    assert b"accept: x\r\n" in sent
    assert b"cookie: session=x\r\n" in sent
    live.send(ok(b"old"))
    copy.send(ok(b"new"))
    assert door.channel.pairs[0].blob == b"oldnew", "the whole answers are compared"


@pytest.mark.parametrize("status", [206, 226, 304, 412, 416])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_part_or_unchanged_is_set_aside(door, status: int, condition: str) -> None:
    client = door.client()
    client.send(conditional(condition))
    live, copy = door.wire.dialled
    length = b"" if status == 304 else b"Content-Length: 0\r\n"
    live.send(b"HTTP/1.1 %d So\r\n%b\r\n" % (status, length))
    assert b"%d So" % status in client.read()
    assert copy.transport.aborted
    assert door.channel.pairs == []
    assert door.counts("shadowed")["shadow"]["shed"] == {"conditional": 1}
    assert door.gateway.shadow._under_way == 0


def test_unchanged_without_having_been_asked_so_is_compared(door) -> None:
    client = door.client()
    client.send(conditional())
    live, copy = door.wire.dialled
    live.send(b"HTTP/1.1 304 Not Modified\r\n\r\n")
    copy.send(ok(b"new"))
    assert len(door.channel.pairs) == 1


# The very same question

ODD = (
    b"GET /shadow/a%7Eb?q=1 HTTP/1.1\r\nx-odd: 1\r\nHost: shop.example\r\nACCEPT: x\r\n"
    b"Cookie: a=1; session=x\r\nx-odd: 2\r\nX-Forwarded-Proto: https\r\n\r\n"
)


def question_of(pair) -> bytes:
    """The head by which comparison would ask legacy once more."""
    words = read_pair(pair)
    assert can_ask(words)
    target = words.pair.target.encode("latin-1")
    lines = b"".join(f"{name}: {value}\r\n".encode() for name, value in words.request_headers)
    return b"GET %b HTTP/1.1\r\n%b\r\n" % (target, lines)


@pytest.mark.parametrize("trusted", ["[]", '["192.0.2.0/24"]'])
def test_comparison_knows_what_legacy_was_asked_byte_for_byte(make_door, trusted: str) -> None:
    door = make_door(f"facade: {{trusted_proxies: {trusted}}}\n{ROUTES}")
    client = door.client()
    client.send(ODD)
    live, copy = door.wire.dialled
    asked = live.read()
    assert b"X-Forwarded-Proto: http" in asked
    live.send(ok(b"old"))
    copy.send(ok(b"new"))
    assert question_of(door.channel.pairs[0]) == asked


def test_also_where_the_new_side_answered_the_client(make_door) -> None:
    door = make_door(
        ROUTES.replace("stage: shadow, compare", "stage: canary, percent: 100, compare")
    )
    client = door.client()
    client.send(ODD)
    live, copy = door.wire.dialled
    live.send(ok(b"new"))
    asked = copy.read()
    copy.send(ok(b"old"))
    (pair,) = door.channel.pairs
    assert pair.meta["live"] == "new"
    assert question_of(pair) == asked


def test_a_body_is_part_of_the_question(door) -> None:
    client = door.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nq=1")
    for side in door.wire.dialled:
        side.send(ok(b"x"))
    words = read_pair(door.channel.pairs[0])
    assert words.body == b"q=1"
    assert ("Content-Length", "3") in words.request_headers
