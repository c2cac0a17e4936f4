"""A control process, a legacy side that answers what a test says, and a worker made of frames."""

import json
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from chassis.process.files import write_whole
from chassis.process.tokens import authorization
from facade.proxy.counting.histogram import empty
from facade.runtime.channel import COUNTERS, HELLO, PAIR, encode
from tests.rigs.processes.pace import until_next
from tests.rigs.processes.ports import free_port
from tests.rigs.processes.warm import WARM, Forked

TABLE = """\
upstreams:
  legacy: {{url: "http://127.0.0.1:{port}"}}
  catalog: {{service: catalog}}
routes:
  - name: product
    match: GET /api/products/{{sku}}
    new: catalog
    stage: shadow
    compare: {{sample: 100%, rules: product}}
  - name: orders
    match: GET /api/orders
    new: catalog
    stage: legacy
compare_rules:
  product:
    tolerate: {{"$.updated": {{seconds: 2}}}}
    secret: ["$.note"]
    expect: [{{path: "$.stock_text", why: "a typo", owner: web-team, until: 2099-01-01}}]
"""
WAIT_SECONDS = 60.0
OPEN = {
    "state": "open",
    "for": 1.5,
    "next_probe_in": 3.5,
    "why": "20 of 20 calls failed, 0 were slow",
    "cause": "calls failed",
}


def poll(what: str, check: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    """The first true value of `check`; fails with `what` after the deadline."""
    since = time.monotonic()
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > since + seconds:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(until_next(since))


class Legacy:
    """An HTTP server that answers each path with the JSON, or the maker of it, put there."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        legacy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                legacy.asked.append((self.path, dict(self.headers)))
                answer = legacy.answers.get(self.path)
                body = json.dumps(answer() if callable(answer) else answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Control:
    """A running control process."""

    runtime: Path
    channel: Path
    port: int
    process: Forked | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = os.environ | self.environment
        self.process = WARM.start("facade.control", env=environment, stderr=2)
        poll("the admin port answers", lambda: self.status_of("/healthz") == 200)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it and wait."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(WAIT_SECONDS)

    def raw(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, method=method, headers=authorization(url))
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def status_of(self, path: str) -> int:
        try:
            return self.raw(path)[0]
        except OSError:
            return 0

    def get(self, path: str, method: str = "GET") -> Any:
        """The JSON of an answer."""
        return json.loads(self.raw(path, method)[1])

    def route(self, name: str = "product") -> Any:
        """The evidence of one route."""
        return self.get(f"/api/compare?route={name}")["routes"][0]


class FakeWorker:
    """Speaks to the control process as a worker does."""

    def __init__(self, control: Control, number: int = 0, pid: int = 1) -> None:
        self.identity = {"worker": number, "pid": pid, "started": 1_000.0 + pid}
        self.shadow = {"dispatched": 0, "completed": 0, "failed": 0, "shed": {}}
        self.requests = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._control = control

    def connect(self) -> "FakeWorker":
        def connected() -> bool:
            try:
                self._socket.connect(str(self._control.channel))
            except OSError:
                return False
            return True

        poll("the channel is there", connected)
        self.send(HELLO, self.identity)
        return self

    def send(self, kind: int, meta: Any, blob: bytes = b"") -> None:
        self._socket.sendall(encode(kind, meta, blob))

    def close(self) -> None:
        self._socket.close()

    def counters(self) -> None:
        """Send what was counted so far."""
        sides = {"legacy": self.requests, "new": 0}
        latency = empty()
        latency[20] = self.requests
        route = {
            "requests": sides,
            "status": {"legacy": {"2xx": self.requests}, "new": {}},
            "failures": {},
            "fallbacks": 0,
            "retries": 0,
            "latency": {"legacy": latency, "new": empty()},
            "shadow": self.shadow,
        }
        self.send(
            COUNTERS,
            {
                **self.identity,
                "version": "abc",
                "time": time.time(),
                "routes": {"product": route},
                "upstreams": {"legacy": {"connections": 2, "idle": 1, "breaker": {"read": OPEN}}},
                "client": {"connections": 5, "aborted": 1, "bad_requests": 0},
            },
        )

    def pair(self, legacy: Any, new: Any, path: str = "/api/products/A", **more: Any) -> None:
        """Send one pair of JSON answers."""
        bodies = [json.dumps(body).encode() for body in (legacy, new)]
        sides = {
            name: {
                "status": 200,
                "headers": "Content-Type: application/json\r\n",
                "length": len(body),
                "ms": ms,
                "error": None,
            }
            for name, body, ms in zip(("legacy", "new"), bodies, (4.0, 2.0), strict=True)
        }
        meta = {
            "route": "product",
            "method": "GET",
            "target": path,
            "stage": "shadow",
            "percent": None,
            "version": "abc",
            "request_id": "r1",
            "started": time.time(),
            "signed_in": False,
            "live": "legacy",
            "sides": sides,
            "request_headers": "Host: shop.example\r\nAccept: application/json\r\n",
        }
        self.shadow["dispatched"] += 1
        self.shadow["completed"] += 1
        self.requests += 1
        self.send(PAIR, meta | more, b"".join(bodies))


@pytest.fixture
def wait() -> Callable[..., Any]:
    return poll


@pytest.fixture
def legacy() -> Iterator[Legacy]:
    server = Legacy()
    yield server
    server.close()


@pytest.fixture
def control(tmp_path: Path, legacy: Legacy) -> Iterator[Control]:
    """A control process with a published table; its socket in a folder with a short name."""
    sockets = Path(tempfile.mkdtemp(prefix="fig-"))
    port = free_port()
    write_whole(tmp_path / "table.yaml", TABLE.format(port=legacy.port).encode())
    started = Control(tmp_path, sockets / "control.sock", port)
    started.environment = {
        "FACADE_CHANNEL": str(started.channel),
        "FACADE_RUNTIME": str(tmp_path),
        "FACADE_ADMIN": f"127.0.0.1:{port}",
        "FACADE_ROUTES": "routes.yaml",
    }
    started.start()
    yield started
    if started.process is not None and started.process.poll() is None:
        started.kill(signal.SIGTERM)
    shutil.rmtree(sockets)


@pytest.fixture
def worker(control: Control) -> Iterator[Callable[..., FakeWorker]]:
    """Connects workers."""
    connected: list[FakeWorker] = []

    def connect(number: int = 0, pid: int = 1) -> FakeWorker:
        connected.append(FakeWorker(control, number, pid).connect())
        return connected[-1]

    yield connect
    for one in connected:
        one.close()
