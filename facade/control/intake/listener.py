"""The workers' frames: hello, counters and pairs, over a Unix socket."""

import asyncio
import logging
import stat
import time
from collections.abc import Callable
from pathlib import Path

from facade.control.evidence_store.ledger import Ledger
from facade.control.intake.fleet import Fleet, Worker
from facade.control.intake.frames import read_pair
from facade.control.judging.pipeline import Pipeline
from facade.control.reporting.failures import Failures
from facade.control.tracing.intake import Traces
from facade.runtime.channel import (
    COUNTERS,
    FAILED,
    HELLO,
    PAIR,
    SPANS,
    ChannelBroken,
    Frame,
    FrameReader,
)

log = logging.getLogger("listener")

UNREADABLE = "unreadable"  # a pair that was sent and could not be read


class Intake:
    """Where frames go. A frame that makes no sense is reported, and the connection goes on."""

    def __init__(
        self,
        fleet: Fleet,
        ledger: Ledger,
        pipeline: Pipeline,
        failures: Failures,
        traces: Traces | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fleet, self._ledger, self._pipeline = fleet, ledger, pipeline
        self._failures = failures
        self._traces = traces
        self._clock = clock
        self.nonsense = 0

    def frame(self, worker: Worker | None, frame: Frame) -> Worker | None:
        """Take in one frame; returns who is speaking."""
        try:
            return self._take(worker, frame)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            self.nonsense += 1
            self._shed(frame)
            if self.nonsense in (1, 10, 100) or self.nonsense % 1000 == 0:
                log.warning("frame %d of kind %d: %r", self.nonsense, frame.kind, error)
            return worker

    def _shed(self, frame: Frame) -> None:
        """A pair that cannot be read is counted where it says which route it is of."""
        meta: object = frame.meta
        route = meta.get("route") if isinstance(meta, dict) and frame.kind == PAIR else None
        if isinstance(route, str):
            self._ledger.shed(route, UNREADABLE, 1, self._clock())

    def lost(self, worker: Worker | None) -> None:
        """The connection ended."""
        if worker is not None:
            self._fleet.lost(worker)

    def _take(self, worker: Worker | None, frame: Frame) -> Worker | None:
        now = self._clock()
        if frame.kind == HELLO:
            return self._fleet.hello(frame.meta, now)
        if worker is None:
            raise ValueError("the first frame must be a hello")
        if frame.kind == COUNTERS:
            for route, growth in self._fleet.take(worker, frame.meta, now).items():
                self._ledger.asked(route, growth, now)
        elif frame.kind == PAIR:
            self._pipeline.accept(read_pair(frame))
        elif frame.kind == FAILED:
            self._failures.take(frame.meta, now)
        elif frame.kind == SPANS and self._traces is not None:
            self._traces.workers(frame.meta)
        return worker


class Connection(asyncio.Protocol):
    """One worker's connection."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._reader = FrameReader()
        self._worker: Worker | None = None
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A worker is there; its hello comes first."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Frames, or pieces of them."""
        try:
            for frame in self._reader.feed(data):
                self._worker = self._intake.frame(self._worker, frame)
        except ChannelBroken as error:
            log.error("a worker's channel is broken (%s): closing it", error)
            if self._transport is not None:
                self._transport.close()

    def connection_lost(self, _exc: Exception | None) -> None:
        """The worker is gone, or will connect again."""
        self._intake.lost(self._worker)


async def listen(path: Path, intake: Intake) -> None:
    """Serve until cancelled. A socket file left behind by a killed process is replaced."""
    await asyncio.to_thread(_clear, path)
    server = await asyncio.get_running_loop().create_unix_server(lambda: Connection(intake), path)
    await asyncio.to_thread(path.chmod, 0o600)
    async with server:
        await server.serve_forever()


def _clear(path: Path) -> None:
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        path.unlink()
