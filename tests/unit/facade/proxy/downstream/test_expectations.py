"""Clients that wait for `100 Continue`: whatever server stands behind us, none of them hangs."""

from facade.proxy.downstream.expectation import PATIENCE_SECONDS

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
EXPECTS = b"POST /legacy/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
LONG = PATIENCE_SECONDS + 1.0


def test_an_upstream_that_ignores_the_expectation_is_spoken_for(rig) -> None:
    client = rig.client()
    client.send(EXPECTS)
    assert client.read() == b""
    rig.later(LONG)
    assert client.read() == CONTINUE
    client.send(b"abc")
    assert rig.upstream.read().endswith(b"abc")
    rig.upstream.send(TAKEN)
    assert client.read().startswith(b"HTTP/1.1 201 Created")
    assert not client.ended


def test_the_client_gets_it_once(rig) -> None:
    client = rig.client()
    client.send(EXPECTS)
    rig.later(LONG)
    rig.upstream.send(CONTINUE)
    rig.later(LONG)
    assert client.read() == CONTINUE


def test_a_client_that_sends_all_the_same_gets_nothing(rig) -> None:
    client = rig.client()
    client.send(EXPECTS, b"ab")
    rig.later(LONG)
    assert client.read() == b""


def test_after_a_final_answer_nothing_is_said(rig) -> None:
    client = rig.client()
    client.send(EXPECTS)
    rig.upstream.send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 403 Forbidden")
    rig.later(LONG)
    assert client.read() == b""


def test_a_client_that_left_gets_nothing(rig) -> None:
    client = rig.client()
    client.send(EXPECTS)
    client.vanish()
    rig.later(LONG)
    assert client.read() == b""
