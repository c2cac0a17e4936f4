"""`Idempotency-Key` with several real workers: done once, also when a worker is killed."""

import os
import signal
import threading
from collections import Counter
from http.client import HTTPConnection

import pytest

from chassis.cli.calls import call, call_object

pytestmark = pytest.mark.integration


class Shop:
    """Counts the orders that were placed; those of `hold` wait until they may go on."""

    def __init__(self, read_head) -> None:
        self.placed: Counter[bytes] = Counter()
        self.hold = threading.Event()
        self.hold.set()
        self._read_head = read_head
        self._lock = threading.Lock()

    def __call__(self, sock) -> None:
        while True:
            head, rest = self._read_head(sock)
            if not head:
                return
            key = next(
                (
                    line.partition(b": ")[2]
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"idempotency-key")
                ),
                b"",
            )
            while len(rest) < 7 and head.startswith(b"POST"):
                rest += sock.recv(100)
            with self._lock:
                self.placed[key] += 1
                number = sum(self.placed.values())
            self.hold.wait(20)
            body = b"order %d" % number
            sock.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


ROUTES = """
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{url: "{new}"}}
routes:
  - {{name: order, match: POST /order, new: fresh, stage: {stage}}}
"""


@pytest.fixture
def shop(scripts) -> Shop:
    return Shop(scripts.head)


def place(port: int, key: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/order", b'{"a":1}', {"Idempotency-Key": key})
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_repeats_reach_every_worker_and_are_done_once(start, serve, scripts, shop: Shop) -> None:
    side = serve(shop)
    text = ROUTES.format(legacy=side.url, new=side.url, stage="new")
    facade = start(text, workers=3)
    for key in range(5):
        answers = {place(facade.port, f"k{key}") for _ in range(12)}
        assert len(answers) == 1, answers
    scripts.eventually("the admin port is there", facade.readiness)
    scripts.eventually("all repeats are counted", lambda: _replayed(facade) == 5 * 11)
    exposed = call(f"http://127.0.0.1:{facade.admin}/metrics").decode()
    assert 'facade_idempotency_total{outcome="replayed",route="order"} 55.0' in exposed
    said = "an Idempotency-Key was replayed"
    scripts.eventually("it is said", lambda: said in facade.said())
    for worker in facade.workers():
        os.kill(worker, signal.SIGKILL)
    first = _again(place, facade.port, "k4")
    assert first[0] == 201
    assert {shop.placed[b"k%d" % key] for key in range(5)} == {1}


def test_a_key_whose_worker_was_killed_goes_to_the_same_side_alone(
    start, serve, scripts, shop: Shop
) -> None:
    side, legacy = serve(shop), serve(Shop(scripts.head))
    text = ROUTES.format(legacy=legacy.url, new=side.url, stage="new")
    facade = start(text, workers=2)
    shop.hold.clear()
    caught: list[object] = []

    def first() -> None:
        try:
            caught.append(place(facade.port, "k"))
        except OSError as error:
            caught.append(error)

    thread = threading.Thread(target=first)
    thread.start()
    scripts.eventually("the order is at the new side", lambda: shop.placed[b"k"] == 1)
    assert place(facade.port, "k")[0] == 409, "it is running"
    for worker in facade.workers():
        os.kill(worker, signal.SIGKILL)
    thread.join(30)
    shop.hold.set()
    assert _again(place, facade.port, "k")[0] == 201
    assert shop.placed[b"k"] == 2, "the new side, which knows the key itself, was asked again"
    assert _again(place, facade.port, "k")[0] == 201
    assert shop.placed[b"k"] == 2
    assert isinstance(caught[0], Exception)


def _replayed(facade) -> int:
    (route,) = call_object(f"http://127.0.0.1:{facade.admin}/api/status")["routes"]
    return route["idempotency"].get("replayed", 0)


def _again(call, *arguments):
    """Until a new worker answers."""
    for _ in range(400):
        try:
            return call(*arguments)
        except OSError:
            threading.Event().wait(0.05)
    raise AssertionError("no worker came back")
