"""Bodies and framings through the whole worker."""

import pytest

HEAD = b"GET /legacy/a HTTP/1.1\r\nHost: a\r\n\r\n"


def post(framing: bytes, body: bytes = b"", version: bytes = b"1.1") -> bytes:
    return b"POST /legacy/a HTTP/" + version + b"\r\nHost: a\r\n" + framing + b"\r\n\r\n" + body


def test_a_request_body_is_passed_on_as_it_comes(rig) -> None:
    client = rig.client()
    client.send(post(b"Content-Length: 6", b"ab"))
    assert rig.upstream.read().endswith(b"Content-Length: 6\r\n\r\nab")
    client.send(b"cd", b"ef")
    assert rig.upstream.read() == b"cdef"


def test_a_chunked_request_stays_chunked_with_its_trailers(rig) -> None:
    client = rig.client()
    client.send(post(b"Transfer-Encoding: chunked", b"2;x=1\r\nab\r\n"))
    assert rig.upstream.read().endswith(b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
    client.send(b"1\r\nc\r\n0\r\nX-Sum: 1\r\nFig-After: 3\r\nContent-Length: 9\r\n\r\n")
    assert rig.upstream.read() == b"1\r\nc\r\n0\r\nX-Sum: 1\r\n\r\n"


@pytest.mark.parametrize("method", [b"GET", b"DELETE", b"POST"])
def test_a_request_without_framing_has_no_body(rig, method: bytes) -> None:
    client = rig.client()
    client.send(HEAD.replace(b"GET", method))
    rig.upstream.send(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 204")
    client.send(HEAD)
    assert b"GET" in rig.upstream.read()


def test_a_chunked_answer_is_passed_on_at_once(rig) -> None:
    client = rig.client()
    client.send(HEAD)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert client.read().endswith(b"Transfer-Encoding: chunked\r\nVia: 1.1 fig\r\n\r\n")
    rig.upstream.send(b"5\r\ndata:\r\n")
    assert client.read() == b"5\r\ndata:\r\n"
    rig.upstream.send(b"1\r\n\n\r\n0\r\nServer-Timing: x\r\n\r\n")
    assert client.read() == b"1\r\n\n\r\n0\r\nServer-Timing: x\r\n\r\n"
    assert not client.ended


def test_an_answer_ended_by_closing_becomes_chunked(rig) -> None:
    client = rig.client()
    client.send(HEAD)
    rig.upstream.send(b"HTTP/1.0 200 OK\r\nContent-Type: a\r\n\r\nabc")
    assert client.read().endswith(b"\r\n\r\n3\r\nabc\r\n")
    rig.upstream.shut()
    assert client.read() == b"0\r\n\r\n"
    assert not client.ended


def test_http10_clients_get_no_chunks(rig) -> None:
    client = rig.client()
    client.send(b"GET /legacy/a HTTP/1.0\r\n\r\n")
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    got = client.read()
    assert b"Connection: close\r\n" in got
    assert b"chunked" not in got
    assert got.endswith(b"\r\n\r\nabc")
    assert client.ended


def test_http10_clients_may_keep_the_connection(rig) -> None:
    client = rig.client()
    client.send(b"GET /legacy/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    assert b"Connection: keep-alive\r\n" in client.read()
    assert not client.ended


def test_head_has_the_headers_and_no_body(rig) -> None:
    client = rig.client()
    client.send(HEAD.replace(b"GET", b"HEAD"))
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 99\r\n\r\n")
    assert client.read() == (
        b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 99\r\nVia: 1.1 fig\r\n\r\n"
    )
    client.send(HEAD)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    assert client.read().endswith(b"a")


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_answers_that_never_have_a_body(rig, status: bytes) -> None:
    client = rig.client()
    client.send(HEAD)
    rig.upstream.send(b"HTTP/1.1 " + status + b"\r\nETag: x\r\n\r\n")
    got = client.read()
    assert got.startswith(b"HTTP/1.1 " + status)
    assert b"Transfer-Encoding" not in got
    assert not client.ended


def test_interim_answers_are_passed_on(rig) -> None:
    client = rig.client()
    client.send(HEAD)
    rig.upstream.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    assert client.read() == b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 200 OK")


def test_http10_clients_know_no_interim_answers(rig) -> None:
    client = rig.client()
    client.send(b"GET /legacy/a HTTP/1.0\r\n\r\n")
    rig.upstream.send(
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    )
    assert client.read().startswith(b"HTTP/1.1 200 OK")


def test_expect_continue_goes_through(rig) -> None:
    client = rig.client()
    client.send(post(b"Expect: 100-continue\r\nContent-Length: 3"))
    assert b"Expect: 100-continue\r\n" in rig.upstream.read()
    rig.upstream.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert client.read() == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send(b"abc")
    assert rig.upstream.read() == b"abc"
    rig.upstream.send(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 201 Created")
    assert not client.ended


def test_an_early_answer_ends_the_connection_after_it(rig) -> None:
    client = rig.client()
    client.send(post(b"Content-Length: 1000", b"abc"))
    rig.upstream.send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
    got = client.read()
    assert got.startswith(b"HTTP/1.1 403 Forbidden")
    assert b"Connection: close\r\n" in got
    assert got.endswith(b"no")
    assert client.transport.half_closed
    client.send(b"more of the body")
    assert client.read() == b""
    assert rig.upstream.transport.closing


def test_pipelined_requests_are_answered_in_order(rig) -> None:
    client = rig.client()
    client.send(
        HEAD.replace(b"/a", b"/1") + HEAD.replace(b"/a", b"/2") + HEAD.replace(b"/a", b"/3")
    )
    for number in (b"1", b"2", b"3"):
        assert rig.upstream.read().startswith(b"GET /legacy/" + number + b" ")
        rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + number)
        assert client.read().endswith(b"\r\n\r\n" + number)
    assert not client.transport.reading_paused


def test_a_pipelined_request_after_a_body(rig) -> None:
    client = rig.client()
    client.send(post(b"Content-Length: 2", b"ab" + HEAD))
    assert rig.upstream.read().endswith(b"ab")
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert rig.upstream.read().startswith(b"GET /legacy/a")


def test_a_pipelining_client_is_not_read_further(rig) -> None:
    client = rig.client()
    client.send(HEAD + HEAD)
    assert client.transport.reading_paused


def test_connection_close_is_obeyed(rig) -> None:
    client = rig.client()
    client.send(HEAD[:-2] + b"Connection: close\r\n\r\n")
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert b"Connection: close\r\n" in client.read()
    assert client.ended


def test_an_upstream_that_closes_is_not_used_again(rig) -> None:
    client = rig.client()
    client.send(HEAD)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    assert not client.ended
    client.send(HEAD)
    assert len(rig.wire.dialled) == 2


def test_bytes_after_an_answer_end_the_upstream_connection(rig) -> None:
    client = rig.client()
    client.send(HEAD)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc")
    assert client.read().endswith(b"\r\n\r\na")
    assert rig.upstream.transport.closing
