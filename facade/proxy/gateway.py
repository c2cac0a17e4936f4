"""One worker: builds the stations of a request, opens the port, and runs the clock.

Composition root of the data plane. Everything it needs comes from its arguments; the table and the
registry's instances are files that somebody else publishes.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import orjson

from facade.http1.writing import ClientFacts, Traces
from facade.proxy.counting.accesslog import AccessLog
from facade.proxy.counting.metrics import Counters
from facade.proxy.deadlines import TICK_SECONDS, Deadlines
from facade.proxy.identity.introduction import build_papers
from facade.proxy.identity.logouts import Forgotten
from facade.proxy.identity.sessions import Identities, Logouts
from facade.proxy.idle import Aside
from facade.proxy.inbound import Inbound
from facade.proxy.shadow.copies import Shadow
from facade.proxy.state import Breakers, Running
from facade.proxy.upstream.dialing import Dial, Dialer
from facade.proxy.upstream.health import Health
from facade.proxy.upstream.instances import Upstreams
from facade.routes.file.reading import load
from facade.routes.file.steps import with_addresses
from facade.routes.table import compile_table
from facade.routes.trust import Trust
from facade.runtime.channel import COUNTERS, Channel
from facade.runtime.keyring import KeyFiles
from facade.runtime.redirects import REDIRECTS, Redirects
from facade.runtime.watcher import FileWatcher

log = logging.getLogger("facade.proxy.gateway")

SNAPSHOT_SECONDS = 0.5
BACKLOG = 4096
# While draining an idle connection is left for a while: its next answer can say that it closes.
DRAIN_IDLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Worker:
    """What one worker is started with."""

    number: int
    sockets: tuple[socket.socket, ...]
    table_file: Path  # published by the master
    instances_file: Path  # published by the control process
    channel: str
    addresses: dict[str, tuple[str, ...]]  # that replace those of the file
    keys: KeyFiles | None = None  # without, nobody can be introduced to the new side
    forgotten: Forgotten = field(default_factory=Forgotten)  # what all workers share


class Gateway:
    """The stations of one worker."""

    def __init__(
        self, worker: Worker, dial: Dial | None = None, aside: Aside | None = None
    ) -> None:
        self._worker = worker
        self.started = time.time()
        # stations, in the order in which a request meets them
        self.deadlines = Deadlines(time.monotonic())
        self.counters = Counters()
        self.traces = Traces(os.urandom(12))
        self.breakers = Breakers()
        self.upstreams = Upstreams(self.deadlines, dial or Dialer())
        self.channel = Channel(worker.channel, self._hello)
        logouts = Logouts(worker.forgotten, time.monotonic)
        self.papers = build_papers(
            worker.keys,
            Identities(self.upstreams, self.deadlines, self.breakers, self.counters, logouts),
        )
        self.aside = aside or Aside()
        self.shadow = Shadow(self.channel, self.deadlines, self.papers.write, self.aside)
        self.log = AccessLog()
        self.health = Health(self.upstreams, self.deadlines)
        # state
        self.running: Running
        self.expose = False
        self.draining = False
        self.date = b""
        self._trust = Trust(())
        self._clients: dict[str, int] = {}
        self._inbounds: set[Inbound] = set()
        self._redirects = Redirects(self.upstreams.redirected, time.time)
        self._snapshot_at = 0.0
        self._told = ""  # the table's version in the last snapshot

    # the table and the instances

    def use(self, data: bytes) -> None:
        """Decide by this route file from now on; requests under way keep the one they have."""
        file = with_addresses(load(data).file, self._worker.addresses)
        table = compile_table(file)
        self.running = Running(table, self.upstreams, self.breakers, self.counters)
        self.expose = table.options.expose
        self.papers.use(table)
        self.shadow.use(table.options)
        self.log.use(table.options.access_log)
        self._trust = Trust(table.options.trusted_proxies)

    def _discovered(self, data: bytes) -> None:
        self.upstreams.discovered(orjson.loads(data))

    def _watched(self) -> list[FileWatcher]:
        """Read the table, and watch what others publish from now on."""
        worker = self._worker
        table = worker.table_file.read_bytes()
        self.use(table)
        wanted: list[tuple[Path, Callable[[bytes], None], bytes | None]] = [
            (worker.table_file, self.use, table),
            (worker.instances_file, self._discovered, None),
            (worker.instances_file.with_name(REDIRECTS), self._redirects.take, None),
        ]
        return [
            FileWatcher(path, on_change, known=known, clock_ns=time.time_ns)
            for path, on_change, known in wanted
        ]

    # clients

    def welcome(self, client: Inbound) -> ClientFacts | None:
        """What is to be said of a new client; None when there are too many connections."""
        self._inbounds.add(client)
        counts = self.counters.client
        counts.connections += 1
        peer = client.transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else "unix"
        held = self._clients[address] = self._clients.get(address, 0) + 1
        limits = self.running.table.options.limits
        if counts.connections > limits.connections or held > limits.connections_per_client:
            counts.refused += 1
            return None
        return ClientFacts(address, self._trust.covers(address))

    def farewell(self, client: Inbound) -> None:
        """A client's connection is gone."""
        self._inbounds.discard(client)
        self.counters.client.connections -= 1
        peer = client.transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else "unix"
        self._clients[address] -= 1
        if not self._clients[address]:
            del self._clients[address]

    # the worker's life

    async def serve(self, ready: Callable[[], None]) -> None:
        """Answer clients until SIGTERM, then until the last request is answered.

        `ready` is called once when the port is served.
        """
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        files = self._watched()
        for file in files:
            file.poll()
        self.channel.start()
        servers = [
            await loop.create_server(lambda: Inbound(self), sock=sock, backlog=BACKLOG)
            for sock in self._worker.sockets
        ]
        ticking = loop.create_task(self._tick(files))
        gc.collect()
        gc.freeze()
        ready()
        await stop.wait()
        await self._drain(servers)
        ticking.cancel()
        self.aside.finish()
        self.channel.offer(COUNTERS, self.snapshot())
        self.channel.close()
        self.log.flush()

    async def _drain(self, servers: Sequence[asyncio.AbstractServer]) -> None:
        """Take no new connection; let those at work finish, within a bound."""
        self.draining = True
        for server in servers:
            server.close()
        began = time.monotonic()
        until = began + self.running.table.options.timeouts.drain
        while self._inbounds and time.monotonic() < until:
            await asyncio.sleep(TICK_SECONDS)
            if time.monotonic() - began > DRAIN_IDLE_SECONDS:
                for client in tuple(self._inbounds):
                    client.drain()
        for client in tuple(self._inbounds):
            client.transport.abort()

    async def _tick(self, files: Sequence[FileWatcher]) -> None:
        """The worker's clock, and how late it is."""
        while True:
            due = time.monotonic() + TICK_SECONDS / 2
            await asyncio.sleep(TICK_SECONDS / 2)
            now = time.monotonic()
            self.shadow.lag = now - due
            try:
                self._turn(files, now)
            except Exception:
                log.exception("a turn of the clock failed")  # the next one must come all the same

    def _turn(self, files: Sequence[FileWatcher], now: float) -> None:
        """Deadlines, files, counters: all that is due."""
        self.deadlines.tick(now)
        self.upstreams.sweep(now)
        for file in files:
            file.poll()
        self._redirects.tick()
        self.health.tick(now)
        self.date = b"Date: %b\r\n" % formatdate(usegmt=True).encode()
        # A new table is told at once: whoever flipped a route is waiting to see it in force.
        version = self.running.table.version
        if now >= self._snapshot_at or self._told != version:
            self._snapshot_at, self._told = now + SNAPSHOT_SECONDS, version
            self.channel.offer(COUNTERS, self.snapshot())
        self.log.flush()

    def _hello(self) -> dict[str, Any]:
        worker = self._worker
        return {"worker": worker.number, "pid": os.getpid(), "started": self.started}

    def snapshot(self) -> dict[str, Any]:
        """The counters frame: everything since this worker's start."""
        now = self.deadlines.now
        return {
            "worker": self._worker.number,
            "pid": os.getpid(),
            "started": self.started,
            "version": self.running.table.version,
            "time": time.time(),
            "draining": self.draining,
            "lag_ms": round(self.shadow.lag * 1000.0, 3),
            "routes": {name: one.snapshot() for name, one in self.counters.routes.items()},
            "keys": {
                name: one.keys.snapshot()
                for name, one in self.counters.routes.items()
                if one.keys is not None
            },
            "unmatched": self.counters.unmatched.snapshot(),
            "upstreams": {
                name: one.snapshot() | {"breaker": self.breakers.facts(name, now)}
                for name, one in self.upstreams.live.items()
            },
            "client": self.counters.client.snapshot(),
            "identity": self.counters.identity.snapshot(),
        }
