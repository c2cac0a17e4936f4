"""The corpus of malformed messages, through the whole worker."""

import pytest

from tests.rigs import corpus

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def test_the_corpus_is_large() -> None:
    assert len(corpus.REQUESTS) + len(corpus.RESPONSES) + len(corpus.BAD_CHUNKS) >= 150


@pytest.mark.parametrize("name", corpus.REQUESTS)
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "byte by byte"])
def test_request(door, name: str, at_once: bool) -> None:
    raw, verdict = corpus.REQUESTS[name]
    client = door.client()
    if at_once or len(raw) > 8000:
        client.send(raw)
    else:
        client.send(*(raw[i : i + 1] for i in range(len(raw))))
    got = client.read()
    if verdict == corpus.OK:
        assert got == b""
        assert door.upstream.read().endswith((b"\r\n\r\n", b"\r\n\r\nabc"))
        door.upstream.send(b"HTTP/1.1 204 No Content\r\n\r\n")
        assert client.read().startswith(b"HTTP/1.1 204")
        return
    assert got.startswith(b"HTTP/1.1 %d " % verdict)
    assert got.count(b"Connection: close") == 1
    assert client.ended
    for upstream in door.wire.dialled:  # only where the body turned out to be bad
        assert upstream.transport.aborted
    assert door.gateway.counters.client.bad_requests == 1


@pytest.mark.parametrize("name", corpus.RESPONSES)
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "byte by byte"])
def test_response(door, name: str, at_once: bool) -> None:
    raw, status = corpus.RESPONSES[name]
    client = door.client()
    client.send(GET)
    if at_once or len(raw) > 8000:
        door.upstream.send(raw)
    else:
        door.upstream.send(*(raw[i : i + 1] for i in range(len(raw))))
    heads = [line for line in client.read().split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    final = [head for head in heads if not head.startswith(b"HTTP/1.1 1")]
    assert [head[9:12] for head in final] == [b"%d" % status]
    if status == 502:
        assert door.upstream.transport.aborted
        assert not client.ended


@pytest.mark.parametrize("name", corpus.BAD_CHUNKS)
def test_bad_chunks_break_the_answer_off(door, name: str) -> None:
    client = door.client()
    client.send(GET)
    door.upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    door.upstream.send(corpus.BAD_CHUNKS[name])
    assert not client.read().endswith(b"0\r\n\r\n")
    assert client.transport.aborted
    assert door.upstream.transport.aborted
