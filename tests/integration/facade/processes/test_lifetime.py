"""Processes: start, reload, replace, drain, end."""

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration

ROUTES = """
facade: {{expose: true}}
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh:  {{url: "{fresh}"}}
routes:
  - {{name: moving, match: GET /moving, new: fresh, stage: {stage}{more}}}
"""
STEPS = {
    "legacy": "",
    "shadow": ", compare: {sample: 100%}",
    "canary": ", percent: 50, compare: {sample: 100%}",
    "new": "",
}


@pytest.fixture
def two_sides(serve, scripts):
    """Two polite upstreams and the text of a route file at a stage."""
    legacy, fresh = serve(scripts.polite), serve(scripts.polite)

    def text(stage: str) -> str:
        return ROUTES.format(legacy=legacy.url, fresh=fresh.url, stage=stage, more=STEPS[stage])

    return text


def test_a_saved_file_is_decided_by_at_once(start, scripts, two_sides) -> None:
    facade = start(two_sides("legacy"), workers=2)
    for stage in ("shadow", "canary", "new", "canary", "shadow", "legacy"):
        saved = time.monotonic()
        facade.routes.write_text(two_sides(stage))
        fresh = 0
        while fresh < 8:  # several in a row: more than one worker answers
            fresh = (
                fresh + 1 if f"stage={stage};" in facade.get("/moving")[1]["Fig-Decision"] else 0
            )
            assert time.monotonic() - saved < 5


def test_a_broken_file_changes_nothing_but_the_log(start, scripts, two_sides) -> None:
    facade = start(two_sides("legacy"))
    facade.save(two_sides("legacy").replace("stage: legacy", "stage: canry"))
    scripts.eventually("the error is logged", lambda: "unknown stage 'canry'" in facade.said())
    verdict = facade.folder / "runtime" / "reload.json"
    scripts.eventually("the verdict is written", lambda: b'"ok":false' in verdict.read_bytes())
    assert facade.get("/moving")[0] == 200
    os.kill(facade.workers()[0], signal.SIGKILL)
    scripts.eventually("another worker", lambda: _answers(facade))
    facade.save(two_sides("new"))
    scripts.eventually(
        "the step is refused", lambda: "cannot go from legacy to new" in facade.said()
    )


def _answers(facade) -> bool:
    try:
        return facade.get("/moving")[0] == 200
    except OSError:
        return False


def test_sighup_looks_at_the_file_now(start, scripts, two_sides) -> None:
    facade = start(two_sides("legacy"))
    facade.save(two_sides("shadow"))
    facade.process.send_signal(signal.SIGHUP)
    scripts.eventually(
        "it decides by it", lambda: "stage=shadow" in facade.get("/moving")[1]["Fig-Decision"]
    )


def test_a_dead_worker_is_replaced(plain, scripts) -> None:
    (before,) = plain.workers()
    os.kill(before, signal.SIGKILL)
    scripts.eventually("another worker", lambda: _answers(plain))
    assert plain.workers() != [before]


def test_sigterm_lets_a_request_finish(start, serve, scripts) -> None:
    asked, go = threading.Event(), threading.Event()

    def slow(sock: socket.socket) -> None:
        scripts.head(sock)
        asked.set()
        go.wait(60)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")

    upstream = serve(slow)
    routes = 'upstreams: {{legacy: {{url: "{0}"}}, other: {{url: "{0}"}}}}\nroutes: []\n'
    go.set()
    facade = start(routes.format(upstream.url))
    scripts.eventually("the admin port is open", facade.readiness)
    go.clear()
    asked.clear()
    client = facade.connect()
    client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert asked.wait(60)
    facade.process.send_signal(signal.SIGTERM)
    scripts.eventually("a new connection is refused at once", lambda: _refused(facade))
    scripts.eventually("/readyz says so", lambda: "draining" in facade.readiness())
    go.set()
    head, body = scripts.head(client)
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"Connection: close" in head
    assert body == b"done"
    assert facade.process.wait(timeout=60) == 0
    assert not facade.workers()


def _refused(facade) -> bool:
    """Neither taken nor left waiting: the system says no while we call."""
    try:
        facade.connect().close()
    except ConnectionRefusedError:
        return True
    return False


def test_workers_end_when_the_master_is_killed(start, serve, scripts) -> None:
    upstream = serve(scripts.polite)
    facade = start(f'upstreams: {{legacy: {{url: "{upstream.url}"}}}}\nroutes: []\n', workers=2)
    children = facade.children()
    assert len(children) == 3
    facade.process.kill()
    facade.process.wait()
    scripts.eventually(
        "all children end", lambda: not any(Path(f"/proc/{pid}").exists() for pid in children)
    )


def test_a_busy_port_is_named(plain) -> None:
    other = WARM.run(
        *("facade", "run", "--routes", str(plain.routes)),
        *("--listen", f"127.0.0.1:{plain.port}", "--admin", f"127.0.0.1:{plain.admin}"),
        timeout=110,
    )
    assert other.returncode == 2
    assert f"127.0.0.1:{plain.port}" in other.stderr
    assert "in use" in other.stderr


def test_a_broken_file_at_the_start_is_refused(tmp_path, plain) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("upstreams: {}\nroutes: 7\n")
    other = WARM.run("facade", "run", "--routes", str(bad), timeout=110)
    assert other.returncode == 2
    assert "bad.yaml:" in other.stderr


class Load:
    """Clients in threads that ask over and over and count what went wrong."""

    def __init__(self, facade, clients: int) -> None:
        self.answered, self.failed = 0, []
        self._stop = threading.Event()
        self._facade = facade
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        sock = None
        while not self._stop.is_set():
            try:
                sock = sock or self._facade.connect()
                sock.sendall(b"GET /moving HTTP/1.1\r\nHost: a\r\n\r\n")
                sock = self._read(sock)
                time.sleep(0.002)
            except OSError as error:
                self.failed.append(repr(error))
                sock = None
        if sock:
            sock.close()

    def _read(self, sock: socket.socket) -> socket.socket | None:
        """Read one answer; returns the connection while it is kept."""
        data = b""
        while not data.endswith(b"answered GET /moving HTTP/1.1"):
            more = sock.recv(65536)
            if not more:
                self.failed.append(f"ended after {data!r}")
                return None
            data += more
        if not data.startswith(b"HTTP/1.1 200 "):
            self.failed.append(repr(data))
        self.answered += 1
        if b"Connection: close" in data:
            sock.close()
            return None
        return sock


def test_a_rolling_restart_loses_no_request(start, scripts, two_sides) -> None:
    facade = start(two_sides("legacy"), workers=2)
    with Load(facade, clients=6) as load:
        for _ in range(3):
            before = set(facade.workers())
            facade.process.send_signal(signal.SIGUSR2)
            scripts.eventually(
                "all are replaced",
                lambda old=before: len(facade.workers()) == 2 and not old & set(facade.workers()),
            )
    assert not load.failed
    assert load.answered > 100


def test_a_hundred_reloads_under_load_fail_no_request(start, scripts, two_sides) -> None:
    facade = start(two_sides("legacy"), workers=2)
    with Load(facade, clients=6) as load:
        for turn in range(100):
            stage = "shadow" if turn % 2 == 0 else "legacy"
            text = two_sides(stage)
            temporary = facade.routes.with_suffix(".new")
            temporary.write_text(text)
            temporary.replace(facade.routes)
            published = facade.folder / "runtime" / "table.yaml"
            scripts.eventually("published", lambda t=text, p=published: p.read_text() == t)
    assert not load.failed
    assert load.answered > 100


def test_the_workers_live_without_the_control_process(plain, scripts) -> None:
    control = set(plain.children()) - set(plain.workers())
    for pid in control:
        os.kill(pid, signal.SIGKILL)
    for _ in range(20):
        assert plain.get("/x")[0] == 200
    scripts.eventually(
        "it is started again", lambda: set(plain.children()) - set(plain.workers()) - control
    )
