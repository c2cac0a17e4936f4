"""Odd clients and odd upstreams on real sockets; large bodies; tunnels; streams."""

import contextlib
import hashlib
import http.client
import json
import socket
import threading
import time
import urllib.request

import pytest
import websockets.sync.client
import websockets.sync.server

from chassis.process.tokens import authorization

pytestmark = pytest.mark.integration

MEGABYTE = 1024 * 1024
SIZE = 100 * MEGABYTE
BLOCK = bytes(range(256)) * 4096  # 1 MB
ALONE = 'upstreams: {{legacy: {{url: "{}"}}}}\nroutes: []\n'


def digest_of_blocks() -> str:
    whole = hashlib.sha256()
    for _ in range(SIZE // len(BLOCK)):
        whole.update(BLOCK)
    return whole.hexdigest()


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_large_download_takes_little_memory(start, serve, scripts, memory, chunked) -> None:
    def sender(sock: socket.socket) -> None:
        while head := scripts.head(sock)[0]:
            if b"/big" not in head:
                sock.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                continue
            framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % SIZE
            sock.sendall(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n")
            for _ in range(SIZE // len(BLOCK)):
                if chunked:
                    sock.sendall(b"%x\r\n" % len(BLOCK) + BLOCK + b"\r\n")
                else:
                    sock.sendall(BLOCK)
            if chunked:
                sock.sendall(b"0\r\n\r\n")

    facade = start(ALONE.format(serve(sender).url))
    (worker,) = facade.workers()
    before = memory(worker)
    got, size = hashlib.sha256(), 0
    client = http.client.HTTPConnection("127.0.0.1", facade.port, timeout=60)
    client.request("GET", "/big")
    answer = client.getresponse()
    while data := answer.read(MEGABYTE):
        got.update(data)
        size += len(data)
        time.sleep(0.001)  # slower than the upstream: the bytes have to wait somewhere
    assert size == SIZE
    assert got.hexdigest() == digest_of_blocks()
    assert memory(worker) - before < 16 * MEGABYTE


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_large_upload_takes_little_memory(start, serve, scripts, memory, chunked) -> None:
    seen: list[tuple[int, str]] = []

    def receiver(sock: socket.socket) -> None:
        while True:
            head, rest = scripts.head(sock)
            if not head:
                return
            if head.startswith(b"PUT"):
                got, size = hashlib.sha256(), 0
                for piece in _body(head, _Source(sock, rest)):
                    got.update(piece)
                    size += len(piece)
                seen.append((size, got.hexdigest()))
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    facade = start(ALONE.format(serve(receiver).url))
    (worker,) = facade.workers()
    before = memory(worker)
    client = facade.connect()
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % SIZE
    client.sendall(b"PUT /big HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n\r\n")
    for _ in range(SIZE // len(BLOCK)):
        client.sendall(b"%x\r\n" % len(BLOCK) + BLOCK + b"\r\n" if chunked else BLOCK)
    if chunked:
        client.sendall(b"0\r\n\r\n")
    head, _ = scripts.head(client)
    assert head.startswith(b"HTTP/1.1 200")
    assert seen == [(SIZE, digest_of_blocks())]
    assert memory(worker) - before < 16 * MEGABYTE


class _Source:
    """Reads exact amounts and lines from a socket."""

    def __init__(self, sock: socket.socket, rest: bytes) -> None:
        self._file = sock.makefile("rb")
        self._rest = rest

    def read(self, size: int) -> bytes:
        early, self._rest = self._rest[:size], self._rest[size:]
        return early + self._file.read(size - len(early))

    def line(self) -> bytes:
        got = b""
        while not got.endswith(b"\r\n"):
            got += self.read(1)
        return got[:-2]


def _body(head: bytes, source: _Source):
    if b"chunked" not in head:
        left = next(
            int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")
        )
        while left:
            piece = source.read(min(left, MEGABYTE))
            left -= len(piece)
            yield piece
        return
    while size := int(source.line(), 16):
        yield source.read(size)
        source.line()
    source.line()


def test_a_websocket_echoes_through_the_tunnel(start) -> None:
    def echo(connection) -> None:
        for message in connection:
            connection.send(message)

    with websockets.sync.server.serve(echo, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.socket.getsockname()[1]
        facade = start(ALONE.format(f"http://127.0.0.1:{port}"))
        with websockets.sync.client.connect(f"ws://127.0.0.1:{facade.port}/chat") as client:
            for message in ("hello", "ümläut 🌱", b"\x00\xff" * 10_000, "x" * 300_000):
                client.send(message)
                assert client.recv(timeout=10) == message
        server.shutdown()


def test_events_arrive_one_by_one(start, serve, scripts) -> None:
    tick = threading.Semaphore(0)

    def events(sock: socket.socket) -> None:
        while scripts.head(sock)[0]:
            sock.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n"
            )
            for number in range(3):
                tick.acquire()
                sock.sendall(b"b\r\ndata: %d\n\n\n\n\r\n" % number)
            sock.sendall(b"0\r\n\r\n")

    tick.release(3)
    facade = start(ALONE.format(serve(events).url))
    with facade.connect() as client:
        client.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        head, rest = scripts.head(client)
        assert b"text/event-stream" in head
        for number in range(3):
            tick.release()
            while b"data: %d\n" % number not in rest:
                rest += client.recv(1000)
            assert b"data: %d\n" % (number + 1) not in rest


def test_five_hundred_slow_clients_disturb_no_other(plain) -> None:
    slow = [plain.connect() for _ in range(500)]
    for sock in slow:
        sock.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\nX-Never")
    times = []
    for turn in range(100):
        slow[turn * 5].sendall(b"x")
        began = time.monotonic()
        assert plain.get("/fast")[0] == 200
        times.append(time.monotonic() - began)
    assert sorted(times)[50] < 0.5  # some milliseconds where nothing else runs
    for sock in slow:
        sock.sendall(b": a\r\n\r\n")
    for sock in slow:
        assert sock.recv(20).startswith(b"HTTP/1.1 200 OK")
        sock.close()


def test_a_slow_reader_does_not_hold_the_upstream(start, serve, scripts) -> None:
    def sender(sock: socket.socket) -> None:
        while scripts.head(sock)[0]:
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + b"x" * 50_000)

    upstream = serve(sender)
    facade = start(ALONE.format(upstream.url).replace('"}', '", connections: 1}'))
    readers = [facade.connect() for _ in range(20)]
    for reader in readers:
        reader.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
    assert len(facade.get("/fast")[2]) == 50_000
    for reader in readers:
        reader.close()


def close_at_once(sock: socket.socket) -> None:
    sock.recv(1)


def half_an_answer(sock: socket.socket) -> None:
    sock.recv(1000)
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")


def reset(sock: socket.socket) -> None:
    sock.recv(1000)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def nonsense(sock: socket.socket) -> None:
    sock.recv(1000)
    sock.sendall(b"220 smtp.test ESMTP\r\n\r\n")


@pytest.mark.parametrize(
    ("script", "status"), [(close_at_once, 502), (reset, 502), (nonsense, 502)]
)
def test_upstreams_that_fail(start, serve, script, status) -> None:
    facade = start(ALONE.format(serve(script).url))
    code, headers, body = facade.get("/", Accept="text/html")
    assert code == status
    assert headers["Content-Type"].startswith("text/html")
    assert b"The service behind this address" in body


def test_an_upstream_that_breaks_off(start, serve, scripts) -> None:
    facade = start(ALONE.format(serve(half_an_answer).url))
    with facade.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            while client.recv(1000):
                pass


def test_nobody_listens(start) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound, but not listening: refused
        facade = start(ALONE.format(f"http://127.0.0.1:{reserved.getsockname()[1]}"))
        code, headers, body = facade.get("/", Accept="application/json")
        assert code == 502
        assert headers["Content-Type"] == "application/problem+json"
        assert b"refused the connection" in body


def test_cookies_redirects_and_forms_go_through(start, serve, scripts) -> None:
    def shop(sock: socket.socket) -> None:
        while True:
            head, rest = scripts.head(sock)
            if not head:
                return
            if head.startswith(b"POST"):
                assert _Source(sock, rest).read(16) == b"email=a%40b&pw=x"
                assert b"Host: 127.0.0.1:" in head
                sock.sendall(
                    b"HTTP/1.1 302 Found\r\nLocation: /home\r\nSet-Cookie: session=1\r\n"
                    b"Set-Cookie: theme=dark\r\nContent-Length: 0\r\n\r\n"
                )
            else:
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhome")

    facade = start(ALONE.format(serve(shop).url))
    with facade.connect() as client:
        client.sendall(
            b"POST /login HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % facade.port
            + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 16\r\n\r\n"
            + b"email=a%40b&pw=x"
        )
        head, _ = scripts.head(client)
    assert head.startswith(b"HTTP/1.1 302 Found\r\nLocation: /home\r\n")
    assert b"Set-Cookie: session=1\r\nSet-Cookie: theme=dark\r\n" in head


def test_a_client_that_shuts_its_sending_side_down_is_answered(start, serve, scripts) -> None:
    """As `nc -N` and BusyBox's wget do."""

    def late(sock: socket.socket) -> None:
        assert scripts.head(sock)[0]
        time.sleep(0.1)  # the client's end has come long before
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            time.sleep(0.02)
            sock.sendall(b"1\r\na\r\n")
        sock.sendall(b"0\r\n\r\n")

    facade = start(ALONE.format(serve(late).url))
    with facade.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        got = b""
        while data := client.recv(1000):
            got += data
    assert got.startswith(b"HTTP/1.1 200 OK")
    assert got.endswith(b"1\r\na\r\n1\r\na\r\n1\r\na\r\n0\r\n\r\n")


def test_an_answer_that_is_put_right_is_counted_where_the_admin_port_shows_it(start, serve) -> None:
    def sloppy(sock: socket.socket) -> None:
        sock.recv(1000)
        sock.sendall(b"HTTP/1.1 200 OK\nX : a\nContent-Length: 2, 2\n\nok")

    facade = start(ALONE.format(serve(sloppy).url))
    status, headers, body = facade.get("/")
    assert (status, headers["X"], headers["Content-Length"], body) == (200, "a", "2", b"ok")
    kinds = ["bare LF", "blank before colon", "repeated length"]
    counted: dict[str, int] = {}
    deadline = time.monotonic() + 60
    while sorted(counted) != kinds:
        assert time.monotonic() < deadline, counted
        with contextlib.suppress(OSError):  # the admin port comes a moment later
            url = f"http://127.0.0.1:{facade.admin}/api/status"
            request = urllib.request.Request(url, headers=authorization(url))
            with urllib.request.urlopen(request, timeout=20) as page:
                counted = json.load(page)["upstreams"].get("legacy", {}).get("mended", {})
