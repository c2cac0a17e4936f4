"""A worker's memory while a large body goes up and another one comes down."""

import socket
import threading
from contextlib import ExitStack
from dataclasses import dataclass
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


class Sink:
    """An upstream that swallows what is sent to it, and sends as much as is asked for."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            while head := read_head(connection):
                uploaded = int(header(head, b"content-length") or 0)
                _swallow(connection, uploaded)
                size = int(head.split(b" ")[1].rpartition(b"/")[2] or 0)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
                send(connection, size)


def measure(folder: Path) -> Peak:
    """Send and fetch 1 GB through one worker. Raises RuntimeError when either comes short."""
    with ExitStack() as stack:
        sink = Sink()
        stack.callback(sink.close)
        facade = start_facade(folder, _ROUTES.format(port=sink.port))
        stack.callback(facade.program.stop)
        pid = worker_of(facade)
        _exchange(facade.port, b"GET /9", 0)
        before = resident_peak(pid)
        if _exchange(facade.port, b"POST /9", GIGABYTE) != 9:
            raise RuntimeError("the upload was not answered")
        if _exchange(facade.port, b"GET /%d" % GIGABYTE, 0) != GIGABYTE:
            raise RuntimeError("the download came short")
        return Peak(before, resident_peak(pid))


def worker_of(facade: Contender) -> int:
    master, *children = facade.program.pids
    for pid in children:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"facade.control" not in command:
            return pid
    raise RuntimeError(f"the facade {master} has no worker")


def _exchange(port: int, start: bytes, uploaded: int) -> int:
    """One request; returns how many bytes of body were answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=300) as connection:
        connection.sendall(
            start + b" HTTP/1.1\r\nHost: bench\r\nContent-Length: %d\r\n\r\n" % uploaded
        )
        send(connection, uploaded)
        head = read_head(connection)
        return _swallow(connection, int(header(head, b"content-length") or 0))


def send(connection: socket.socket, size: int) -> None:
    while size > 0:
        connection.sendall(_PIECE[:size] if size < len(_PIECE) else _PIECE)
        size -= len(_PIECE)


def _swallow(connection: socket.socket, size: int) -> int:
    """Read that many bytes; returns how many came."""
    buffer, came = bytearray(len(_PIECE)), 0
    while came < size:
        more = connection.recv_into(buffer, min(len(buffer), size - came))
        if not more:
            break
        came += more
    return came


def read_head(connection: socket.socket) -> bytes:
    """A head, byte by byte so that none of the body is taken; empty at the end."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        more = connection.recv(1)
        if not more:
            return b""
        head += more
    return head


def header(head: bytes, name: bytes) -> bytes | None:
    """The value of a header by its lower-case name."""
    for line in head.split(b"\r\n")[1:]:
        found, _, value = line.partition(b":")
        if found.lower() == name:
            return value.strip()
    return None
