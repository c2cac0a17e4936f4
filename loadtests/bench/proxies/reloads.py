"""Route files that change: how soon every worker decides by them, and what fails meanwhile."""

import hashlib
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from loadtests.bench import wrk
from loadtests.bench.proxies.bodies import header, read_head
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
            stack.enter_context(socket.create_connection(("127.0.0.1", proxy.port), timeout=30))
            for _ in range(CONNECTIONS)
        ]
        took = [_until_decided(routes, upstream, number, connections) for number in range(SAVES)]
        run = _under_load(routes, upstream, f"http://127.0.0.1:{proxy.port}{PATH}200")
    return Reloads(median(took), max(took), run.requests, run.failed)


def _until_decided(
    routes: Path, upstream: Upstream, number: int, connections: Sequence[socket.socket]
) -> float:
    """Milliseconds. Raises TimeoutError when some worker keeps its old table."""
    text = route_file(upstream, expose=True, note=f"save {number}")
    version = hashlib.sha256(text.encode()).hexdigest()[:12].encode()
    began = _save(routes, text)
    while not all(_table(connection) == version for connection in connections):
        if time.perf_counter() - began > LONGEST_SECONDS:
            raise TimeoutError("a worker does not take the new table")
    return (time.perf_counter() - began) * 1000.0


def _table(connection: socket.socket) -> bytes:
    """The version of the table that decided a request on this connection."""
    connection.sendall(b"GET %b200 HTTP/1.1\r\nHost: bench\r\n\r\n" % PATH.encode())
    head = read_head(connection)
    left = int(header(head, b"content-length") or 0)
    while left:
        left -= len(connection.recv(left))
    return (header(head, b"fig-decision") or b"").rpartition(b"table=")[2]


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
