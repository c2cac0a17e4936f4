"""What we accept, llhttp and h11 read the same way: nobody behind us sees another request.

We may refuse more than they do. Mutations of valid heads are the input: a byte deleted, doubled,
replaced, or a line moved.
"""

from typing import Any

import h11
import httptools
from hypothesis import given, settings
from hypothesis import strategies as st

from facade.http1.bodies import ChunkedBody
from facade.http1.refusal import Refused
from facade.http1.requests import RequestHead, read_request

SEEDS = [
    b"GET /a?b=c HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n",
    b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n0\r\nT: u\r\n\r\n",
    b"PUT /%20 HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
]
NASTY = [bytes([n]) for n in (*range(33), 127, 128, 255)] + [
    *(b":", b";", b",", b'"', b"0", b"9", b"\r\n", b"\n", b"\r", b" \t", b"chunked", b"HTTP/1.1"),
    b"Content-Length: 4\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Host: b\r\n",
    *(bytes([n]) for n in b"abcGET019-_./?=& " * 5),
]


@st.composite
def mutants(draw: Any) -> bytes:
    raw = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(raw)))
        end = at + draw(st.integers(0, 2))
        raw = raw[:at] + draw(st.sampled_from([b"", *NASTY])) + raw[end:]
    return raw


class Llhttp:
    """What llhttp makes of a request."""

    def __init__(self, raw: bytes) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.target = b""
        self.whole = False
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(raw)

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.whole:
            self.headers.append((name.lower(), value.strip(b" \t")))

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.whole = True


def ours(raw: bytes) -> tuple[RequestHead, bytes] | None:
    """The head and the body as we read them; None when we refuse or need more."""
    head, found, rest = raw.partition(b"\r\n\r\n")
    if not found:
        return None
    try:
        request = read_request(head, 100)
        if request.chunked:
            body, after = ChunkedBody().take(rest)
            return None if after is None else (request, body)
    except Refused:
        return None
    length = request.length or 0
    return None if len(rest) < length else (request, rest[:length])


@settings(deadline=None, max_examples=1500)
@given(mutants())
def test_llhttp_reads_the_same(raw: bytes) -> None:
    accepted = ours(raw)
    if accepted is None:
        return
    request, body = accepted
    try:
        theirs = Llhttp(raw[: raw.index(b"\r\n\r\n") + 4 + _length(raw, request)])
    except httptools.HttpParserError:
        return  # they may refuse what we do not
    assert theirs.whole
    assert theirs.parser.get_method() == request.method
    assert theirs.body == body
    names = [field.name for field in request.fields]
    assert [name for name, _ in theirs.headers][: len(names)] == names
    assert [v for _, v in theirs.headers][: len(names)] == [f.value for f in request.fields]


def _length(raw: bytes, request: RequestHead) -> int:
    rest = raw[raw.index(b"\r\n\r\n") + 4 :]
    if not request.chunked:
        return request.length or 0
    _, after = ChunkedBody().take(rest)
    return len(rest) - len(after or b"")


@settings(deadline=None, max_examples=1500)
@given(mutants())
def test_h11_reads_the_same(raw: bytes) -> None:
    accepted = ours(raw)
    if accepted is None:
        return
    request, body = accepted
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(raw)
    got = b""
    try:
        first = connection.next_event()
        assert isinstance(first, h11.Request)
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Data):
                got += bytes(event.data)
            else:
                break
    except h11.RemoteProtocolError:
        return  # they may refuse what we do not
    assert isinstance(event, h11.EndOfMessage)
    assert first.method == request.method
    assert got == body
