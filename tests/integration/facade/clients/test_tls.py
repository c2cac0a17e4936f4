"""Clients that speak https with the facade, on real sockets."""

import contextlib
import json
import os
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websockets.sync.client
import websockets.sync.server

from chassis.process.tokens import authorization
from facade.routes.config.addressfile import Certificate
from tests.integration.facade.conftest import Facade, Upstream, eventually, read_head
from tests.rigs.facade.certificates import Issuer
from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration

ROUTES = """
facade:
  tls:
    certificates: [{certificates}]
    min_version: {version}
  timeouts: {{handshake: {handshake}}}
upstreams: {{legacy: {{url: "{legacy}"}}}}
routes: []
"""


def listed(certificate: Certificate) -> str:
    return f'{{certificate: "{certificate.certificate}", key: "{certificate.key}"}}'


def routes(legacy: str, *certificates: Certificate, version: str = "1.2", handshake="10s") -> str:
    many = ", ".join(map(listed, certificates))
    return ROUTES.format(certificates=many, version=version, handshake=handshake, legacy=legacy)


class Client:
    """A client that trusts the tests' issuer."""

    def __init__(self, facade: Facade, issuer: Issuer) -> None:
        self.context = ssl.create_default_context(cafile=str(issuer.file))
        self.port = facade.port

    def connect(self, host: str = "shop.example") -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return self.context.wrap_socket(plain, server_hostname=host)

    def get(self, path: str = "/", *lines: str, host: str = "shop.example") -> bytes:
        with self.connect(host) as sock:
            words = [f"GET {path} HTTP/1.1", f"Host: {host}", *lines, "Connection: close"]
            sock.sendall(("\r\n".join(words) + "\r\n\r\n").encode())
            return until_end(sock)

    def serial(self, host: str = "shop.example") -> str:
        """Of the certificate that is given for this name."""
        with self.connect(host) as sock:
            return str((sock.getpeercert() or {})["serialNumber"])


def until_end(sock: socket.socket) -> bytes:
    data = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while more := sock.recv(65536):
            data += more
    return data


def echo(sock: socket.socket) -> None:
    while head := read_head(sock)[0]:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(head) + head)


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Facade, Issuer]]:
    """A facade for tests that leave it as it is: shop.example first, and two names more."""
    folder = tmp_path_factory.mktemp("tls")
    issuer, upstream = Issuer(folder), Upstream(echo)
    first = issuer.make("a", "shop.example")
    second = issuer.make("b", "B.example", "*.c.example")
    facade = Facade(folder, routes(upstream.url, first, second))
    yield facade, issuer
    facade.stop()
    facade.log.close()
    upstream.close()


@pytest.fixture
def client(shared: tuple[Facade, Issuer]) -> Client:
    """Of the shared facade."""
    return Client(*shared)


@pytest.fixture
def secure(start, serve, issuer):
    """Starts a facade of the test's own that speaks https: secure(*certificates, …)."""

    def run(*certificates: Certificate, workers: int = 1, **options: str) -> tuple[Facade, Client]:
        text = routes(serve(echo).url, *certificates, **options)
        facade = start(text, workers)
        return facade, Client(facade, issuer)

    return run


def told(facade: Facade) -> dict[str, int]:
    """What the worker has counted of clients, by event."""
    url = f"http://127.0.0.1:{facade.admin}/metrics"
    found: dict[str, int] = {}
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=20) as said:
        for line in said.read().decode().splitlines():
            if line.startswith("facade_client_events_total{"):
                found[line.split('"')[1]] = int(float(line.rpartition(" ")[2]))
    return found


def test_requests_over_tls(client: Client) -> None:
    said = client.get("/a?b", "X-Forwarded-Proto: http", "X-Mine: 1")
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"GET /a?b HTTP/1.1\r\n" in said
    assert b"X-Forwarded-Proto: https\r\n" in said
    assert b"X-Forwarded-Host: shop.example\r\n" in said
    with client.connect() as sock:  # one connection serves many
        for number in range(3):
            sock.sendall(b"GET /%d HTTP/1.1\r\nHost: shop.example\r\n\r\n" % number)
            got = b""
            while b"Via: 1.1 fig" not in got.partition(b"\r\n\r\n")[2]:
                got += sock.recv(65536)
            assert b"GET /%d " % number in got


def test_the_newest_version_is_spoken_and_the_oldest_allowed_one(client: Client) -> None:
    client.context.set_alpn_protocols(["h2", "http/1.1"])
    with client.connect() as sock:
        assert (sock.version(), sock.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")
    client.context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert client.get().startswith(b"HTTP/1.1 200")


def test_a_version_that_is_too_old_is_refused(secure, issuer: Issuer) -> None:
    _, client = secure(issuer.make("a", "shop.example"), version="1.3")
    client.context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        client.get()
    client.context.maximum_version = ssl.TLSVersion.TLSv1_3
    with client.connect() as sock:
        assert sock.version() == "TLSv1.3"


def test_the_certificate_is_chosen_by_name(client: Client) -> None:
    one, other = client.serial("shop.example"), client.serial("b.example")
    assert one != other
    assert client.serial("x.c.example") == other
    client.context.check_hostname = False
    assert client.serial("y.x.c.example") == client.serial("nobody.example") == one


def test_a_renewed_certificate_counts_without_a_restart(secure, issuer: Issuer) -> None:
    facade, client = secure(issuer.make("a", "shop.example"), workers=2)
    before = client.serial()
    with client.connect() as kept:
        issuer.make("a", "shop.example")
        # Connections alone do not show it: one worker may take all of them.
        again = "the certificates were read again"
        eventually("both workers have it", lambda: facade.said().count(again) >= 2)
        assert client.serial() != before
        kept.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert kept.recv(65536).startswith(b"HTTP/1.1 200")
    renewed = client.serial()
    certificate = facade.folder.parent / "a.pem"
    for bad, why in ((b"", "expected a certificate in PEM"), (None, "cannot read it")):
        certificate.unlink() if bad is None else certificate.write_bytes(bad)
        eventually("it is said", lambda why=why: why in facade.said())
        assert client.serial() == renewed
    key = certificate.with_suffix(".key").read_bytes()
    issuer.make("b", "shop.example")
    certificate.write_bytes((facade.folder.parent / "b.pem").read_bytes())
    eventually("it is said", lambda: "it is not the key of" in facade.said())
    assert client.serial() == renewed
    issuer.make("a", "shop.example", days=-1)
    eventually("it is said", lambda: "it expired at" in facade.said())
    assert client.serial() == renewed
    assert key != certificate.with_suffix(".key").read_bytes()
    issuer.make("a", "shop.example")
    eventually("the next one counts", lambda: client.serial() != renewed)


BAD = {
    "missing": ("certificate", "cannot read it: No such file or directory"),
    "no certificate": ("certificate", "expected a certificate in PEM"),
    "expired": ("certificate", "it expired at"),
    "no key": ("key", "expected a private key in PEM"),
    "encrypted": ("key", "the key is encrypted"),
    "another key": ("key", "it is not the key of"),
    "missing key": ("key", "cannot read it: No such file or directory"),
}


def bad(issuer: Issuer, kind: str) -> Certificate:
    good = issuer.make("good", "shop.example")
    path = Path(good.certificate)
    match kind:
        case "missing":
            return Certificate(str(path.with_name("away.pem")), good.key)
        case "no certificate":
            return Certificate(good.key, good.key)
        case "expired":
            return issuer.make("old", "shop.example", days=-1)
        case "no key":
            return Certificate(good.certificate, good.certificate)
        case "encrypted":
            return issuer.make("locked", "shop.example", password=b"word")
        case "another key":
            return Certificate(good.certificate, issuer.make("other", "shop.example").key)
    return Certificate(good.certificate, str(path.with_name("away.key")))


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_served_is_said_with_its_place(
    issuer: Issuer, tmp_path: Path, kind: str
) -> None:
    where, why = BAD[kind]
    path = tmp_path / "routes.yaml"
    path.write_text(routes("http://127.0.0.1:9", bad(issuer, kind)))
    line = path.read_text().splitlines()[3]
    column = line.index('"', line.index(f"{where}: ")) + 1
    for words in (["check", str(path)], ["run", "--routes", str(path), "--listen", "127.0.0.1:0"]):
        said = tmp_path / words[0]
        with said.open("w") as output:
            done = WARM.start("facade", *words, env=dict(os.environ), stderr=output.fileno())
            assert done.wait(60) == 2, said.read_text()
        assert f"routes.yaml:4:{column}: facade.tls.certificates.{where}: " in said.read_text()
        assert why in said.read_text()
        assert "Traceback" not in said.read_text()


def verdict(facade: Facade) -> Any:
    return json.loads((facade.folder / "runtime" / "reload.json").read_text())


def test_a_reload_with_a_bad_certificate_is_refused_and_a_good_one_counts(
    secure, issuer: Issuer
) -> None:
    facade, client = secure(issuer.make("a", "shop.example"))
    before, text = client.serial(), facade.routes.read_text()
    facade.save(text.replace("a.key", "away.key"))
    eventually("it is refused", lambda: not verdict(facade)["ok"])
    assert "away.key: cannot read it" in verdict(facade)["errors"][0]
    assert client.serial() == before
    start = text.index("  tls:")
    facade.save(text[:start] + text[text.index("  timeouts:") :])
    eventually("it is refused", lambda: "restart it" in verdict(facade)["errors"][0])
    assert client.serial() == before
    issuer.make("b", "shop.example")
    facade.save(text.replace("/a.", "/b."))
    eventually("it counts", lambda: client.serial() != before)
    eventually("it is said", lambda: verdict(facade)["ok"])


def test_an_edit_does_not_wait_for_a_renewal(secure, issuer: Issuer) -> None:
    facade, client = secure(issuer.make("a", "shop.example"))
    issuer.make("a", "shop.example", days=-1)
    version = verdict(facade)["version"]
    facade.save(facade.routes.read_text() + "domains: {}\n")
    eventually("it counts", lambda: verdict(facade)["version"] != version)
    assert verdict(facade)["ok"]
    assert client.get().startswith(b"HTTP/1.1 200")


def test_switching_https_on_takes_a_start(plain: Facade, issuer: Issuer) -> None:
    text = routes("http://127.0.0.1:9", issuer.make("a", "shop.example"))
    plain.save(text)
    eventually("it is refused", lambda: not verdict(plain)["ok"])
    assert "clients are switched on https by a start alone" in verdict(plain)["errors"][0]
    assert plain.get("/")[0] == 200


def test_plain_http_is_told_so_and_counted(shared, client: Client) -> None:
    facade, _ = shared
    eventually("it counts", lambda: "tls_plain" in told(facade), 60.0)
    before = told(facade)["tls_plain"]
    with facade.connect() as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        said = until_end(sock)
    assert said.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"This port speaks https" in said
    with facade.connect() as sock:
        sock.sendall(b"\x80\x2e\x01\x03\x01")
        until_end(sock)
    eventually("both count", lambda: told(facade)["tls_plain"] == before + 2)
    assert client.get().startswith(b"HTTP/1.1 200")


def test_handshakes_that_are_slow_or_fail_end_and_are_counted(secure, issuer: Issuer) -> None:
    facade, client = secure(issuer.make("a", "shop.example"), handshake="1s")
    eventually("it counts", lambda: "tls_late" in told(facade), 60.0)
    silent, half = facade.connect(), facade.connect()
    half.sendall(b"\x16\x03\x01\x02\x00\x01")  # the begin of a hello
    gone = facade.connect()
    gone.close()
    broken = facade.connect()
    broken.sendall(b"\x16\x03\x01\x00\x05abcde")
    for sock in (silent, half, broken):
        with sock:
            until_end(sock)  # ends at the facade's wish
    eventually("they count", lambda: told(facade)["tls_late"] == 2)
    assert told(facade)["tls_failed"] == 1
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


def test_an_unread_refusal_over_tls(client: Client) -> None:
    with client.connect() as sock:
        sock.sendall(b"BAD\r\n\r\n")
        assert until_end(sock).startswith(b"HTTP/1.1 400")


def test_nobody_is_redirected_to_the_token(shared) -> None:
    """The admin port stays as it is: plain, and with its token."""
    facade, _ = shared
    url = f"http://127.0.0.1:{facade.admin}/api/status"
    request = urllib.request.Request(url)
    eventually("it answers", lambda: "ready" in facade.readiness(), 60.0)
    for name, value in authorization(url).items():
        request.add_header(name, value)
    with urllib.request.urlopen(request, timeout=20) as said:
        assert said.status == 200
