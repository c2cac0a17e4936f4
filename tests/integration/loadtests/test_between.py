"""The proxy that answers in legacy's place: what the caller sees, and what legacy has done."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chassis.web.client import HttpClient, NoAnswer, NotSent, Request
from loadtests.chaos.faults import between as proxy
from loadtests.chaos.faults.between import Between

pytestmark = pytest.mark.integration

ORDER = b'{"po_number": "chaos-0a1b2c ~0123456789ABCDEF"}'
OTHER = b'{"po_number": "chaos-ffff00 ~0123456789ABCDEF"}'


class Legacy(ThreadingHTTPServer):
    """Takes whatever is posted."""

    taken: list[bytes]

    def handle_error(self, *_: object) -> None:
        """Callers hang up as they like."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return  # no more than the head of it came
        self.server.taken.append(body)
        self._answer(201, b"taken")

    def do_GET(self) -> None:
        self._answer(401 if self.path == "/ended" else 200, b"read")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def legacy() -> Iterator[Legacy]:
    with Legacy(("127.0.0.1", 0), Handler) as server:
        server.taken = []
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def between(legacy: Legacy) -> Iterator[Between]:
    with before(legacy.server_port) as started:
        yield started


@contextlib.contextmanager
def before(port: int, most_unlucky: int = 0) -> Iterator[Between]:
    with Between(seed=1, most_unlucky=most_unlucky, chance=1.0) as started:
        started.upstream = port
        yield started


def order(body: bytes = ORDER, timeout: float = 5.0) -> Request:
    return Request("POST", "/api/orders", {}, body, timeout, guarded=True)


async def send(between: Between, request: Request):
    client = HttpClient(f"http://127.0.0.1:{between.port}")
    try:
        return await client.send(request)
    finally:
        await client.close()


async def test_it_passes_on_what_it_gets(legacy: Legacy, between: Between) -> None:
    answer = await send(between, order())
    assert (answer.status, answer.body, legacy.taken) == (201, b"taken", [ORDER])
    read = await send(between, Request("GET", "/api/orders"))
    assert (read.status, read.body) == (200, b"read")
    assert not +between.struck


@pytest.mark.parametrize(
    ("fate", "status", "effects"),
    [("refused", 500, 0), ("later", 429, 0), ("spoilt", 500, 1)],
)
async def test_an_answer_that_legacy_never_gave(legacy, between, fate, status, effects) -> None:
    between.shares = {fate: 1.0}
    answer = await send(between, order())
    assert (answer.status, len(legacy.taken), between.struck[fate]) == (status, effects, 1)


@pytest.mark.parametrize("fate", ["lost", "late"])
async def test_an_effect_whose_answer_nobody_hears(legacy, between, fate, monkeypatch) -> None:
    monkeypatch.setattr(proxy, "LATE_SECONDS", 30.0)
    between.shares = {fate: 1.0}
    with pytest.raises(NoAnswer):
        await send(between, order(timeout=3.0))
    assert (legacy.taken, between.struck[fate]) == ([ORDER], 1)


async def test_an_unlucky_order_gets_a_500_each_time_until_it_is_healed(legacy: Legacy) -> None:
    with before(legacy.server_port, most_unlucky=1) as between:
        for _ in range(3):
            assert (await send(between, order())).status == 500
        assert (await send(between, order(OTHER))).status == 201  # one is enough
        assert legacy.taken == [OTHER]
        assert between.unlucky == {"chaos-0a1b2c": 3}
        between.heal()
        assert (await send(between, order())).status == 201


async def test_whose_session_has_ended_is_counted(between: Between) -> None:
    assert (await send(between, Request("GET", "/ended"))).status == 401
    assert between.struck["session ended"] == 1


async def test_a_caller_that_gives_up_takes_his_connection_to_legacy_along() -> None:
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        frozen.settimeout(10)
        with before(frozen.getsockname()[1]) as between:
            with pytest.raises(NotSent):
                await send(between, order(timeout=0.5))
            sent = await asyncio.to_thread(all_of, frozen)
            assert b"100-continue" in sent
            assert ORDER not in sent


def all_of(server: socket.socket) -> bytes:
    """What comes over the first connection until it is closed, in order or not."""
    connection, _ = server.accept()
    sent = b""
    with connection, contextlib.suppress(ConnectionResetError):
        connection.settimeout(10)
        while chunk := connection.recv(65536):
            sent += chunk
    return sent


async def test_where_legacy_is_dead_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with before(port) as between, pytest.raises(NotSent):
        await send(between, order())
