"""Route files that change: how soon every worker decides by them, and what fails meanwhile."""

import hashlib
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from loadtests.bench import wrk
from loadtests.bench.proxies.contenders import facade, route_file
from loadtests.bench.proxies.upstream import PATH, Upstream

WORKERS = 2
CONNECTIONS = 16  # spread over the workers by the kernel
SAVES = 20
RELOADS = 100
LONGEST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Reloads:
    median_ms: float  # file saved -> every connection is decided by it
    worst_ms: float
    requests: int  # during the reloads under load
    failed: int


def measure(folder: Path, upstream: Upstream) -> Reloads:
    """Save the route file again and again, first in quiet, then under load."""
    with ExitStack() as stack:
        proxy = facade(folder, upstream, workers=WORKERS, expose=True)
        stack.callback(proxy.program.stop)
        routes = folder / "routes.yaml"
        connections = [
            stack.enter_context(closing(HTTPConnection("127.0.0.1", proxy.port, timeout=30)))
            for _ in range(CONNECTIONS)
        ]
        for connection in connections:
            connection.connect()
        took = [_until_decided(routes, upstream, number, connections) for number in range(SAVES)]
        run = _under_load(routes, upstream, f"http://127.0.0.1:{proxy.port}{PATH}200")
    return Reloads(median(took), max(took), run.requests, run.failed)


def _until_decided(
    routes: Path, upstream: Upstream, number: int, connections: Sequence[HTTPConnection]
) -> float:
    """Milliseconds. Raises TimeoutError when some worker keeps its old table."""
    text = route_file(upstream, expose=True, note=f"save {number}")
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    began = _save(routes, text)
    while not all(_table(connection) == version for connection in connections):
        if time.perf_counter() - began > LONGEST_SECONDS:
            raise TimeoutError("a worker does not take the new table")
    return (time.perf_counter() - began) * 1000.0


def _table(connection: HTTPConnection) -> str:
    """The version of the table that decided a request on this connection."""
    connection.request("GET", f"{PATH}200")
    answer = connection.getresponse()
    answer.read()
    return (answer.getheader("fig-decision") or "").rpartition("table=")[2]


def _under_load(routes: Path, upstream: Upstream, url: str) -> wrk.Run:
    done: list[wrk.Run] = []
    seconds = RELOADS // 8
    load = threading.Thread(target=lambda: done.append(wrk.run(url, 32, seconds)))
    load.start()
    for number in range(RELOADS):
        _save(routes, route_file(upstream, expose=True, note=f"load {number}"))
        time.sleep(0.1)
    load.join()
    if not done:
        raise subprocess.SubprocessError("the load generator failed")
    return done[0]


def _save(routes: Path, text: str) -> float:
    """Write by rename, as editors do; returns the moment of the rename."""
    draft = routes.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(routes)
    return time.perf_counter()
