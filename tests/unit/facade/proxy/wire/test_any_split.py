"""A stream means the same wherever it is cut: valid messages split at any bytes."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rigs.facade.wires.wire import without

ANY = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TOKEN = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).map(str.encode)
VALUE = st.binary(max_size=30).map(
    lambda raw: bytes(b for b in raw if b in range(33, 127) or b == 0xE4)
)
BODY = st.binary(max_size=200)


def as_chunks(body: bytes, sizes: list[int], extension: bytes) -> bytes:
    out = b""
    for size in sizes:
        piece, body = body[:size], body[size:]
        if piece:
            out += b"%X" % len(piece) + extension + b"\r\n" + piece + b"\r\n"
    if body:
        out += b"%x\r\n" % len(body) + body + b"\r\n"
    return out + b"0\r\n\r\n"


@st.composite
def requests(draw: Any) -> tuple[bytes, bytes]:
    """A request and its body."""
    names = draw(st.lists(TOKEN, max_size=5))
    lines = b"".join(b"x-" + name + b": " + draw(VALUE) + b"\r\n" for name in names)
    body = draw(BODY)
    kind = draw(st.sampled_from(["length", "chunked", "none"]))
    head = b"PUT /legacy/" + draw(TOKEN) + b" HTTP/1.1\r\nhost: a\r\n" + lines
    if kind == "length":
        return head + b"content-length: %d\r\n\r\n" % len(body) + body, body
    if kind == "chunked":
        sizes = draw(st.lists(st.integers(1, 40), max_size=5))
        extension = draw(st.sampled_from([b"", b";a", b';a="b c"']))
        return head + b"transfer-encoding: chunked\r\n\r\n" + as_chunks(
            body, sizes, extension
        ), body
    return head + b"\r\n", b""


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    return [stream[a:b] for a, b in pairwise(places) if a < b]


def body_of(raw: bytes) -> tuple[bytes, bytes]:
    """Head and body of one message that our side wrote."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    if b"ransfer-Encoding: chunked" not in head:
        return head, rest
    body = b""
    while True:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return head, body
        body, rest = body + rest[:length], rest[length + 2 :]


@ANY
@given(st.lists(requests(), min_size=1, max_size=4), st.lists(st.integers(0, 10_000), max_size=12))
def test_requests(make_rig: Any, sent: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    from_wire = make_rig(ROUTES)
    client = from_wire.client()
    arrived: list[bytes] = []
    for piece in pieces(b"".join(raw for raw, _ in sent), cuts):
        client.send(piece)
        answer(from_wire, arrived)
    answer(from_wire, arrived)
    assert [body_of(raw)[1] for raw in arrived] == [body for _, body in sent]
    assert client.read().count(b"HTTP/1.1 204 No Content") == len(sent)


ROUTES = 'upstreams: {legacy: {url: "http://a.test:1"}}\nroutes: []\n'


def answer(rig: Any, arrived: list[bytes]) -> None:
    """Play an upstream that answers each request once it is whole."""
    for upstream in rig.wire.dialled:
        while True:
            raw = getattr(upstream, "raw", b"") + upstream.read()
            upstream.raw = raw
            if not whole(raw):
                break
            upstream.raw = b""
            arrived.append(raw)
            upstream.send(b"HTTP/1.1 204 No Content\r\n\r\n")


def whole(raw: bytes) -> bool:
    head, found, rest = raw.partition(b"\r\n\r\n")
    if not found:
        return False
    if b"ransfer-Encoding: chunked" in head:
        return rest.endswith(b"0\r\n\r\n") and (len(rest) == 5 or rest[-7:-5] == b"\r\n")
    for line in head.split(b"\r\n"):
        if line.startswith(b"Content-Length: "):
            return len(rest) == int(line[16:])
    return True


@ANY
@given(
    BODY,
    st.lists(st.integers(1, 50), max_size=6),
    st.sampled_from(["length", "chunked", "close"]),
    st.lists(st.integers(0, 10_000), max_size=12),
)
def test_responses(
    make_rig: Any, body: bytes, sizes: list[int], kind: str, cuts: list[int]
) -> None:
    rig = make_rig(ROUTES)
    client = rig.client()
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    head = b"HTTP/1.1 200 OK\r\nX-A: b\r\n"
    stream = {
        "length": head + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        "chunked": head + b"Transfer-Encoding: chunked\r\n\r\n" + as_chunks(body, sizes, b""),
        "close": head + b"\r\n" + body,
    }[kind]
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    for piece in pieces(interim + stream, cuts):
        rig.upstream.send(piece)
    if kind == "close":
        rig.upstream.shut()
    got = client.read()
    assert got.startswith(interim)
    got_head, got_body = body_of(got[len(interim) :])
    assert got_body == body
    assert without(got_head, b"content-length", b"transfer-encoding") == (
        b"HTTP/1.1 200 OK\r\nX-A: b\r\nVia: 1.1 fig"
    )
    assert not client.ended


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pieces_of_one_size(rig: Any, size: int) -> None:
    client = rig.client()
    raw = b"POST /legacy/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw += b"3\r\nabc\r\n0\r\n\r\n"
    client.send(*(raw[at : at + size] for at in range(0, len(raw), size)))
    _, body = body_of(rig.upstream.read())
    assert body == b"abc"
