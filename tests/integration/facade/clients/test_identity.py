"""Who is asking, on real sockets: several workers, one key, a legacy that fails and comes back."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from chassis.web.identity import KeysAway, Verifier
from chassis.web.sealed import unseal

pytestmark = pytest.mark.integration

ROUTES = """
facade: {{identity: {{ask: /api/me, forget_on: [logout], keep: {keep}, timeout: {timeout}}}}}
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{url: "{new}"}}
routes:
  - {{name: mine, match: GET /mine, new: fresh, stage: new, fallback: false, needs: [session]}}
  - {{name: seen, match: GET /seen, new: fresh, stage: shadow, needs: [identity],
     compare: {{sample: 100%}}}}
  - {{name: logout, match: POST /logout, stage: legacy}}
"""
USUAL = {"keep": "2s", "timeout": "500ms"}
PATIENT = {"keep": "60s", "timeout": "20s"}


class Monolith:
    """Knows sessions; can hang."""

    def __init__(self, scripts: Any) -> None:
        self._scripts = scripts
        self._lock = threading.Lock()
        self.people = {"s1": "sara@shop.test", "s2": "tom@shop.test"}
        self.asked = 0
        self.answers = threading.Event()
        self.answers.set()

    def serve(self, sock: socket.socket) -> None:
        while True:
            head, _ = self._scripts.head(sock)
            if not head:
                return
            status, body = "200 OK", b"old"
            if head.startswith(b"GET /api/me "):
                with self._lock:
                    self.asked += 1
                self.answers.wait(20)
                session = re.search(rb"session=(\w+)", head)
                email = self.people.get(session[1].decode()) if session else None
                status = "200 OK" if email else "401 Unauthorized"
                body = json.dumps({"email": email, "name": "N"}).encode()
            text = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
            sock.sendall(text.encode() + body)


class NewSide:
    """Keeps the headers of its requests."""

    def __init__(self, scripts: Any) -> None:
        self._scripts = scripts
        self.requests: list[dict[str, str]] = []

    def serve(self, sock: socket.socket) -> None:
        while True:
            head, _ = self._scripts.head(sock)
            if not head:
                return
            lines = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
            fields = {name.lower(): value for name, value in lines}
            if "via" in fields:  # the control process asks for itself how fresh we are
                self.requests.append(fields)
            status = "200 OK" if "fig-identity" in fields else "401 Unauthorized"
            sock.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 3\r\n\r\nnew".encode())


class World:
    def __init__(
        self, start: Any, serve: Any, scripts: Any, workers: int = 1, **identity: str
    ) -> None:
        self.legacy, self.new = Monolith(scripts), NewSide(scripts)
        urls = {"legacy": serve(self.legacy.serve).url, "new": serve(self.new.serve).url}
        self._eventually = scripts.eventually
        self.facade = start(ROUTES.format(**urls, **(USUAL | identity)), workers=workers)

    def whose(self, token: str) -> str:
        keys = f"http://127.0.0.1:{self.facade.admin}/.well-known/jwks.json"

        def email() -> str:
            with contextlib.suppress(KeysAway):  # the control process answers a moment later
                return asyncio.run(Verifier(keys).verify(token)).email
            return ""

        return str(self._eventually("who it is", email))

    def known(self, session: str) -> None:
        """Ask until legacy has said in time whose session it is: on a busy machine it is late."""
        asked = {"Cookie": f"session={session}"}
        self._eventually(session, lambda: self.facade.get("/mine", **asked)[0] == 200)


def test_every_workers_token_is_checked_with_the_served_key(start, serve, scripts) -> None:
    world = World(start, serve, scripts, workers=2, **PATIENT)
    for number in range(24):
        status, _, _ = world.facade.get("/mine", Cookie=f"session=s{number % 2 + 1}")
        assert status == 200
    people = {world.whose(request["fig-identity"]) for request in world.new.requests}
    assert people == {"sara@shop.test", "tom@shop.test"}
    assert world.legacy.asked == 2, "one question for each cookie: the workers share the answer"
    folder = world.facade.folder / "runtime" / "keys"
    private = OKPKey.import_key(json.loads((folder / "session.json").read_bytes()))
    request = world.new.requests[0]
    assert unseal(private, request["fig-session"], "sara@shop.test").cookie == "session=s1"
    assert not any("cookie" in request for request in world.new.requests)
    assert not any((path.stat().st_mode & 0o077) for path in folder.iterdir())


def test_many_at_once_are_one_question(start, serve, scripts) -> None:
    world = World(start, serve, scripts, **PATIENT)
    world.legacy.answers.clear()
    with ThreadPoolExecutor(16) as pool:
        waiting = [pool.submit(world.facade.get, "/mine", Cookie="session=s1") for _ in range(16)]
        scripts.eventually("the question", lambda: world.legacy.asked)
        world.legacy.answers.set()
        assert {one.result()[0] for one in waiting} == {200}
    assert world.legacy.asked == 1


def test_strangers_are_refused_by_the_new_side(start, serve, scripts) -> None:
    world = World(start, serve, scripts, **PATIENT)
    assert world.facade.get("/mine")[0] == 401
    assert world.facade.get("/mine", Cookie="session=unknown")[0] == 401
    forged = world.facade.get("/mine", **{"Fig-Identity": "forged"})
    assert forged[0] == 401
    assert world.legacy.asked == 1


def test_a_silent_legacy_lets_known_customers_through(start, serve, scripts) -> None:
    world = World(start, serve, scripts)
    world.known("s1")
    world.legacy.answers.clear()
    status, _, body = world.facade.get("/mine", Cookie="session=s2")
    assert status == 503
    assert b"who is asking" in body
    until = time.monotonic() + 3.0  # longer than an answer is kept
    while time.monotonic() < until:
        assert world.facade.get("/mine", Cookie="session=s1")[0] == 200
        time.sleep(0.02)
    tokens = {request["fig-identity"] for request in world.new.requests}
    assert {world.whose(token) for token in tokens} == {"sara@shop.test"}
    world.legacy.answers.set()
    world.known("s2")


def test_a_logout_through_one_worker_is_known_in_all(start, serve, scripts) -> None:
    world = World(start, serve, scripts, workers=3, **PATIENT)
    for _ in range(30):  # connections go to any worker
        assert world.facade.get("/mine", Cookie="session=s1")[0] == 200
    assert world.legacy.asked == 1
    del world.legacy.people["s1"]
    assert world.facade.get("/mine", Cookie="session=s1")[0] == 200  # legacy said so before
    logout = urllib.request.Request(f"http://127.0.0.1:{world.facade.port}/logout", b"")
    logout.add_header("Cookie", "session=s1")
    urllib.request.urlopen(logout, timeout=20).close()
    answers = [world.facade.get("/mine", Cookie="session=s1")[0] for _ in range(30)]
    assert set(answers) == {401}
    assert world.facade.get("/mine", Cookie="session=s2")[0] == 200


def test_copies_carry_it_and_clients_do_not_wait(start, serve, scripts) -> None:
    world = World(start, serve, scripts, **PATIENT)
    world.legacy.answers.clear()
    began = time.monotonic()
    assert world.facade.get("/seen", Cookie="session=s1")[2] == b"old"
    assert time.monotonic() - began < 10.0  # who waited for legacy would wait for twenty
    world.legacy.answers.set()
    # A busy machine sheds copies: ask until one comes through.
    scripts.eventually(
        "a copy", lambda: world.facade.get("/seen", Cookie="session=s1") and world.new.requests
    )
    assert world.whose(world.new.requests[0]["fig-identity"]) == "sara@shop.test"
    assert world.new.requests[0]["fig-shadow"] == "1"


def test_killed_workers_forget_no_session_while_legacy_is_silent(start, serve, scripts) -> None:
    world = World(start, serve, scripts, workers=2)
    world.known("s1")
    world.legacy.answers.clear()
    before = world.facade.workers()
    for worker in before:
        os.kill(worker, signal.SIGKILL)

    def known() -> bool:
        with contextlib.suppress(OSError):
            return world.facade.get("/mine", Cookie="session=s1")[0] == 200
        return False

    scripts.eventually("new workers", lambda: known() and not {*before} & {*world.facade.workers()})
    for _ in range(10):
        assert known()
    memory = world.facade.folder / "runtime" / "memory"
    assert not any(path.stat().st_mode & 0o077 for path in memory.rglob("*"))
    world.legacy.answers.set()
