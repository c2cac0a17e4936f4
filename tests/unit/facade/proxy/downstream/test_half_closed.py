"""A client that shuts its sending side down is answered before its connection is closed."""

import pytest

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"


def test_it_gets_its_answer_and_the_end(rig) -> None:
    client = rig.client()
    client.send(GET)
    client.shut()
    assert not client.ended
    rig.upstream.send(ANSWER)
    assert client.read().endswith(b"\r\n\r\na")
    assert client.ended
    assert rig.gateway.counters.client.aborted == 0


def test_it_gets_the_rest_of_a_long_answer(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
    client.shut()
    rig.upstream.send(b"1\r\nb\r\n0\r\n\r\n")
    assert client.read().endswith(b"1\r\na\r\n1\r\nb\r\n0\r\n\r\n")
    assert client.ended


def test_its_body_was_sent_before(rig) -> None:
    client = rig.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", b"a", b"b")
    client.shut()
    rig.upstream.send(ANSWER)
    assert client.read().endswith(b"\r\n\r\na")


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na"],
    ids=["nothing", "half a head", "half a body"],
)
def test_what_is_not_whole_is_not_answered(rig, sent: bytes) -> None:
    client = rig.client()
    client.send(sent)
    client.shut()
    assert client.ended
    assert client.read() == b""
    assert all(upstream.transport.aborted for upstream in rig.wire.dialled)


def test_requests_that_wait_behind_are_answered_too(rig) -> None:
    client = rig.client()
    client.send(GET + GET)
    client.shut()
    rig.upstream.send(ANSWER)
    assert client.read().endswith(b"\r\n\r\na")
    rig.upstream.send(ANSWER)
    assert client.read().endswith(b"\r\n\r\na")
    assert client.ended


def test_half_a_request_that_waits_behind_is_not(rig) -> None:
    client = rig.client()
    client.send(GET + b"GET / HT")
    client.shut()
    rig.upstream.send(ANSWER)
    assert client.read().endswith(b"\r\n\r\na")
    assert client.ended


def test_a_client_that_is_gone_holds_its_upstream_no_longer_than_its_deadline(rig) -> None:
    client = rig.client()
    client.send(GET)
    client.shut()
    rig.later(31)
    assert rig.upstream.transport.aborted
    assert client.ended
