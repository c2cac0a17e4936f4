"""The write side: facts about the goods, in order, from the stream to the tables.

The position in the stream is stored in the transaction that applies what was read, so a restart
continues exactly there, and an empty database starts at the beginning.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import asyncpg
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from prometheus_client import Histogram

from chassis.readmodel import deriving
from chassis.readmodel.catching_up import anew
from chassis.readmodel.follower import Follower, Position, Source
from chassis.readmodel.watermark import Watermark
from contracts.catalog import (
    CATEGORY,
    ENTITIES,
    PRODUCT,
    STOCK,
    VARIANT,
    Fact,
    Reached,
    Translator,
)
from contracts.change import Change, Version
from contracts.rows import changes_of
from contracts.subjects import LEGACY_STREAM
from new_services.catalog import repository
from new_services.catalog.batches import fold
from new_services.catalog.documents import build

READER = "catalog projection"  # keeps its position by this name
PACE_SECONDS = 0.02  # from one commit to the next while nobody waits for the watermark
REBUILD = 500  # documents written at once when all are made anew


class Projector:
    """Keeps the read model up to date for as long as the process runs; one instance does."""

    def __init__(
        self,
        database_url: str,
        nats: Client,
        translate: Translator,
        watermark: Watermark,
        delay: Histogram,
        reader: str = READER,
    ) -> None:
        self._translate = translate
        self._watermark = watermark
        self._delay = delay  # seconds from a commit in legacy to the commit here
        self._complete = False  # a whole snapshot has been applied
        source = Source(reader, LEGACY_STREAM, translate.subjects, pace=PACE_SECONDS)
        missed = anew(nats, translate.subjects, self._forget)
        self.follower = Follower(database_url, nats, source, self._deliver, watermark, missed)

    async def ready(self) -> str | None:
        """Why there are no answers: they would be made of pieces, or grow older and older."""
        if self.follower.stopped:
            return self.follower.stopped
        if self._watermark.micros == 0:
            return f"snapshot not applied yet ({self.follower.reason or 'projecting'})"
        return None

    async def _forget(self, connection: asyncpg.Connection) -> None:
        """Changes were missed: nothing is whole until all has been told again."""
        await connection.execute("DELETE FROM projection_floor")
        self._complete = False
        self._watermark.reset()

    async def _deliver(
        self, connection: asyncpg.Connection, messages: Sequence[Msg], position: Position
    ) -> None:
        """One commit: the rows, the documents they change, and how far the stream was read."""
        changes = [
            change for message in messages for change in changes_of(orjson.loads(message.data))
        ]
        facts = [fact for change in changes for fact in self._translate(change)]
        reached = max((fact.micros for fact in facts if isinstance(fact, Reached)), default=0)
        news = [fact for fact in facts if not isinstance(fact, Reached)]
        sequence = messages[-1].metadata.sequence.stream
        if news or not self._complete or not position.lasts:
            async with connection.transaction():
                complete = self._complete
                if news or not complete:
                    complete = await apply(connection, news)
                if not complete:
                    reached = 0
                await position.save(connection, sequence, reached)
            self._complete = complete
        position.moved(sequence, reached)
        self._watermark.advance(position.watermark)
        self._measure(changes[-1])

    def _measure(self, newest: Change) -> None:
        """How long the newest change took from its commit to ours."""
        if newest.seq:  # not a row of a snapshot
            committed = datetime.fromisoformat(newest.committed).timestamp()
            self._delay.observe(max(0.0, time.time() - committed))


async def apply(connection: asyncpg.Connection, facts: Sequence[Fact]) -> bool:
    """Write the facts, in the open transaction; whether a whole snapshot has been applied.

    Before that, documents would be made of pieces: they are all made when it is complete.
    """
    await deriving.lock(connection)
    floors = await repository.floors(connection)
    batch = fold(facts, floors)
    complete = _covers_all(floors | batch.floors)
    if batch.empty:
        return complete
    ids: set[int] = set()
    if complete and VARIANT in batch.rows:  # one may move to another product
        ids = await repository.touched(connection, batch)
    await repository.store(connection, batch)
    if complete:
        ids |= await repository.touched(connection, batch)
        await _make_documents(connection, ids)
    return complete


async def concerned(connection: asyncpg.Connection, rows: deriving.Rows) -> list[str]:
    """The products whose documents these rows, by entity, are or were part of."""
    ids = {int(row["id"]) for row in rows.get(PRODUCT, ())}
    ids |= {int(row["product_id"]) for row in rows.get(VARIANT, ()) if row["product_id"]}
    keys = ([row["sku"] for row in rows.get(STOCK, ())],
            [row["code"] for row in rows.get(CATEGORY, ())])  # fmt: skip
    ids |= await repository.standing_for(connection, *keys)
    return [str(each) for each in sorted(ids)]


async def derive(connection: asyncpg.Connection, rows: deriving.Rows) -> None:
    """Make their documents anew."""
    await deriving.lock(connection)
    await _make_documents(connection, {int(key) for key in await concerned(connection, rows)})


async def compared(connection: asyncpg.Connection, keys: Sequence[str]) -> list[deriving.Compared]:
    """Of these products that have documents or rows: what would be made now, and what is kept."""
    ids = [int(key) for key in keys]
    products = await repository.products(connection, ids)
    made = await repository.as_kept(connection, [build(product) for product in products])
    kept = await repository.documents(connection, ids)
    return [(str(each), made.get(each), kept.get(each)) for each in sorted(made.keys() | kept)]


def _covers_all(floors: Mapping[str, Version]) -> bool:
    return all(entity in floors for entity in ENTITIES)


async def _make_documents(connection: asyncpg.Connection, ids: Collection[int]) -> None:
    """Make the documents of these products anew; forget those of products that are gone."""
    remaining = sorted(ids)
    for start in range(0, len(remaining), REBUILD):
        part = remaining[start : start + REBUILD]
        products = await repository.products(connection, part)
        await repository.write_documents(connection, [build(product) for product in products])
        await repository.remove_documents(connection, set(part) - {each.id for each in products})
