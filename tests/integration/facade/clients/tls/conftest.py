"""A facade that speaks https, and clients that trust its certificates."""

import contextlib
import socket
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from facade.routes.config.addressfile import Certificate
from tests.integration.facade.conftest import Facade, Upstream, read_head
from tests.rigs.facade.certificates import Issuer

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


def counted(facade: Facade) -> dict[str, int]:
    """What the worker has counted of clients, by event."""
    url = f"http://127.0.0.1:{facade.admin}/metrics"
    found: dict[str, int] = {}
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=20) as said:
        for line in said.read().decode().splitlines():
            if line.startswith("facade_client_events_total{"):
                found[line.split('"')[1]] = int(float(line.rpartition(" ")[2]))
    return found
