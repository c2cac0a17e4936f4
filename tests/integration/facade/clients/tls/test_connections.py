"""Handshakes that are too old, slow or too many; tunnels and a drain over TLS."""

import socket
import ssl
import threading
import time
from typing import Any

import pytest
import websockets.sync.client
import websockets.sync.server

from tests.integration.facade.clients.tls.conftest import Client, counted, echo, routes, until_end
from tests.integration.facade.conftest import Facade, eventually
from tests.rigs.facade.certificates import Issuer

pytestmark = pytest.mark.integration


def test_a_version_that_is_too_old_is_refused(secure, issuer: Issuer) -> None:
    _, client = secure(issuer.make("a", "shop.example"), version="1.3")
    client.context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        client.get()
    client.context.maximum_version = ssl.TLSVersion.TLSv1_3
    with client.connect() as sock:
        assert sock.version() == "TLSv1.3"


def test_handshakes_that_are_slow_or_fail_end_and_are_counted(secure, issuer: Issuer) -> None:
    facade, client = secure(issuer.make("a", "shop.example"), handshake="1s")
    eventually("it counts", lambda: "tls_late" in counted(facade), 60.0)
    silent, half = facade.connect(), facade.connect()
    half.sendall(b"\x16\x03\x01\x02\x00\x01")  # the begin of a hello
    gone = facade.connect()
    gone.close()
    broken = facade.connect()
    broken.sendall(b"\x16\x03\x01\x00\x05abcde")
    for sock in (silent, half, broken):
        with sock:
            until_end(sock)  # until the facade ends it
    eventually("they count", lambda: counted(facade)["tls_late"] == 2)
    assert counted(facade)["tls_failed"] == 1
    assert client.get().startswith(b"HTTP/1.1 200")


def test_handshakes_under_way_are_bounded(start, serve, issuer: Issuer) -> None:
    text = routes(serve(echo).url, issuer.make("a", "shop.example"), handshake="60s")
    text = text.replace("  timeouts:", "  limits: {connections_per_client: 3}\n  timeouts:")
    facade = start(text)
    held = [facade.connect() for _ in range(3)]
    eventually("one more is closed at once", lambda: closed_at_once(facade))
    for sock in held:
        sock.close()
    client = Client(facade, issuer)
    eventually("there is room again", lambda: answers(client))


def closed_at_once(facade: Facade) -> bool:
    with facade.connect() as sock:
        sock.settimeout(0.5)
        try:
            return sock.recv(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False


def answers(client: Client) -> bool:
    try:
        return client.get().startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def test_a_tunnel_and_a_large_body_over_tls(start, issuer: Issuer) -> None:
    def turned(socket: Any) -> None:
        for message in socket:
            socket.send(message[::-1])

    with websockets.sync.server.serve(turned, "127.0.0.1", 0, max_size=None) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.socket.getsockname()[1]
        text = routes(f"http://127.0.0.1:{port}", issuer.make("a", "shop.example"))
        facade = start(text)
        client = Client(facade, issuer)
        with websockets.sync.client.connect(
            f"wss://shop.example:{facade.port}/ws",
            sock=socket.create_connection(("127.0.0.1", facade.port), timeout=20),
            ssl=client.context,
            open_timeout=60,
            max_size=None,
        ) as tunnel:
            for message in ("abc", "x" * 2_000_000 + "y"):
                tunnel.send(message)
                assert tunnel.recv() == message[::-1]
        server.shutdown()


def test_a_drain_ends_what_is_under_way_and_takes_no_more(start, serve, scripts, issuer) -> None:
    asked: list[bytes] = []

    def slow(sock) -> None:
        while head := scripts.head(sock)[0]:
            asked.append(head)
            if b"/slow" in head:
                time.sleep(1.0)  # the upstream's own time, not a wait for a state
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")

    facade = start(routes(serve(slow).url, issuer.make("a", "shop.example")))
    client = Client(facade, issuer)
    with client.connect() as sock:
        sock.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        eventually("it is asked", lambda: any(b"/slow" in head for head in asked))
        facade.process.terminate()
        eventually("no more are taken", lambda: refused(facade))
        said = until_end(sock)
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection: close\r\n" in said
    assert said.endswith(b"done")
    assert facade.stop() == 0


def refused(facade: Facade) -> bool:
    try:
        facade.connect().close()
    except OSError:
        return True
    return False
