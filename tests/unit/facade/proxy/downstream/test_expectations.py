"""Clients that wait for `100 Continue`: whoever stands behind us, none of them hangs."""

from facade.proxy.downstream.expectation import PATIENCE_SECONDS

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
EXPECTS = b"POST /legacy/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
LONG = PATIENCE_SECONDS + 1.0


def test_an_upstream_that_ignores_the_expectation_is_spoken_for(door) -> None:
    client = door.client()
    client.send(EXPECTS)
    assert client.read() == b""
    door.later(LONG)
    assert client.read() == CONTINUE
    client.send(b"abc")
    assert door.upstream.read().endswith(b"abc")
    door.upstream.send(TAKEN)
    assert client.read().startswith(b"HTTP/1.1 201 Created")
    assert not client.ended


def test_the_client_is_told_once(door) -> None:
    client = door.client()
    client.send(EXPECTS)
    door.later(LONG)
    door.upstream.send(CONTINUE)
    door.later(LONG)
    assert client.read() == CONTINUE


def test_a_client_that_sends_all_the_same_is_told_nothing(door) -> None:
    client = door.client()
    client.send(EXPECTS, b"ab")
    door.later(LONG)
    assert client.read() == b""


def test_after_a_final_answer_nothing_is_said(door) -> None:
    client = door.client()
    client.send(EXPECTS)
    door.upstream.send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 403 Forbidden")
    door.later(LONG)
    assert client.read() == b""


def test_a_client_that_left_is_told_nothing(door) -> None:
    client = door.client()
    client.send(EXPECTS)
    client.vanish()
    door.later(LONG)
    assert client.read() == b""
