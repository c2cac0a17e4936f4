"""What a copy asks: in canary, under conditions, byte for byte."""

import pytest

from facade.control.intake.frames import read_pair
from facade.control.judging.asking import can_ask
from tests.rigs.facade.workers.copied import GET, ROUTES, ok

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


def test_in_canary_the_copy_goes_to_the_side_that_does_not_answer(make_rig) -> None:
    rig = make_rig(CANARY)
    client = rig.client()
    client.send(GET)
    new, legacy = rig.wire.dialled
    assert new.transport.get_extra_info("peername") == ("new.test", 2000)
    assert legacy.transport.get_extra_info("peername") == ("legacy.test", 1000)
    legacy.send(ok(b"old"))
    new.send(ok(b"new!"))
    assert client.read().endswith(b"new!")
    (pair,) = rig.channel.pairs
    assert pair.meta["live"] == "new"
    assert pair.blob == b"oldnew!"


def test_a_failed_candidate_is_a_pair_also_when_legacy_answers(make_rig) -> None:
    rig = make_rig(CANARY)
    client = rig.client()
    client.send(GET)
    new, copy = rig.wire.dialled
    new.vanish()
    rig.wire.dialled[2].send(ok(b"fallback"))
    copy.send(ok(b"old"))
    assert client.read().endswith(b"fallback")
    (pair,) = rig.channel.pairs
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
def test_a_copy_asks_for_the_whole_answer(rig, condition: str) -> None:
    client = rig.client()
    client.send(conditional(condition, "Cookie: session=x"))
    live, copy = rig.wire.dialled
    assert condition.encode() in live.read(), "the client's own request stays as it is"
    sent = copy.read().lower()
    assert condition.partition(":")[0].lower().encode() not in sent
    assert b"accept: x\r\n" in sent
    assert b"cookie: session=x\r\n" in sent
    live.send(ok(b"old"))
    copy.send(ok(b"new"))
    assert rig.channel.pairs[0].blob == b"oldnew", "the whole answers are compared"


@pytest.mark.parametrize("status", [206, 226, 304, 412, 416])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_part_or_unchanged_is_set_aside(rig, status: int, condition: str) -> None:
    client = rig.client()
    client.send(conditional(condition))
    live, copy = rig.wire.dialled
    length = b"" if status == 304 else b"Content-Length: 0\r\n"
    live.send(b"HTTP/1.1 %d So\r\n%b\r\n" % (status, length))
    assert b"%d So" % status in client.read()
    assert copy.transport.aborted
    assert rig.channel.pairs == []
    assert rig.counts("shadowed")["shadow"]["shed"] == {"conditional": 1}
    assert rig.gateway.shadow._under_way == 0


def test_unchanged_without_having_been_asked_so_is_compared(rig) -> None:
    client = rig.client()
    client.send(conditional())
    live, copy = rig.wire.dialled
    live.send(b"HTTP/1.1 304 Not Modified\r\n\r\n")
    copy.send(ok(b"new"))
    assert len(rig.channel.pairs) == 1


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
def test_comparison_knows_what_legacy_was_asked_byte_for_byte(make_rig, trusted: str) -> None:
    rig = make_rig(f"facade: {{trusted_proxies: {trusted}}}\n{ROUTES}")
    client = rig.client()
    client.send(ODD)
    live, copy = rig.wire.dialled
    asked = live.read()
    assert b"X-Forwarded-Proto: http" in asked
    live.send(ok(b"old"))
    copy.send(ok(b"new"))
    assert question_of(rig.channel.pairs[0]) == asked


def test_also_where_the_new_side_answered_the_client(make_rig) -> None:
    rig = make_rig(ROUTES.replace("stage: shadow, compare", "stage: canary, percent: 100, compare"))
    client = rig.client()
    client.send(ODD)
    live, copy = rig.wire.dialled
    live.send(ok(b"new"))
    asked = copy.read()
    copy.send(ok(b"old"))
    (pair,) = rig.channel.pairs
    assert pair.meta["live"] == "new"
    assert question_of(pair) == asked


def test_a_body_is_part_of_the_question(rig) -> None:
    client = rig.client()
    client.send(b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nq=1")
    for side in rig.wire.dialled:
        side.send(ok(b"x"))
    words = read_pair(rig.channel.pairs[0])
    assert words.body == b"q=1"
    assert ("Content-Length", "3") in words.request_headers
