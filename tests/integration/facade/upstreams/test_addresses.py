"""Upstreams over https and over a socket of this machine."""

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, and its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path), "-out", "-"]
    try:
        made = subprocess.run(command, capture_output=True, check=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate with")
    path.write_bytes(path.read_bytes() + made.stdout)
    return path


def answering(listening: socket.socket) -> None:
    """Answer each connection once, until the socket is closed."""

    def run() -> None:
        with contextlib.suppress(OSError):
            while True:
                with contextlib.suppress(ssl.SSLError, ConnectionError):
                    sock, _ = listening.accept()
                    with sock:
                        while sock.recv(4096):
                            sock.sendall(ANSWER)

    threading.Thread(target=run, daemon=True).start()


@pytest.fixture
def secure(certificate: Path) -> Iterator[int]:
    """The port of an https server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain = socket.create_server(("127.0.0.1", 0))
    with context.wrap_socket(plain, server_side=True) as listening:
        answering(listening)
        yield listening.getsockname()[1]


@pytest.mark.parametrize(
    ("host", "tls", "status"),
    [
        ("localhost", "ca: CERTIFICATE", 200),
        ("localhost", "verify: false", 200),
        ("localhost", "verify: true", 502),
        ("127.0.0.1", "ca: CERTIFICATE", 502),
        ("127.0.0.1", "verify: false", 200),
        ("localhost", "ca: /nowhere.pem", 502),
    ],
)
def test_https(start, secure: int, certificate: Path, host: str, tls: str, status: int) -> None:
    options = tls.replace("CERTIFICATE", str(certificate))
    upstream = f'{{url: "https://{host}:{secure}", tls: {{{options}}}}}'
    facade = start(f"upstreams: {{legacy: {upstream}}}\nroutes: []\n")
    for _ in range(2):
        code, _headers, body = facade.get("/")
        assert code == status
        assert (body == b"well") == (status == 200)


def test_a_socket_of_this_machine(start, tmp_path: Path) -> None:
    path = tmp_path / "shop.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        answering(listening)
        facade = start(f'upstreams: {{legacy: {{url: "unix:{path}"}}}}\nroutes: []\n')
        assert facade.get("/")[0::2] == (200, b"well")
