"""P4 on real sockets: many clients at once, stages that change, a read model seconds behind."""

import http.client
import random
import re
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.integration

PATIENCE = 90.0  # seconds, on a machine that has other things to do
CLIENTS = 8
TURN = 0.4  # seconds at each stage
STAGES = (
    "stage: shadow, compare: {sample: 100%}",
    "stage: canary, percent: 50, compare: {sample: 50%}",
    "stage: new",
    "stage: canary, percent: 20, compare: {sample: 50%}",
    "stage: shadow, compare: {sample: 100%}",
    "stage: legacy",
)
ROUTES = """
facade: {{read_your_writes: {by}}}
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{url: "{new}", breaker: {{minimum_calls: 1000000}}}}
routes:
  - {{name: add, match: POST /add, new: fresh, key: [cookie:who], seed: one, {stage}}}
  - {{name: count, match: GET /count, new: fresh, key: [cookie:who], seed: one, {stage}}}
"""


class Shop:
    """The truth, and a read model that follows it, with pauses."""

    def __init__(self, read_head: Callable[[socket.socket], tuple[bytes, bytes]]) -> None:
        self._read_head = read_head
        self._lock = threading.Lock()
        self.writes: dict[str, list[int]] = {}  # microseconds, by client
        self.applied = 0  # microseconds
        self.paused = False
        self.answered = {"legacy": 0, "new": 0, "declined": 0}

    def follow(self) -> None:
        """The feed's work, some milliseconds late."""
        if not self.paused:
            self.applied = time.time_ns() // 1000 - 5_000

    def legacy(self, sock: socket.socket) -> None:
        self._serve(sock, "legacy")

    def new(self, sock: socket.socket) -> None:
        self._serve(sock, "new")

    def _serve(self, sock: socket.socket, side: str) -> None:
        while True:
            head, _ = self._read_head(sock)
            if not head:
                return
            who = re.search(rb"who=(\w+)", head)
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            if who is not None:
                answer = self._answer(head, who[1].decode(), side)
            sock.sendall(answer)

    def _answer(self, head: bytes, who: str, side: str) -> bytes:
        if head.startswith(b"POST"):
            with self._lock:
                self.writes.setdefault(who, []).append(time.time_ns() // 1000)
            return b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
        applied = self.applied
        after = re.search(rb"Fig-After: (\d+)", head)
        copy = b"Fig-Shadow" in head
        if side == "new" and after and applied < int(after[1]):
            self._count("declined", copy)
            return (
                b"HTTP/1.1 503 Service Unavailable\r\nFig-Declined: behind\r\n"
                b"Content-Length: 0\r\n\r\n"
            )
        self._count(side, copy)
        with self._lock:
            known = [at for at in self.writes.get(who, []) if side == "legacy" or at < applied]
        body = b"%d" % len(known)
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    def _count(self, what: str, copy: bool) -> None:
        if not copy:
            with self._lock:
                self.answered[what] += 1


class Client(threading.Thread):
    """Writes and reads by turns of chance, with a jar for its one cookie."""

    def __init__(self, name: str, port: int, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.who, self._port, self._over = name, port, over
        self._chance = random.Random(name)
        self._jar = ""
        self.wrote = self.reads = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        while not self._over.is_set():
            if self._chance.random() < 0.2:
                connection.close()  # the next request may meet another worker
            if self._chance.random() < 0.4:
                self._write(connection)
            else:
                self._read(connection)
            time.sleep(self._chance.random() * 0.02)
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, method: str, path: str) -> Any:
        cookies = f"who={self.who}" + (f"; fig_after={self._jar}" if self._jar else "")
        connection.request(method, path, headers={"Cookie": cookies})
        answer = connection.getresponse()
        kept = re.search(r"fig_after=([^;]+)", answer.headers.get("Set-Cookie", ""))
        if kept:
            self._jar = kept[1]
        return answer.status, answer.read()

    def _write(self, connection: http.client.HTTPConnection) -> None:
        status, _ = self._ask(connection, "POST", "/add")
        if status != 201:
            self.wrong.append(f"write: {status}")
        self.wrote += 1

    def _read(self, connection: http.client.HTTPConnection) -> None:
        status, body = self._ask(connection, "GET", "/count")
        self.reads += 1
        if status != 200 or int(body) < self.wrote:
            self.wrong.append(f"read: {status} {body!r} after {self.wrote} writes")


Enough = Callable[[Shop, list[Client], int], bool]  # `int`: how many stages there were


def migrate(
    facade: Any, shop: Shop, text: Callable[[str], str], enough: Callable[[int], bool]
) -> None:
    """Flip through the stages, and let the feed pause for seconds, until it is enough."""
    began = time.monotonic()
    stage = 0
    while not enough(stage):
        now = time.monotonic()
        assert now - began < PATIENCE, (stage, shop.answered)
        shop.paused = (now - began) % 3.5 > 1.5
        shop.follow()
        if now - began > TURN * (stage + 1):
            stage += 1
            fresh = facade.routes.with_suffix(".new")
            fresh.write_text(text(STAGES[stage % len(STAGES)]))
            fresh.rename(facade.routes)
        time.sleep(0.005)


def run(start: Any, serve: Any, scripts: Any, by: str, enough: Enough) -> tuple[Shop, list[Client]]:
    shop = Shop(scripts.head)
    routes = {"legacy": serve(shop.legacy).url, "new": serve(shop.new).url}

    def text(stage: str) -> str:
        return ROUTES.format(by=by, stage=stage, **routes)

    facade = start(text(STAGES[-1]), workers=2)
    over = threading.Event()
    clients = [Client(f"c{number}", facade.port, over) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        migrate(facade, shop, text, lambda stage: enough(shop, clients, stage))
    finally:
        over.set()
        for client in clients:
            client.join(30)
    return shop, clients


def all_was_met(shop: Shop, clients: list[Client], stage: int) -> bool:
    """Each stage twice, reads of all kinds, and reads that were declined."""
    reads = sum(client.reads for client in clients)
    return stage >= 2 * len(STAGES) and reads > 300 and min(shop.answered.values()) > 20


def one_was_wrong(_shop: Shop, clients: list[Client], _stage: int) -> bool:
    return any(client.wrong for client in clients)


def test_no_client_ever_sees_less_than_it_wrote(start: Any, serve: Any, scripts: Any) -> None:
    shop, clients = run(start, serve, scripts, "cookie", all_was_met)
    assert [client.wrong for client in clients if client.wrong] == []
    for client in clients:
        assert len(shop.writes[client.who]) == client.wrote, "a write was lost or done twice"


def test_without_tokens_clients_do_see_less(start: Any, serve: Any, scripts: Any) -> None:
    """So that the test above can fail."""
    run(start, serve, scripts, "off", one_was_wrong)
