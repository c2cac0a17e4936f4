"""The client says how far it came: what was certainly not done, and what nobody knows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from chassis.web import client as web_client
from chassis.web.client import HttpClient, NoAnswer, NotConnected, NotSent, NoTurn, Request

pytestmark = pytest.mark.integration

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Server:
    """Answers each connection by the script in force."""

    def __init__(self) -> None:
        self.script: Script | None = None
        self.connections = 0
        self.received = b""

    async def on_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        assert self.script is not None
        try:
            await self.script(reader, writer)
        finally:
            writer.close()

    def answers(self, *answers: bytes, head_only: bool = False) -> None:
        """One after the other, each to a whole request."""

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for answer in answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.decode().lower().split("\r\n"):
                    if line.startswith("content-length:") and not head_only:
                        length = int(line.split(":")[1])
                self.received += head + await reader.readexactly(length)
                writer.write(answer)

        self.script = script


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, HttpClient]]:
    made = Server()
    listening = await asyncio.start_server(made.on_connection, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    client = HttpClient(f"http://127.0.0.1:{port}", limit=4)
    yield made, client
    await client.close()
    listening.close()


async def test_connections_are_kept(server: tuple[Server, HttpClient]) -> None:
    made, client = server
    made.answers(
        OK, OK, b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    )
    for expected in ((200, b"hi"), (200, b"hi"), (404, b"ab")):
        answer = await client.send(Request("GET", "/x"))
        assert (answer.status, answer.body) == expected
    assert made.connections == 1


async def test_a_body_that_ends_with_its_connection_is_read_to_the_end(
    server: tuple[Server, HttpClient],
) -> None:
    made, client = server

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nfirst,")
        await writer.drain()
        await segment.wait()
        writer.write(b"x" * 300_000)

    segment = asyncio.Event()
    made.script = script
    sending = asyncio.create_task(client.send(Request("GET", "/x")))
    done, _ = await asyncio.wait([sending], timeout=0.2)
    assert not done  # the end has not come
    segment.set()
    assert (await sending).body == b"first," + b"x" * 300_000


async def test_who_waits_for_a_turn_of_ours_was_not_sent(
    monkeypatch: pytest.MonkeyPatch, server: tuple[Server, HttpClient]
) -> None:
    monkeypatch.setattr(web_client, "QUEUE_SECONDS", 0.05)
    made, client = server

    async def script(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    made.script = script
    hanging = [
        asyncio.create_task(client.send(Request("POST", "/x", body=b"{}"))) for _ in range(4)
    ]
    await asyncio.sleep(0)
    with pytest.raises(NoTurn):
        await client.send(Request("POST", "/x", body=b"{}"))
    for each in hanging:
        each.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_nobody_listens() -> None:
    with pytest.raises(NotConnected):
        await HttpClient("http://127.0.0.1:1").send(Request("POST", "/x", body=b"{}"))


async def test_sent_and_not_answered(server: tuple[Server, HttpClient]) -> None:
    made, client = server
    made.answers(b"")
    with pytest.raises(NoAnswer):
        await client.send(Request("POST", "/x", body=b"{}"))
    made.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    with pytest.raises(NoAnswer):
        await client.send(Request("POST", "/x", body=b"{}"))


async def test_the_second_half_goes_only_when_it_is_awaited(
    server: tuple[Server, HttpClient],
) -> None:
    made, client = server

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.received += await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        made.received += await reader.readexactly(2)
        writer.write(OK)

    made.script = script
    answer = await client.send(Request("POST", "/x", body=b"{}", guarded=True))
    assert answer.status == 200
    assert b"expect: 100-continue" in made.received


async def test_what_waits_in_a_queue_was_never_sent(server: tuple[Server, HttpClient]) -> None:
    made, client = server
    seen = asyncio.Event()

    async def script(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        made.received += await reader.read()
        seen.set()

    made.script = script
    with pytest.raises(NotSent):
        await client.send(Request("POST", "/x", body=b"{}", timeout=0.2, guarded=True))
    await asyncio.wait_for(seen.wait(), 5)
    assert not made.received.endswith(b"{}")


async def test_a_refusal_before_the_second_half_is_an_answer(
    server: tuple[Server, HttpClient],
) -> None:
    made, client = server
    made.answers(b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno", head_only=True)
    answer = await client.send(Request("POST", "/x", body=b"{}", guarded=True))
    assert (answer.status, answer.body) == (401, b"no")
    assert not made.received.endswith(b"{}")


async def test_a_line_break_in_a_header_is_not_sent(server: tuple[Server, HttpClient]) -> None:
    _, client = server
    with pytest.raises(NotSent, match="line break"):
        await client.send(Request("GET", "/x", {"cookie": "a\r\nHost: b"}))
