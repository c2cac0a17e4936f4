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
def door(make_door):
    """A worker whose breaker toward legacy is half open."""
    door = make_door(ROUTES)
    door.wire.refuse.add(1000)
    for _ in range(3):
        door.client().send(GET)
    assert door.breakers("legacy")["read"] == "open"
    door.wire.refuse.clear()
    door.later(5.25)
    assert door.breakers("legacy")["read"] == "half-open"
    return door


def ask(door, answer: bytes):
    client = door.client()
    client.send(GET)
    asked = door.wire.dialled[-1]
    asked.read()
    asked.send(answer)
    return client, asked


@pytest.mark.parametrize("answer", [LONG, CHUNKED, CLOSING], ids=["length", "chunks", "close"])
def test_long_answers_that_began_well_close_it(door, answer: bytes) -> None:
    streams = [ask(door, answer) for _ in range(3)]
    assert door.breakers("legacy")["read"] == "ramp"
    door.later(1.25)
    assert door.breakers("legacy")["read"] == "closed"
    for client, asked in streams:
        asked.send(b"5\r\nmore.\r\n" if answer is CHUNKED else b"more.")
        assert b"more." in client.read()


def test_a_client_that_reads_slowly_for_longer_than_a_probe_lasts_loses_nothing(door) -> None:
    for _ in range(2):
        ask(door, LONG)
    door.later(2.5)
    assert door.breakers("legacy")["read"] == "half-open"
    ask(door, LONG)
    assert door.breakers("legacy")["read"] == "ramp"


def test_one_whose_answer_does_not_begin_is_lost_as_before(door) -> None:
    door.client().send(GET)
    door.later(2.5)
    assert door.breakers("legacy")["read"] == "open"


def test_a_bad_head_opens_it_before_its_body_ends(door) -> None:
    door.use(ROUTES.replace("{minimum", "{count: [503, connect], minimum"))
    door.wire.refuse.add(1000)
    for _ in range(3):
        door.client().send(GET)
    door.wire.refuse.clear()
    door.later(5.25)
    ask(door, FAILS)
    assert door.breakers("legacy")["read"] == "open"


def test_a_probe_is_counted_once(door) -> None:
    for _ in range(2):
        _client, asked = ask(door, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        del asked
    assert door.breakers("legacy")["read"] == "half-open", "two answers of three"


def test_a_probe_that_declines_says_nothing(door) -> None:
    for _ in range(4):
        ask(door, b"HTTP/1.1 503 Later\r\nFig-Declined: behind\r\nContent-Length: 9\r\n\r\n")
    assert door.breakers("legacy")["read"] == "half-open"
