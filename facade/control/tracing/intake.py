"""Where spans arrive, are kept, found, and handed to the export."""

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from chassis.tracing.span import Batch
from facade.control.tracing.store import ReportedSpan, TraceStore
from facade.control.tracing.workers import FACADE, spans_of

log = logging.getLogger("tracing")

PAUSE_SECONDS: Final = 0.5
MOST_WAITING: Final = 20_000  # spans; more are dropped and counted

Export = Callable[[Sequence[ReportedSpan]], None]  # blocking; never raises


class Traces:
    """The spans of this facade and of the services whose bus it knows."""

    def __init__(
        self,
        store: TraceStore,
        path_of: Callable[[str], str | None],
        export: Export | None = None,
    ) -> None:
        """`path_of` gives a route's path, as the route file has it."""
        self._store = store
        self._path_of = path_of
        self._export = export
        self._waiting: list[ReportedSpan] = []
        self._instance = str(os.getpid())
        self._writing = asyncio.Lock()
        self.kept = self.dropped = 0

    def workers(self, meta: dict[str, Any]) -> None:
        """Take in a worker's report. Raises ValueError, LookupError, TypeError where it is none."""
        self._take(FACADE, self._instance, spans_of(meta, self._path_of))
        self.dropped += int(meta["more"])

    def batch(self, batch: Batch) -> None:
        """Take in what a service published. Raises as `workers`."""
        self._take(str(batch["service"]), str(batch["instance"]), batch["spans"])
        self.dropped += int(batch["dropped"])

    def _take(self, service: str, instance: str, spans: Sequence[Any]) -> None:
        room = MOST_WAITING - len(self._waiting)
        self.dropped += max(0, len(spans) - room)
        self._waiting.extend(ReportedSpan(service, instance, span) for span in spans[:room])

    async def find(self, wanted: str) -> list[ReportedSpan]:
        """See TraceStore.find; also what came this moment."""
        await self._write()
        return await asyncio.to_thread(self._store.find, wanted)

    async def run(self) -> None:
        """Write what came, twice a second and once more at the end."""
        try:
            while True:
                await asyncio.sleep(PAUSE_SECONDS)
                await self._write()
        finally:
            await self._write()

    async def _write(self) -> None:
        async with self._writing:
            spans, self._waiting = self._waiting, []
            if not spans:
                return
            try:
                await asyncio.to_thread(self._store.write, spans, time.time())
                self.kept += len(spans)
            except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
                self.dropped += len(spans)
                log.warning("%d spans are lost: %r", len(spans), error)
            if self._export is not None:
                await asyncio.to_thread(self._export, spans)
