"""A worker's memory while a large body goes up and another one comes down."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from loadtests.bench.processes import resident_peak
from loadtests.bench.proxies.contenders import Contender, start_facade

GIGABYTE = 1_000_000_000
_PIECE = bytes(256 * 1024)

_ROUTES = """
facade: {{limits: {{body: 2GB}}, timeouts: {{exchange: 10m}}}}
upstreams: {{legacy: {{url: 'http://127.0.0.1:{port}'}}}}
routes: []
"""


@dataclass(frozen=True, slots=True)
class Peak:
    """The most memory the worker ever held, in MB."""

    before: float  # one small answer
    after: float  # 1 GB each way


class Sink(BaseHTTPRequestHandler):
    """An upstream that swallows what is sent to it, and answers as many bytes as the path says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        for piece in _pieces(int(self.headers.get("Content-Length", 0))):
            self.rfile.read(len(piece))
        size = int(self.path.rpartition("/")[2] or 0)
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        for piece in _pieces(size):
            self.wfile.write(piece)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Write no log."""


def measure(folder: Path) -> Peak:
    """Send and fetch 1 GB through one worker. Raises RuntimeError when either comes short."""
    with ExitStack() as stack:
        sink = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Sink))
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        stack.callback(sink.shutdown)
        facade = start_facade(folder, _ROUTES.format(port=sink.server_port))
        stack.callback(facade.program.stop)
        pid = worker_of(facade)
        _exchange(facade.port, "GET", 9, 0)
        before = resident_peak(pid)
        if _exchange(facade.port, "POST", 9, GIGABYTE) != 9:
            raise RuntimeError("the upload was not answered")
        if _exchange(facade.port, "GET", GIGABYTE, 0) != GIGABYTE:
            raise RuntimeError("the download came short")
        return Peak(before, resident_peak(pid))


def worker_of(facade: Contender) -> int:
    master, *children = facade.program.pids
    for pid in children:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"facade.control" not in command:
            return pid
    raise RuntimeError(f"the facade {master} has no worker")


def _exchange(port: int, method: str, answered: int, uploaded: int) -> int:
    """One request; returns how many bytes of body were answered."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=300)) as connection:
        length = {"Content-Length": str(uploaded)}
        connection.request(method, f"/{answered}", _pieces(uploaded), length)
        answer = connection.getresponse()
        return sum(map(len, iter(partial(answer.read, len(_PIECE)), b"")))


def _pieces(size: int) -> Iterator[bytes]:
    """That many bytes."""
    for start in range(0, size, len(_PIECE)):
        yield _PIECE[: size - start]
