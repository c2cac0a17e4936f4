"""An answer of the facade's own, to a request with a body: the connection serves the next one."""

import pytest

from facade.http1.bodies import MOST_SKIPPED

ROUTES = """
facade: {timeouts: {body: 5s, idle: 20s}}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
routes: []
"""
NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def rig(make_rig):
    """Nobody is there to answer."""
    rig = make_rig(ROUTES)
    rig.wire.refuse.add(1000)
    return rig


def post(size: int, *lines: bytes) -> bytes:
    return b"\r\n".join(
        [b"POST /a HTTP/1.1", b"Host: a", b"Content-Length: %d" % size, *lines, b"", b""]
    )


def refused(client) -> bytes:
    head, _, _ = client.read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 502 "), head
    return head.lower()


@pytest.mark.parametrize(
    "pieces",
    [
        (post(4) + b"body",),
        (post(4), b"body"),
        (post(4) + b"bo", b"d", b"y"),
        (post(4) + b"body" + NEXT[:9], NEXT[9:18], NEXT[18:]),
        (post(4), b"body" + NEXT),
        (post(MOST_SKIPPED), b"x" * MOST_SKIPPED),
        (post(4, b"Expect: 100-continue") + b"body",),
    ],
    ids=["whole", "later", "bits", "pipelined", "pipelined later", "large", "did not wait"],
)
def test_the_rest_of_a_small_body_is_skipped(rig, pieces: tuple[bytes, ...]) -> None:
    client = rig.client()
    client.send(pieces[0])
    assert b"connection: close" not in refused(client)
    for piece in pieces[1:]:
        client.send(piece)
    assert not client.ended
    if not pieces[-1].endswith(b"\r\n\r\n"):
        client.send(NEXT)
    refused(client)


@pytest.mark.parametrize(
    "request_bytes",
    [post(MOST_SKIPPED + 1), post(4, b"Expect: 100-continue"), post(4, b"Connection: close")],
    ids=["large", "waits for a word", "wants no more"],
)
def test_else_the_connection_closes(rig, request_bytes: bytes) -> None:
    client = rig.client()
    client.send(request_bytes)
    assert b"connection: close" in refused(client)
    assert client.ended


def test_a_client_that_never_sends_the_rest_is_parted_with(rig) -> None:
    client = rig.client()
    client.send(post(4))
    refused(client)
    rig.later(5.5)
    assert client.ended


def test_after_the_rest_it_may_be_idle_for_as_long_as_ever(rig) -> None:
    client = rig.client()
    client.send(post(4))
    client.send(b"body")
    refused(client)
    rig.later(19.0)
    assert not client.ended
    rig.later(1.5)
    assert client.ended
