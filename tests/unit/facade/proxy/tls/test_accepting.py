"""Connections on a listening socket: secured, sent an error without TLS, or ended in time."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from facade.proxy.counting.metrics import ClientCounts
from facade.proxy.state import TableState
from facade.proxy.tls.accepting import TlsListener
from facade.proxy.tls.context import Secured
from facade.routes.config.addressfile import ListenerTls
from facade.routes.config.routefile import ClientTimeouts, FacadeOptions, Limits
from facade.routes.file.reading import load
from facade.routes.table import compile_table

ROUTES = """
upstreams: {legacy: {url: "http://legacy.test:1000"}}
routes: [{name: all, match: GET /a, stage: legacy}]
"""


class Hello(asyncio.Protocol):
    """Says hello, and closes."""

    def connection_made(self, transport: Any) -> None:
        transport.write(b"hello")
        transport.close()


class Scene:
    """A listener and what it has counted."""

    def __init__(self, rig: Any, issuer: Any, handshake: float = 10.0, each: int = 5) -> None:
        secured = Secured()
        secured.use(ListenerTls((issuer.make("a", "a.example"),)))
        options = FacadeOptions(
            timeouts=ClientTimeouts(handshake=handshake), limits=Limits(connections_per_client=each)
        )
        worker = rig.gateway
        table = compile_table(replace(load(ROUTES.encode()).file, facade=options))
        worker.current.table = TableState(table, worker.upstreams, worker.breakers, worker.counters)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.counts = ClientCounts()
        self.listener = TlsListener(self.socket, secured, worker.current, self.counts, Hello)
        self.listener.start()
        self.client = ssl.create_default_context(cafile=str(issuer.file))

    async def connect(self, **options: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*self.socket.getsockname(), **options)

    async def secure(self) -> bytes:
        reader, writer = await self.connect(ssl=self.client, server_hostname="a.example")
        data = await reader.read()
        writer.close()
        return data


@pytest.fixture
async def scenes(make_rig, issuer) -> AsyncIterator[Any]:
    made: list[Scene] = []

    def make(**options: Any) -> Scene:
        made.append(Scene(make_rig(ROUTES), issuer, **options))
        return made[-1]

    yield make
    for one in made:
        one.listener.close()
        one.socket.close()


async def ended(reader: asyncio.StreamReader) -> bytes:
    with contextlib.suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(), 20)
    return b""


async def test_tls_stands(scenes) -> None:
    scene = scenes()
    assert await scene.secure() == b"hello"
    counts = scene.counts.snapshot()
    assert [counts[f"tls_{kind}"] for kind in ("failed", "late", "plain")] == [0, 0, 0]


async def test_plain_http(scenes) -> None:
    scene = scenes()
    reader, writer = await scene.connect()
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert (await ended(reader)).startswith(b"HTTP/1.1 400 ")
    writer.close()
    assert scene.counts.tls_plain == 1


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "tls_late"),
        (b"\x16\x03", "tls_late"),
        (b"\x16\x03\x01\x00\x05abcde", "tls_failed"),
    ],
)
async def test_a_handshake_that_comes_to_nothing(scenes, data: bytes, kind: str) -> None:
    scene = scenes(handshake=0.3)
    reader, writer = await scene.connect()
    writer.write(data)
    await ended(reader)
    writer.close()
    for _ in range(2000):
        if getattr(scene.counts, kind):
            break
        await asyncio.sleep(0.01)
    assert getattr(scene.counts, kind) == 1
    assert await scene.secure() == b"hello"


async def test_handshakes_of_one_address_are_bounded(scenes) -> None:
    scene = scenes(each=2)
    held = [await scene.connect() for _ in range(2)]
    async with asyncio.timeout(20):
        while not scene.counts.refused:
            reader, writer = await scene.connect()
            await asyncio.wait([asyncio.ensure_future(reader.read(1))], timeout=0.05)
            writer.close()
    for _, writer in held:
        writer.close()
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(OSError):
                if await scene.secure() == b"hello":
                    return
            await asyncio.sleep(0.01)


async def test_a_port_that_was_shut_is_left_alone(scenes) -> None:
    scene = scenes()
    scene.socket.shutdown(socket.SHUT_RDWR)
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="Connect call failed"):
        await scene.connect()
    assert not asyncio.get_running_loop().remove_reader(scene.socket)
