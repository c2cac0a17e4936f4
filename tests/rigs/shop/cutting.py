"""A connection to the monolith that is cut: before a request has its effect, or after it."""

import contextlib
import selectors
import socket
import struct
import threading
from collections.abc import Iterator

RESET = struct.pack("ii", 1, 0)  # a close that the other side sees as a reset
CONTINUE = b"HTTP/1.1 100"


class Cutter:
    """Passes everything on to `port`, but cuts the connections of as many requests as were asked.

    `after`: the request is passed on, and the connection cut when its answer begins: the monolith
    has committed. `before`: nothing of the body is passed on.
    """

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._to_cut: list[tuple[str, bytes]] = []
        self._lock = threading.Lock()
        self._over = False
        self.cut = 0  # connections so far
        self.away = False  # nobody answers: every connection is closed at once
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        """Where a service finds the monolith."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def next(self, path: str, when: str = "after", times: int = 1) -> None:
        """Cut the next requests of `POST path`."""
        with self._lock:
            self._to_cut += [(when, f"POST {path} ".encode())] * times

    def close(self) -> None:
        """Take no more connections."""
        self._over = True
        self._server.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over:
                client, _ = self._server.accept()
                if self.away:
                    client.close()
                    continue
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        address = ("127.0.0.1", self._upstream)
        with (
            contextlib.suppress(OSError),
            client,
            socket.create_connection(address) as upstream,
        ):
            how = ""
            for sender, data in _either(client, upstream):
                if sender is client:
                    how = self._due(data) or how
                    if how == "before" and not data.startswith(b"POST "):
                        break
                elif how == "after" and not data.startswith(CONTINUE):
                    break
                (upstream if sender is client else client).sendall(data)
            else:
                return
            self.cut += 1
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    def _due(self, data: bytes) -> str:
        with self._lock:
            for each in self._to_cut:
                if data.startswith(each[1]):
                    self._to_cut.remove(each)
                    return each[0]
        return ""


def _either(*ends: socket.socket) -> Iterator[tuple[socket.socket, bytes]]:
    """What one of them says, until one has nothing more to say."""
    with selectors.DefaultSelector() as selector:
        for end in ends:
            selector.register(end, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                end = key.fileobj
                assert isinstance(end, socket.socket)
                data = end.recv(65536)
                if not data:
                    return
                yield end, data
