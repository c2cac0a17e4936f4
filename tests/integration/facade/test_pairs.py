"""Two instances, one of them killed or frozen at random under load: the short form of
`make two-of-each`, before services of a few lines and without legacy's help."""

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from loadtests.chaos.pairs.crowd import Asking, Crowd
from loadtests.chaos.pairs.hits import Hitting
from loadtests.chaos.pairs.report import objections, text
from tests.rigs.processes.ports import free_port

pytestmark = pytest.mark.integration

HITS = 2  # the first is a kill, the second a freeze
FIRST_BYTE = 2.0
SERVICE = """
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.answer(200)
    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"]))
        os.write(done, text + b"\\n")
        self.answer(201)
    def answer(self, status):
        self.wfile.write(b"HTTP/1.1 %d Fine\\r\\nContent-Length: 2\\r\\n\\r\\nok" % status)
    def log_message(self, *_):
        pass
done = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
ThreadingHTTPServer.allow_reuse_address = True
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
ROUTES = """
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{urls: ["http://127.0.0.1:{one}", "http://127.0.0.1:{two}"]}}
routes:
  - {{name: read, match: GET /read, new: fresh, stage: retired, first_byte: 2s}}
  - {{name: write, match: POST /write, new: fresh, stage: retired, first_byte: 2s}}
"""


class Pair:
    """Two processes of one service, started again when they die."""

    def __init__(self, done: Path, ports: tuple[int, int]) -> None:
        self.done, self.ports = done, ports
        self._ports = dict(zip(("one", "two"), ports, strict=True))
        self._running = {name: self._start(name) for name in self._ports}
        self._over = threading.Event()
        self._keeping = threading.Thread(target=self._keep, daemon=True)
        self._keeping.start()

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        port = str(self._ports[name])
        return subprocess.Popen([sys.executable, "-c", SERVICE, port, str(self.done)])

    def _keep(self) -> None:
        while not self._over.wait(0.05):
            for name, process in self._running.items():
                if process.poll() is not None:
                    self._running[name] = self._start(name)

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def whole(self, names: Iterable[str]) -> bool:
        return all(self._answers(self._ports[name]) for name in names)

    def _answers(self, port: int) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as one:
            one.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return one.recv(8) == b"HTTP/1.1"
        return False

    def close(self) -> None:
        self._over.set()
        self._keeping.join()
        for process in self._running.values():
            process.kill()
            process.wait()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    found = Pair(tmp_path / "done", (free_port(), free_port()))
    yield found
    found.close()


def write(asking: Asking, headers: Mapping[str, str], text: str) -> int:
    return asking.ask("POST", "/write", text, headers)[0]


def test_no_read_fails_and_no_write_is_done_twice(pair, start, serve, scripts) -> None:
    one, two = pair.ports
    scripts.eventually("both are up", lambda: pair.whole(("one", "two")))
    facade = start(ROUTES.format(legacy=serve(scripts.polite).url, one=one, two=two), workers=2)
    crowd = Crowd(f"http://127.0.0.1:{facade.port}", ["/read"], write, [{}], readers=4, writers=2)
    with crowd:
        with Hitting({"pair": ("one", "two")}, pair.pid, pair.whole, 7, longest=4.0) as hitting:
            scripts.eventually("hits", lambda: len(hitting.done) >= HITS, 90.0)
        scripts.eventually("both are back", lambda: pair.whole(("one", "two")))
    lines = pair.done.read_text().split()
    done = {text: lines.count(f'"{text}"') for text in {line.strip('"') for line in lines}}
    print(text(hitting.done, crowd.seen, FIRST_BYTE))
    assert hitting.wrong == []
    # a busy machine is slow, too: only the bound itself is tight
    slow = [one for one in crowd.seen.writes if one.took > 10 * FIRST_BYTE]
    assert slow == [] and objections(crowd.seen, 10 * FIRST_BYTE, done) == []
    assert {one.status for one in crowd.seen.writes} >= {201}
