"""What comes together is written together: a call to the kernel costs more than a join."""

from typing import Any

from facade.proxy.downstream.inbound import MOST_JOINED

GET = b"GET /legacy/a HTTP/1.1\r\nHost: a\r\n\r\n"


def written(client: Any) -> list[bytes]:
    """Every call that writes to this client, from now on."""
    calls: list[bytes] = []
    transport = client.transport
    write = transport.write

    def keep(data: bytes) -> None:
        calls.append(bytes(data))
        write(data)

    transport.write = keep
    return calls


def test_a_whole_answer_is_one_call(rig) -> None:
    client = rig.client()
    calls = written(client)
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    assert len(calls) == 1
    assert calls[0].endswith(b"\r\n\r\nhi")


def test_a_whole_chunked_answer_too(rig) -> None:
    client = rig.client()
    calls = written(client)
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
    assert len(calls) == 1
    assert calls[0].endswith(b"\r\n\r\n2\r\nhi\r\n0\r\n\r\n")


def test_large_pieces_are_not_copied_together(rig, monkeypatch) -> None:
    client, body, seen = rig.client(), b"x" * MOST_JOINED, []
    writelines = client.transport.writelines

    def noted(pieces: list[bytes]) -> None:
        seen.append(len(pieces))
        writelines(pieces)

    monkeypatch.setattr(client.transport, "writelines", noted)
    for framing, sent, pieces in (
        (b"Content-Length: %d" % MOST_JOINED, body, 2),
        (b"Transfer-Encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n" % (MOST_JOINED, body), 3),
    ):
        client.send(GET)
        rig.upstream.send(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n%b" % (framing, sent))
        assert client.read().endswith(b"\r\n\r\n" + sent)
        assert seen.pop() == pieces


def test_a_body_that_came_with_its_head_is_sent_whole(rig) -> None:
    client = rig.client()
    head = b"POST /legacy/a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"
    client.send(head + b"abc" + GET)
    assert rig.upstream.read().endswith(b"\r\n\r\nabc")
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert rig.upstream.read().startswith(b"GET /legacy/a")  # on the same connection


def test_a_head_without_a_body_yet_is_not_held_back(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 200 OK")


def test_nor_one_that_came_with_half_a_size_line(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5")
    assert client.read().startswith(b"HTTP/1.1 200 OK")
    rig.upstream.send(b"\r\nhello\r\n")
    assert client.read() == b"5\r\nhello\r\n"
