"""A real facade process on real sockets, and upstreams that behave as a test wants."""

import contextlib
import os
import signal
import socket
import socketserver
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.process.files import write_whole
from tests.rigs.processes.pace import until_next
from tests.rigs.processes.ports import free_port
from tests.rigs.processes.warm import WARM
from tests.rigs.processes.warm_facade import FACADE, is_control

PROJECT = Path(__file__).parents[3]


def eventually(what: str, check: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Poll until `check()` is truthy, and return it."""
    since = time.monotonic()
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > since + seconds:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(until_next(since))


class Facade:
    """`python -m facade run` in front of one upstream."""

    def __init__(self, folder: Path, routes: str, workers: int = 1) -> None:
        self.folder = folder
        self.routes = folder / "routes.yaml"
        self.routes.write_text(routes)
        self.port, self.admin = free_port(), free_port()
        self.log = (folder / "facade.log").open("w+")
        command = ["run", "--routes", str(self.routes)]
        command += ["--listen", f"127.0.0.1:{self.port}", "--admin", f"127.0.0.1:{self.admin}"]
        command += ["--workers", str(workers), "--runtime", str(folder / "runtime")]
        self.command = command
        self.run()

    def run(self, *more: str) -> None:
        """Start the process, also a second time, with these options beside the usual ones."""
        self.process = WARM.start(
            FACADE, *self.command, *more, env=dict(os.environ), stderr=self.log.fileno()
        )
        eventually("the facade answers", self._answers)
        # Before it has its name, the control process looks like a worker.
        eventually("there is a control process", lambda: len(self.workers()) < len(self.children()))

    def save(self, text: str) -> None:
        """Write the route file by rename: however busy the machine is, nobody reads half of it."""
        write_whole(self.routes, text.encode())

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.said()
        try:
            self.get("/ready-probe")
        except ConnectionResetError:
            return True  # by the facade: its upstream is one that breaks off
        except OSError:
            return False
        return True

    def said(self) -> str:
        return (self.folder / "facade.log").read_text()

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body; an error status is no exception."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def readiness(self) -> str:
        """What the admin port says on /readyz."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.admin}/readyz", timeout=20
            ) as said:
                return str(said.read())
        except urllib.error.HTTPError as error:
            return str(error.read())
        except OSError:
            return ""

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def workers(self) -> list[int]:
        """The pids of the worker processes."""
        found = []
        for pid in self.children():
            with contextlib.suppress(OSError):
                if not is_control(pid):
                    found.append(pid)
        return sorted(found)

    def children(self) -> list[int]:
        """All processes that the master started."""
        with contextlib.suppress(OSError):
            path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            return [int(pid) for pid in path.read_text().split()]
        return []

    def end(self) -> None:
        """Kill it, when a test is over: what it was doing is nobody's any more."""
        self.process.kill()
        self.process.wait(60)
        self.log.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Signal the master and wait for its end; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=60)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Facade]]:
    """Starts facades: start(routes, workers=1)."""
    running: list[Facade] = []

    def run(routes: str, workers: int = 1) -> Facade:
        folder = tmp_path / f"facade{len(running)}"
        folder.mkdir()
        facade = Facade(folder, routes, workers)
        running.append(facade)
        return facade

    yield run
    for facade in running:
        facade.end()


Script = Callable[[socket.socket], None]


class Upstream:
    """A server whose every connection runs a script on the raw socket, in a thread."""

    def __init__(self, script: Script, port: int = 0) -> None:
        self.connections = 0
        owner = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                owner.connections += 1
                with contextlib.suppress(OSError):
                    script(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 1024

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Upstream]]:
    """Starts upstreams: serve(script, port=0)."""
    running: list[Upstream] = []

    def run(script: Script, port: int = 0) -> Upstream:
        running.append(Upstream(script, port))
        return running[-1]

    yield run
    for upstream in running:
        upstream.close()


def read_head(sock: socket.socket) -> tuple[bytes, bytes]:
    """A head without its end, and what came with it; empty when the peer closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return b"", b""
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def polite(sock: socket.socket) -> None:
    """Answers every request with its own name and the request line."""
    while True:
        head, _rest = read_head(sock)
        if not head:
            return
        body = b"answered " + head.partition(b"\r\n")[0]
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


@pytest.fixture
def scripts() -> Any:
    """What scripts are made of: `read_head`, `polite`, `eventually`."""

    class Scripts:
        head = staticmethod(read_head)
        polite = staticmethod(polite)
        eventually = staticmethod(eventually)

    return Scripts


@pytest.fixture
def plain(start: Any, serve: Any) -> Facade:
    """A facade before a polite upstream."""
    upstream = serve(polite)
    return start(f'upstreams: {{legacy: {{url: "{upstream.url}"}}}}\nroutes: []\n')


def resident(pid: int) -> int:
    """Resident memory in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def memory() -> Callable[[int], int]:
    return resident
