"""Writes what changed to the store every second, and reads it back at the start."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from facade.control.evidence_store.ledger import EVIDENCE, Ledger
from facade.control.evidence_store.sqlite import Batch, Store, StoreAway
from facade.control.intake.fleet import Fleet
from facade.control.judging.noise import NOISE, NoiseLearner

log = logging.getLogger("journal")

EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept over a restart."""

    ledger: Ledger
    fleet: Fleet
    noise: NoiseLearner


class Journal:
    """Between what is in memory and the store on disk. `channel` names this facade."""

    def __init__(self, store: Store, kept: Kept, channel: str) -> None:
        self._store = store
        self._ledger, self._fleet, self._noise = kept.ledger, kept.fleet, kept.noise
        self._channel = channel
        self._written: dict[str, float] = {}  # worker -> when it was last heard of
        self._failing = False
        self._unwritable: set[str] = set()  # routes of which something could not be written

    def restore(self) -> None:
        """Read everything back; what cannot be read is reported and left out."""
        for content in self._store.evidence():
            try:
                self._ledger.restore(content)
            except ValidationError as error:
                log.error("evidence of a route cannot be read: %s", error)
        for route, content in self._store.noise():
            try:
                self._noise.restore(route, content)
            except ValidationError as error:
                log.error("what was learned of %s's noise cannot be read: %s", route, error)
        for name, seen, content in self._store.workers(self._channel):
            number, pid, started = name.split(" ")
            identity = int(number), int(pid), float(started)
            self._fleet.restore(identity, orjson.loads(content), seen)

    async def flush(self) -> None:
        """Write what changed since the last time, in one transaction, off the event loop."""
        batch = self._batch()
        changed, learned = set(self._ledger.dirty), set(self._noise.dirty)
        self._ledger.dirty.clear()
        self._noise.dirty.clear()
        self._ledger.closed = []
        try:
            await asyncio.to_thread(self._store.write, batch)
        except StoreAway as error:
            if not self._failing:
                log.error("evidence cannot be written, it is kept in memory: %s", error)
            self._failing = True
            self._ledger.dirty |= changed
            self._noise.dirty |= learned
            self._ledger.closed = batch.closed + self._ledger.closed
            self._written.clear()
        else:
            self._failing = False

    async def run(self) -> None:
        """Flush every second, and once more at the end."""
        try:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                await self.flush()
        finally:
            await asyncio.shield(self.flush())

    def _add(
        self, batch: list[tuple[str, bytes]], route: str, form: TypeAdapter[Any], content: object
    ) -> None:
        """What cannot be written stays in memory, and every other route is written all the same."""
        try:
            batch.append((route, form.dump_json(content)))
            self._unwritable.discard(route)
        except ValueError as error:
            if route not in self._unwritable:
                log.error("what is known of %s cannot be written, only kept: %s", route, error)
            self._unwritable.add(route)

    def _batch(self) -> Batch:
        ledger = self._ledger
        batch = Batch(closed=ledger.closed)
        for route in ledger.dirty:
            self._add(batch.evidence, route, EVIDENCE, ledger.routes[route])
        for route in self._noise.dirty:
            self._add(batch.noise, route, NOISE, self._noise.routes[route])
        for worker in self._fleet.workers.values():
            name = " ".join(map(str, worker.identity))
            if self._written.get(name) != worker.seen:
                self._written[name] = worker.seen
                content: dict[str, Any] = worker.counters
                batch.workers.append((self._channel, name, worker.seen, orjson.dumps(content)))
        return batch
