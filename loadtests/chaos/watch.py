"""What piles up in the stack, looked at every second: threads, files, connections, sagas; and what
the orders service has worked by then, for what waits must not cost more the more it is.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from chassis.cli.calls import NoAnswer, call
from loadtests.chaos.stack import Stack
from loadtests.proc import cpu_seconds

PAUSE_SECONDS = 1.0
WATCHED = ("facade", "orders", "inventory", "payments", "legacy")
_BACKENDS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
OPEN = "SELECT count(*) FROM saga WHERE phase IN ('forward', 'backward')"
_UNDER_WAY = re.compile(rb"^orders_sagas_under_way (\S+)", re.MULTILINE)
ESTABLISHED, SYN_SENT, LISTEN = "01", "02", "0A"
_COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = 'orders'"
WORK = ("orders: commits", "orders: CPU seconds")  # since the processes began: these only grow
UNREAD = "requests that legacy has not read"  # most of them given up by their callers


@dataclass(frozen=True)
class Sample:
    """Counts by their name, at a unix time."""

    at: float
    counts: dict[str, float]


def take(stack: Stack, legacy: psycopg.Connection[Any], orders: psycopg.Connection[Any]) -> Sample:
    counts: dict[str, float] = {}
    for name in WATCHED:
        family = stack.family(name)
        counts[f"{name}: threads"] = sum(_entries(pid, "task") for pid in family)
        counts[f"{name}: open files"] = sum(_entries(pid, "fd") for pid in family)
    counts["connections to legacy"], counts[UNREAD] = _connections(stack.state["ports"]["legacy"])
    counts["connections to PostgreSQL"] = one(legacy, _BACKENDS)
    counts["sagas open"] = one(orders, OPEN)
    counts[WORK[0]] = one(legacy, _COMMITS)
    counts[WORK[1]] = sum(map(cpu_seconds, stack.family("orders")))
    port = stack.state["ports"]["orders"]
    with suppress(NoAnswer):
        found = _UNDER_WAY.search(call(f"http://127.0.0.1:{port}/metrics"))
        counts["sagas that requests wait for"] = float(found[1]) if found else 0.0
    return Sample(time.time(), counts)


class Watch:
    """Looks in a thread of its own, from `with` to its end."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.samples: list[Sample] = []

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        with self._stack.database("legacy") as legacy, self._stack.database("orders") as orders:
            while not self._stop.wait(PAUSE_SECONDS):
                with suppress(OSError, StopIteration):
                    self.samples.append(take(self._stack, legacy, orders))


def most(samples: Iterable[Sample], since: float, until: float) -> dict[str, float]:
    """The largest count of each name between two unix times."""
    found: dict[str, float] = {}
    for sample in samples:
        if since <= sample.at < until:
            for name, count in sample.counts.items():
                found[name] = max(count, found.get(name, 0.0))
    return found


def one(connection: psycopg.Connection[Any], statement: str) -> float:
    """The number that a statement returns."""
    row = connection.execute(statement.encode()).fetchone()
    return float(row[0]) if row else 0.0


def _entries(pid: int, folder: str) -> int:
    """In this folder of the process; none when it has just ended."""
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/{folder}").iterdir()))
    return 0


def _connections(port: int) -> tuple[int, int]:
    """To this port of the machine: those that callers hold, also unanswered ones; and those on
    which bytes wait for the server to read them."""
    suffix, held, unread = f":{port:04X}", 0, 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, queues, *_ = line.split()
        held += remote.endswith(suffix) and state in (ESTABLISHED, SYN_SENT)
        waiting = int(queues.partition(":")[2], 16)
        unread += local.endswith(suffix) and state != LISTEN and waiting > 0
    return held, unread
