"""The corpus of malformed messages, through the whole worker."""

import pytest

from tests.rigs.facade.messages import answers, requests
from tests.rigs.facade.wires.wire import without

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def test_the_corpus_is_large() -> None:
    assert len(requests.REQUESTS) + len(answers.RESPONSES) + len(answers.BAD_CHUNKS) >= 150


@pytest.mark.parametrize("name", requests.REQUESTS)
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "byte by byte"])
def test_request(rig, name: str, at_once: bool) -> None:
    raw, verdict = requests.REQUESTS[name]
    client = rig.client()
    if at_once or len(raw) > 8000:
        client.send(raw)
    else:
        client.send(*(raw[i : i + 1] for i in range(len(raw))))
    got = client.read()
    if verdict == requests.OK:
        assert got == b""
        assert rig.upstream.read().endswith((b"\r\n\r\n", b"\r\n\r\nabc"))
        rig.upstream.send(b"HTTP/1.1 204 No Content\r\n\r\n")
        assert client.read().startswith(b"HTTP/1.1 204")
        return
    assert got.startswith(b"HTTP/1.1 %d " % verdict)
    assert got.count(b"Connection: close") == 1
    assert client.ended
    for upstream in rig.wire.dialled:  # only where the body turned out to be bad
        assert upstream.transport.aborted or upstream.read() == b"", "refused before it stood"
    assert rig.gateway.counters.client.bad_requests == 1


@pytest.mark.parametrize("name", answers.RESPONSES)
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "byte by byte"])
def test_response(rig, name: str, at_once: bool) -> None:
    raw, status = answers.RESPONSES[name]
    client = rig.client()
    client.send(GET)
    if at_once or len(raw) > 8000:
        rig.upstream.send(raw)
    else:
        rig.upstream.send(*(raw[i : i + 1] for i in range(len(raw))))
    heads = [line for line in client.read().split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    final = [head for head in heads if not head.startswith(b"HTTP/1.1 1")]
    assert [head[9:12] for head in final] == [b"%d" % status]
    if status == 502:
        assert rig.upstream.transport.aborted
        assert not client.ended


@pytest.mark.parametrize("name", answers.BAD_CHUNKS)
def test_bad_chunks_break_the_answer_off(rig, name: str) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    rig.upstream.send(answers.BAD_CHUNKS[name])
    assert not client.read().endswith(b"0\r\n\r\n")
    assert client.transport.aborted
    assert rig.upstream.transport.aborted


@pytest.mark.parametrize("name", answers.MENDED)
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "byte by byte"])
def test_mended_answers(rig, name: str, at_once: bool) -> None:
    """What RFC 9112 lets a proxy put right is put right, counted, and its connection closed."""
    raw, kind, line = answers.MENDED[name]
    client = rig.client()
    client.send(GET)
    if at_once:
        rig.upstream.send(raw)
    else:
        rig.upstream.send(*(raw[i : i + 1] for i in range(len(raw))))
    head, _, body = client.read().partition(b"\r\n\r\n")
    lines = without(head, b"date", b"via").split(b"\r\n")
    assert lines[0].startswith(b"HTTP/1.1 200 ")
    framing = [b"Content-Length: 1"], [b"Transfer-Encoding: chunked"]
    assert [one for one in lines[1:] if one not in framing[0] + framing[1]] == [line] * bool(line)
    assert [one for one in lines if one in framing[0] + framing[1]] in framing
    assert body in (b"a", b"1\r\na\r\n0\r\n\r\n")
    assert rig.gateway.snapshot()["mended"] == {"legacy": {kind: 1}, "fresh": {}}
    assert rig.upstream.transport.closing
    assert not client.ended
    client.send(GET)
    assert len(rig.wire.dialled) == 2


@pytest.mark.parametrize(
    ("method", "head"),
    [
        (b"HEAD", b"200 OK\r\nContent-Length: 2"),
        (b"HEAD", b"200 OK\r\nTransfer-Encoding: chunked"),
        (b"HEAD", b"404 Not Found"),
        (b"GET", b"204 No Content"),
        (b"GET", b"204 No Content\r\nContent-Length: 2"),
        (b"GET", b"304 Not Modified"),
        (b"GET", b"304 Not Modified\r\nContent-Length: 2"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "later"])
def test_a_body_where_none_may_be_is_dropped_and_counted(
    rig, method: bytes, head: bytes, at_once: bool
) -> None:
    client = rig.client()
    client.send(GET.replace(b"GET", method))
    raw = b"HTTP/1.1 " + head + b"\r\n\r\n"
    rig.upstream.send(*((raw + b"ab",) if at_once else (raw, b"ab")))
    got = client.read()
    assert got.startswith(b"HTTP/1.1 " + head[:3])
    assert got.endswith(b"\r\n\r\n")
    assert rig.gateway.snapshot()["mended"]["legacy"] == {"body where none may be": 1}
    client.send(GET)
    assert len(rig.wire.dialled) == 2, "the connection serves no other request"


def test_an_answer_in_order_is_not_counted_as_mended(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    client.read()
    client.send(GET)
    assert len(rig.wire.dialled) == 1
    assert rig.gateway.snapshot()["mended"]["legacy"] == {}


def test_a_body_that_holds_an_empty_line_is_not_searched_for_the_heads_end(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\nContent-Length: 9\n\na\r\n\r\nb\n\nc")
    assert client.read().endswith(b"\r\n\r\na\r\n\r\nb\n\nc")


def test_a_body_ends_with_its_connection_where_the_coding_is_none(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nabc")
    rig.upstream.shut()
    assert client.read().endswith(b"3\r\nabc\r\n0\r\n\r\n")
    assert rig.gateway.snapshot()["mended"]["legacy"] == {"identity coding": 1}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n", b"Content-Length: 0"),
        (b"HTTP/1.1 205 Reset\r\nContent-Length: 1\r\n\r\na", b"Content-Length: 1"),
        (
            b"HTTP/1.1 205 Reset\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"Transfer-Encoding: chunked",
        ),
    ],
)
def test_a_205_says_where_it_ends(rig, answer: bytes, expected: bytes) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(answer)
    got = client.read()
    assert expected in got.split(b"\r\n")
    assert got.partition(b"\r\n\r\n")[2] == answer.partition(b"\r\n\r\n")[2]
    assert not client.ended
