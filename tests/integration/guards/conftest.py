"""A facade between two sides that behave as a test wants, and clients that never rest."""

import contextlib
import json
import os
import random
import signal
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chassis.cli.calls import NoAnswer, Refusal, call_json
from tests.integration.facade.conftest import Facade, eventually, read_head
from tests.rigs.processes.warm_facade import is_control

ROUTES = """\
# edited by people, too
facade: {{promote: {{canary: 30%, new: 30%}}}}
upstreams:
  legacy: {{url: "http://127.0.0.1:{legacy}"}}
  fresh: {{url: "http://127.0.0.1:{fresh}", breaker: {{minimum_calls: 20}}}}
plans:
  quick: {{steps: [20, 60], time: 300ms, pairs: 20, bound: 20%}}
routes:
  - name: item          # the one that moves
    match: GET /items/{{id}}
    new: fresh
    stage: {stage}
    key: [header:X-Who]
    seed: goods
    fallback: {fallback}
    plan: quick
    compare: {{sample: {sample}}}
    guard: {{{limits}, on_breach: shadow}}
  - name: list
    match: GET /items
    new: fresh
    stage: {stage}
    key: [header:X-Who]
    seed: goods
    compare: {{sample: {sample}}}
"""
ALL = "max_mismatch: 0.1%, max_error_ratio: 1.5, max_p95_ratio: 3"


@dataclass
class Side:
    """An HTTP server whose answers go wrong at a rate. `seen` are the keys of its clients."""

    name: str
    wrong: float = 0.0
    failing: float = 0.0
    behind: float = 0.0  # so often it declines, as a read model that is behind does
    delay: float = 0.0
    seen: dict[str, float] = field(default_factory=dict)  # key: when it was answered last
    asked: int = 0
    gone: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(5))

    def start(self, port: int = 0) -> None:
        side = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with contextlib.suppress(OSError):
                    while (head := read_head(self.request)[0]) and not side.gone:
                        self.request.sendall(side.answer(head))

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            request_queue_size = 256
            daemon_threads = True

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, head: bytes) -> bytes:
        """To a request with this head; none has a body."""
        self.asked += 1
        names = head.lower()
        if b"\r\nx-who:" in names and b"\r\nfig-shadow:" not in names:
            # A client, no copy and no question.
            self.seen[names.partition(b"x-who:")[2].split(None, 1)[0].decode()] = time.time()
        if self.delay:
            time.sleep(self.delay)
        declined = self.chance.random() < self.behind
        failed = declined or self.chance.random() < self.failing
        price = 10 + (self.chance.random() < self.wrong)
        body = json.dumps({"id": head.split(None, 2)[1].decode(), "price": price}).encode()
        status = b"503 No" if declined else b"500 No" if failed else b"200 OK"
        more = b"Fig-Declined: behind\r\n" if declined else b""
        length = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        return b"HTTP/1.1 " + status + b"\r\n" + more + length + body

    def stop(self) -> None:
        """As a process that ends: connections that are open get no answer any more."""
        self.gone = True
        self.server.shutdown()
        self.server.server_close()


class Load:
    """Clients with a key each, on connections of their own, until it is stopped.

    Some 200 requests a second: more of them only take time from what is tried.
    """

    def __init__(self, port: int, clients: int = 40, threads: int = 2, pause: float = 0.01) -> None:
        self.port, self.clients, self.pause = port, clients, pause
        self.failed, self.asked = 0, 0
        self.paths = ["/items/7", "/items"]
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(threads)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        chance = random.Random(number)
        connection = Connection(self.port)
        while not self._stop.is_set():
            who = f"client-{chance.randrange(self.clients)}"
            try:
                self.failed += connection.get(chance.choice(self.paths), who) >= 500
            except OSError:
                connection.close()
                self.failed += 1
            self.asked += 1
            time.sleep(self.pause)
        connection.close()


class Connection:
    """To the facade, kept open; http.client would take as long for an answer as the facade."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._socket: socket.socket | None = None

    def get(self, path: str, who: str) -> int:
        """The status of an answer that has come whole. Raises OSError."""
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=30)
        request = f"GET {path} HTTP/1.1\r\nHost: shop\r\nX-Who: {who}\r\n\r\n"
        self._socket.sendall(request.encode())
        head, body = read_head(self._socket)
        if not head:
            raise ConnectionResetError("no answer")
        names = head.lower()
        missing = int(names.partition(b"content-length:")[2].split(None, 1)[0]) - len(body)
        while missing:
            more = self._socket.recv(missing)
            if not more:
                raise ConnectionResetError("half an answer")
            missing -= len(more)
        if b"connection: close" in names:
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Shop:
    """The whole: both sides, the facade, its admin port."""

    def __init__(self, folder: Path, **given: Any) -> None:
        self.legacy, self.fresh = Side("legacy"), Side("fresh")
        self.legacy.start()
        self.fresh.start()
        values = {
            "stage": "canary\n    percent: 50", "fallback": "true", "sample": "100%", "limits": ALL,
        } | given  # fmt: skip
        workers = values.pop("workers", 2)
        text = ROUTES.format(legacy=self.legacy.port, fresh=self.fresh.port, **values)
        self.facade = Facade(folder, text, workers)
        self.file, self.runtime = self.facade.routes, folder / "runtime"

    def _there(self) -> bool:
        with contextlib.suppress(NoAnswer):
            return bool(self.get("/api/status")["workers"])
        return False

    def get(self, path: str, **query: str) -> Any:
        return self._ask("GET", path, query)

    def post(self, path: str, **query: str) -> Any:
        return self._ask("POST", path, query)

    def _ask(self, method: str, path: str, query: dict[str, str]) -> Any:
        url = f"http://127.0.0.1:{self.facade.admin}{path}"
        try:
            return call_json(url, query, method=method, seconds=10.0)
        except Refusal as refusal:
            return refusal.problem

    def stage(self, route: str = "item") -> str:
        """Where the table in force says a route stands, once every worker has it; or empty."""
        with contextlib.suppress(NoAnswer, KeyError):
            status = self.get("/api/status")
            if any(one["version"] != status["version"] for one in status["workers"]):
                return ""
            found = next(one for one in status["routes"] if one["name"] == route)
            percent = "" if found["percent"] is None else f" {found['percent']:g}"
            return f"{found['stage']}{percent}"
        return ""

    def guard(self, route: str = "item") -> Any:
        return next(one for one in self.get("/api/guards")["guards"] if one["route"] == route)

    def journal(self, **query: str) -> list[Any]:
        found: list[Any] = self.get("/api/journal", **query)["entries"]
        return found

    def moves(self) -> list[tuple[str, str, str, str]]:
        """Route, before, after and by whom of every move."""
        return [
            (one["route"], one["before"], one["after"], one["by"])
            for one in self.journal(limit="500")
            if one["event"] in ("move", "found") and one["route"]
        ]

    def control(self) -> int:
        """The pid of the control process."""
        for pid in self.facade.children():
            with contextlib.suppress(OSError):
                if is_control(pid):
                    return pid
        return 0

    def kill_control(self) -> None:
        """SIGKILL it, and wait for its successor."""
        pid = eventually("there is a control process", self.control)
        os.kill(pid, signal.SIGKILL)
        eventually("it has a successor", lambda: self.control() not in (0, pid))

    def until(self, what: str, check: Callable[[], Any], seconds: float = 180.0) -> Any:
        try:
            return eventually(what, check, seconds)
        except AssertionError as late:
            guards = json.dumps(self.get("/api/guards"), indent=1)
            raise AssertionError(f"{late}\n{guards}\n{self.facade.said()[-3000:]}") from None

    def load(self, **given: Any) -> Load:
        return Load(self.facade.port, **given)

    def close(self) -> None:
        self.facade.end()
        self.legacy.stop()
        with contextlib.suppress(OSError):
            self.fresh.stop()


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Opens shops: open_shop(stage="shadow", limits="max_mismatch: 1%", …)."""
    opened: list[Shop] = []

    def run(**given: Any) -> Shop:
        folder = tmp_path / f"shop{len(opened)}"
        folder.mkdir()
        opened.append(Shop(folder, **given))
        eventually("the control process answers", opened[-1]._there, 120.0)
        return opened[-1]

    yield run
    for shop in opened:
        shop.close()
