"""One worker: builds the stations of a request, opens the port, and runs the clock.

Composition root of the data plane. Everything it needs comes from its arguments; the table and the
registry's instances are files that the master and the control process publish.
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
from typing import Any, Final

import orjson

from chassis.breaker.circuit import State
from chassis.compiled import build_of
from chassis.registry.redirects import REDIRECTS
from facade.machines.known import FETCHED, KnownMachines
from facade.proxy.attempts.counts import AttemptCounts
from facade.proxy.context import WorkerContext
from facade.proxy.counting.accesslog import AccessLog
from facade.proxy.counting.failed import FailedRequests
from facade.proxy.counting.metrics import Counters
from facade.proxy.counting.spans import SpanReport
from facade.proxy.deadlines import TICK_SECONDS, Deadlines
from facade.proxy.downstream.clients import Clients
from facade.proxy.downstream.inbound import Inbound
from facade.proxy.idempotency.keys import OpenKeys
from facade.proxy.identity.introduction import build_introducer
from facade.proxy.identity.logouts import LogoutList
from facade.proxy.identity.remembered import Remembered
from facade.proxy.identity.sessions import Sessions, SharedLogouts
from facade.proxy.idle import IdleQueue
from facade.proxy.limits.buckets import Buckets
from facade.proxy.request import Traces
from facade.proxy.shadow.copies import Shadow
from facade.proxy.state import Breakers, Current, TableState
from facade.proxy.tls.accepting import TlsListener
from facade.proxy.tls.context import Secured
from facade.proxy.upstream.dialing import Dial, Dialer
from facade.proxy.upstream.health import Health
from facade.proxy.upstream.upstreams import Upstreams
from facade.routes.file.reading import load
from facade.routes.file.steps import with_addresses
from facade.routes.table import compile_table
from facade.routes.trust import Trust
from facade.runtime.channel import COUNTERS, FAILED, SPANS, Channel
from facade.runtime.keyring import KeyFiles
from facade.runtime.memory import HostMemory
from facade.runtime.redirects import Redirects
from facade.runtime.watcher import FileWatcher

log = logging.getLogger("facade.proxy.gateway")

SNAPSHOT_SECONDS: Final = 0.5
# A worker without a client for AWAKE_SECONDS rests: fewer ticks, and fewer snapshots.
AWAKE_SECONDS: Final = 1.0
REST_SECONDS: Final = 0.1
REST_SNAPSHOT_SECONDS: Final = 1.0
BACKLOG: Final = 4096
# While draining an idle connection is left for a while: its next answer can say that it closes.
DRAIN_IDLE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What one worker is started with."""

    number: int
    sockets: tuple[socket.socket, ...]
    table_file: Path  # published by the master
    instances_file: Path  # published by the control process
    channel: str
    addresses: dict[str, tuple[str, ...]]  # that replace those of the file
    keys: KeyFiles | None = None  # without, no client can be introduced to the new side
    memory: Path | None = None  # the folder that the host's workers share
    folder: Path = Path()  # of the route file
    logouts: LogoutList = field(default_factory=LogoutList)  # what all workers share


class Gateway:
    """The stations of one worker."""

    def __init__(
        self, worker: WorkerSettings, dial: Dial | None = None, idle: IdleQueue | None = None
    ) -> None:
        self._worker = worker
        self.started = time.time()
        self._build = build_of("facade.proxy.exchange")
        self.current = Current()
        self.counters = Counters()
        self.deadlines = Deadlines(time.monotonic())
        self.clients = Clients(self.counters.client, self.current)
        self.secured = Secured()
        self.breakers = Breakers()
        self.upstreams = Upstreams(self.deadlines, dial or Dialer())
        self.health = Health(self.upstreams, self.deadlines)
        self.channel = Channel(worker.channel, self._hello)
        logouts = SharedLogouts(worker.logouts, time.monotonic)
        self.memory = HostMemory(worker.memory)
        remembered = Remembered(self.memory, lambda: self.deadlines.now)
        self.identity = build_introducer(
            worker.keys,
            Sessions(
                self.upstreams,
                self.deadlines,
                self.breakers,
                self.counters,
                logouts,
                remembered,
            ),
        )
        self.machines = KnownMachines(worker.folder)
        self.idle = idle or IdleQueue()
        self.spans = SpanReport()
        self.shadow = Shadow(
            self.channel, self.deadlines, self.identity.write, self.idle, self.spans
        )
        self.log = AccessLog()
        self.failed = FailedRequests()
        self.context = WorkerContext(
            deadlines=self.deadlines,
            counters=self.counters,
            traces=Traces(os.urandom(12)),
            current=self.current,
            clients=self.clients,
            identity=self.identity,
            shadow=self.shadow,
            log=self.log,
            failed=self.failed,
            spans=self.spans,
            attempts=AttemptCounts(self.memory),
            keys=OpenKeys(self.memory),
            limits=Buckets(self.memory),
            machines=self.machines,
        )
        self._redirects = Redirects(self.upstreams.redirected, time.time)
        self._snapshot_at = 0.0
        # The table's version and the breakers' states, of the last snapshot.
        self._reported: tuple[str, tuple[State, ...]] = "", ()
        self._rests_at = 0.0

    # the table and the instances

    def use(self, data: bytes) -> None:
        """Decide by this route file from now on; requests under way keep the one they have."""
        file = with_addresses(load(data).file, self._worker.addresses)
        table = compile_table(file)
        current, options = self.current, table.options
        current.table = TableState(table, self.upstreams, self.breakers, self.counters)
        current.expose = options.expose
        current.health = (options.health or "").encode()
        current.trust = Trust(options.trusted_proxies)
        self.secured.use(options.tls)
        self.identity.use(table)
        self.machines.use(file.machines)
        self.shadow.use(options)
        self.log.use(options.access_log)
        self.context.traces.use(options.tracing)

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
            (worker.instances_file.parent / REDIRECTS, self._redirects.take, None),
            (worker.instances_file.parent / FETCHED, self.machines.fetched, None),
        ]
        return [
            FileWatcher(path, on_change, known=known, clock_ns=time.time_ns)
            for path, on_change, known in wanted
        ]

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
        servers = [await self._listen(sock) for sock in self._worker.sockets]
        ticking = loop.create_task(self._tick(files))
        gc.collect()
        gc.freeze()
        ready()
        await stop.wait()
        await self._drain(servers)
        ticking.cancel()
        self.idle.finish()
        self._report()
        self.channel.close()
        self.log.flush()

    async def _listen(self, port: socket.socket) -> "asyncio.AbstractServer | TlsListener":
        def serve() -> Inbound:
            return Inbound(self.context)

        if self.secured.context is None:
            loop = asyncio.get_running_loop()
            return await loop.create_server(serve, sock=port, backlog=BACKLOG)
        listener = TlsListener(port, self.secured, self.current, self.counters.client, serve)
        listener.start()
        return listener

    async def _drain(self, servers: "Sequence[asyncio.AbstractServer | TlsListener]") -> None:
        """Take no new connection; let those at work finish, within a bound."""
        self.current.draining = True
        for server in servers:
            server.close()
        self.channel.offer(COUNTERS, self.snapshot())  # say so at once
        began = time.monotonic()
        until = began + self.current.table.routes.options.timeouts.drain
        while self.clients.open and time.monotonic() < until:
            await asyncio.sleep(TICK_SECONDS)
            if time.monotonic() - began > DRAIN_IDLE_SECONDS:
                self.clients.drain()
        self.clients.abort()

    async def _tick(self, files: Sequence[FileWatcher]) -> None:
        """The worker's clock, and how late it is."""
        while True:
            due = await self._pause()
            now = time.monotonic()
            self.shadow.lag = now - due
            try:
                self._turn(files, now)
            except Exception:
                log.exception("a turn of the clock failed")  # the next one must come all the same

    async def _pause(self) -> float:
        """Until the next tick; returns when that was due. At rest the first client ends it."""
        came, now = self.clients.came, time.monotonic()
        if self.clients.open or came.is_set():
            came.clear()
            self._rests_at = now + AWAKE_SECONDS
        if now < self._rests_at:
            await asyncio.sleep(TICK_SECONDS / 2)
            return now + TICK_SECONDS / 2
        try:
            async with asyncio.timeout(REST_SECONDS):
                await came.wait()
        except TimeoutError:
            return now + REST_SECONDS
        now = time.monotonic()
        self._snapshot_at = min(self._snapshot_at, now + SNAPSHOT_SECONDS)
        return now

    def _turn(self, files: Sequence[FileWatcher], now: float) -> None:
        """Deadlines, files, counters: all that is due."""
        self.deadlines.tick(now)
        self.upstreams.sweep(now)
        for file in files:
            file.poll()
        self._redirects.tick()
        self.health.tick(now)
        self.identity.tick(now)
        self.secured.tick(now)
        self.machines.poll()
        self.current.date = b"Date: %b\r\n" % formatdate(usegmt=True).encode()
        # A new table is reported at once: `flip` waits until it sees the table in force. So is a
        # breaker that opened: the status must not show it closed to a client it has just refused.
        news = self.current.table.routes.version, self.breakers.states()
        if now >= self._snapshot_at or self._reported != news:
            rests = now >= self._rests_at
            every = REST_SNAPSHOT_SECONDS if rests else SNAPSHOT_SECONDS
            self._snapshot_at, self._reported = now + every, news
            self._report()
        self.log.flush()

    def _report(self) -> None:
        """Send the control process the counters, the requests that failed, and the spans."""
        self.channel.offer(COUNTERS, self.snapshot())
        failed = self.failed.report()
        if failed is not None and self.channel.offer(FAILED, failed):
            self.failed.reported()
        spans = self.spans.report()
        if spans is not None and self.channel.offer(SPANS, spans):
            self.spans.reported()

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
            "build": self._build,
            "version": self.current.table.routes.version,
            "time": time.time(),
            "draining": self.current.draining,
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
            "mended": self.upstreams.mended,
            "client": self.counters.client.snapshot(),
            "refused": {name: one.snapshot() for name, one in self.counters.refused.items()},
            "unproven": {name: one.snapshot() for name, one in self.counters.unproven.items()},
            "machines": self.machines.facts(),
            "identity": {name: one.snapshot() for name, one in self.counters.identity.items()},
        }
