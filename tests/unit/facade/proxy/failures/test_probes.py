"""A half-open breaker judges its probes at the head of their answer."""

import pytest

ROUTES = """
upstreams:
  legacy:
    url: "http://legacy.test:1000"
    breaker: {minimum_calls: 2, open_for: 5s, probes: 3, probe_timeout: 2s, ramp: 1s}
routes: []
"""
GET = b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegun"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n"
CLOSING = b"HTTP/1.1 200 OK\r\n\r\nbegun"
FAILS = b"HTTP/1.1 503 No\r\nContent-Length: 1000000\r\n\r\nno"


@pytest.fixture
def rig(make_rig):
    """A worker whose breaker toward legacy is half open."""
    rig = make_rig(ROUTES)
    rig.wire.refuse.add(1000)
    for _ in range(3):
        rig.client().send(GET)
    assert rig.breakers("legacy")["read"] == "open"
    rig.wire.refuse.clear()
    rig.later(5.25)
    assert rig.breakers("legacy")["read"] == "half-open"
    return rig


def ask(rig, answer: bytes):
    client = rig.client()
    client.send(GET)
    asked = rig.wire.dialled[-1]
    asked.read()
    asked.send(answer)
    return client, asked


@pytest.mark.parametrize("answer", [LONG, CHUNKED, CLOSING], ids=["length", "chunks", "close"])
def test_long_answers_that_began_well_close_it(rig, answer: bytes) -> None:
    streams = [ask(rig, answer) for _ in range(3)]
    assert rig.breakers("legacy")["read"] == "ramp"
    rig.later(1.25)
    assert rig.breakers("legacy")["read"] == "closed"
    for client, asked in streams:
        asked.send(b"5\r\nmore.\r\n" if answer is CHUNKED else b"more.")
        assert b"more." in client.read()


def test_a_client_that_reads_slowly_for_longer_than_a_probe_lasts_loses_nothing(rig) -> None:
    for _ in range(2):
        ask(rig, LONG)
    rig.later(2.5)
    assert rig.breakers("legacy")["read"] == "half-open"
    ask(rig, LONG)
    assert rig.breakers("legacy")["read"] == "ramp"


def test_one_whose_answer_does_not_begin_is_lost_as_before(rig) -> None:
    rig.client().send(GET)
    rig.later(2.5)
    assert rig.breakers("legacy")["read"] == "open"


def test_a_bad_head_opens_it_before_its_body_ends(rig) -> None:
    rig.use(ROUTES.replace("{minimum", "{count: [503, connect], minimum"))
    rig.wire.refuse.add(1000)
    for _ in range(3):
        rig.client().send(GET)
    rig.wire.refuse.clear()
    rig.later(5.25)
    ask(rig, FAILS)
    assert rig.breakers("legacy")["read"] == "open"


def test_a_probe_is_counted_once(rig) -> None:
    for _ in range(2):
        _client, asked = ask(rig, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        del asked
    assert rig.breakers("legacy")["read"] == "half-open", "two answers of three"


def test_a_probe_that_declines_says_nothing(rig) -> None:
    for _ in range(4):
        ask(rig, b"HTTP/1.1 503 Later\r\nFig-Declined: behind\r\nContent-Length: 9\r\n\r\n")
    assert rig.breakers("legacy")["read"] == "half-open"
