"""The write side: facts about the goods, in order, from the stream to the tables.

The position in the stream is stored in the transaction that applies what was read, so a restart
continues exactly there, and an empty database starts at the beginning. One instance projects; the
others follow what it stored, and take over when its connection ends.
"""

import asyncio
import logging
import time
from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from prometheus_client import Histogram

from chassis.backoff import Backoff
from chassis.bus import BusErrors
from chassis.database import DatabaseAway
from chassis.reader import StreamReader
from contracts.catalog import ENTITIES, VARIANT, Translator
from contracts.change import Change, Version
from contracts.subjects import LEGACY_STREAM
from new_services.catalog import repository
from new_services.catalog.batches import Batch, fold
from new_services.catalog.documents import build
from new_services.catalog.repository import Progress
from new_services.catalog.watermark import Watermark

log = logging.getLogger("catalog.projections")

BATCH = 200  # changes in one commit
REBUILD = 500  # documents written at once when all are made anew
FOLLOW_SECONDS = 0.025
STOPPED_SECONDS = 3.0

Passing = (*BusErrors, *DatabaseAway)  # what waiting can cure


class Projector:
    """Keeps the read model up to date for as long as the process runs."""

    def __init__(
        self,
        database_url: str,
        nats: Client,
        translate: Translator,
        watermark: Watermark,
        delay: Histogram,
    ) -> None:
        self._database_url = database_url
        self._nats = nats
        self._translate = translate
        self._watermark = watermark
        self._delay = delay  # seconds from a commit in legacy to the commit here
        self._floors: dict[str, Version] = {}
        self._progress = Progress("", 0, 0)
        self.reason: str | None = "starting"  # why nothing is projected just now
        self.applied = 0  # messages since the process started

    async def run(self) -> None:
        """For ever: what passes is waited for; what does not stops the projection until mended."""
        backoff = Backoff()
        while True:
            try:
                await self._project()
            except Passing as error:
                self.reason = f"{type(error).__name__}: {error}".rstrip(": ")
                log.warning("not projecting: %s", self.reason)
            except Exception as error:
                # Nothing is lost: the position stays before what could not be applied.
                self.reason = f"stopped at message {self._progress.sequence + 1} or after: {error}"
                log.exception("the projection is stopped")
                await asyncio.sleep(STOPPED_SECONDS)
            if self._was_running:
                backoff.reset()
            await asyncio.sleep(backoff.next())

    async def _project(self) -> None:
        """Connect, take over or follow, then apply batch after batch until something fails."""
        self._was_running = False
        connection = await asyncpg.connect(
            self._database_url,
            timeout=3,
            command_timeout=60,
            server_settings={"application_name": "catalog-projection"},
        )
        try:
            await self._become_the_one(connection)
            stream = await self._stream_identity()
            await self._load(connection, stream)
            subjects, after = self._translate.subjects, self._progress.sequence
            async with StreamReader(self._nats, LEGACY_STREAM, subjects, after) as reader:
                log.info("projecting from message %d on", after + 1)
                self.reason, self._was_running = None, True
                while True:
                    await self._apply(connection, await reader.batch(BATCH))
        finally:
            await connection.close(timeout=1)

    async def _become_the_one(self, connection: asyncpg.Connection) -> None:
        """Return when the lock is ours; until then be as fresh as what the other one stores."""
        while not await connection.fetchval(repository.LOCK):
            self.reason = None
            stored = await repository.progress(connection)
            self._watermark.advance(stored.watermark if stored else 0)
            await asyncio.sleep(FOLLOW_SECONDS)

    async def _stream_identity(self) -> str:
        info = await self._nats.jetstream().stream_info(LEGACY_STREAM)
        return str(info.created)

    async def _load(self, connection: asyncpg.Connection, stream: str) -> None:
        """Where to go on: at the stored position, or at the beginning of a stream made anew."""
        self._floors = await repository.floors(connection)
        stored = await repository.progress(connection)
        if stored is None or stored.stream != stream:
            self._progress = Progress(stream, 0, 0)
        else:
            self._progress = stored
            self._watermark.advance(stored.watermark if self._complete else 0)

    @property
    def _complete(self) -> bool:
        """Whether a whole snapshot has been applied; before, documents would be made of pieces."""
        return all(entity in self._floors for entity in ENTITIES)

    async def _apply(self, connection: asyncpg.Connection, messages: Sequence[Msg]) -> None:
        """One commit: the rows, the documents they change, and how far the stream was read."""
        changes = [Change.from_dict(orjson.loads(message.data)) for message in messages]
        batch = fold((fact for each in changes for fact in self._translate(each)), self._floors)
        floors, self._floors = self._floors, self._floors | batch.floors
        watermark = max(self._progress.watermark, batch.watermark or 0) if self._complete else 0
        sequence = messages[-1].metadata.sequence.stream
        progress = Progress(self._progress.stream, sequence, watermark)
        try:
            async with connection.transaction():
                if not batch.empty:
                    await self._write(connection, batch)
                await repository.save_progress(connection, progress)
        except BaseException:
            self._floors = floors
            raise
        self._progress = progress
        self._watermark.advance(watermark)
        self._note(changes)

    async def _write(self, connection: asyncpg.Connection, batch: Batch) -> None:
        ids: set[int] = set()
        if self._complete and VARIANT in batch.rows:  # one may move to another product
            ids = await repository.touched(connection, batch)
        await repository.store(connection, batch)
        if self._complete:
            await _make_documents(connection, ids | await repository.touched(connection, batch))

    def _note(self, changes: Sequence[Change]) -> None:
        """Count, and measure how long the newest change took from its commit to here."""
        self.applied += len(changes)
        if changes[-1].seq:  # not a row of a snapshot
            committed = datetime.fromisoformat(changes[-1].committed).timestamp()
            self._delay.observe(max(0.0, time.time() - committed))


async def _make_documents(connection: asyncpg.Connection, ids: Collection[int]) -> None:
    """Make the documents of these products anew; forget those of products that are gone."""
    remaining = sorted(ids)
    for start in range(0, len(remaining), REBUILD):
        part = remaining[start : start + REBUILD]
        products = await repository.products(connection, part)
        await repository.write_documents(connection, [build(product) for product in products])
        await repository.remove_documents(connection, set(part) - {each.id for each in products})
