"""The write side: facts about the goods, in order, from the stream to the tables.

The position in the stream is stored in the transaction that applies what was read, so a restart
continues exactly there, and an empty database starts at the beginning.
"""

from collections.abc import Collection, Mapping, Sequence

import asyncpg

from chassis.readmodel import deriving
from chassis.readmodel.projection import Model
from contracts.feed.change import Version
from contracts.feed.entities import CATEGORY, GOODS, PRODUCT, STOCK, VARIANT
from contracts.feed.facts import Fact, Translator
from new_services.catalog import repository
from new_services.catalog.batches import fold
from new_services.catalog.documents import build

READER = "catalog projection"  # keeps its position by this name
PACE_SECONDS = 0.02  # from one commit to the next while no request waits for the watermark
REBUILD = 500  # documents written at once when all are made again


def model(translate: Translator) -> Model:
    """The catalog's read model."""
    return Model(translate, GOODS, apply, READER, PACE_SECONDS, repository.FLOORS)


async def apply(connection: asyncpg.Connection, facts: Sequence[Fact]) -> None:
    """Write the facts, in the open transaction.

    Before a whole snapshot has been applied, documents would be made of pieces: all are made then.
    """
    await deriving.lock(connection)
    floors = await repository.floors(connection)
    batch = fold(facts, floors)
    complete = _covers_all(floors | batch.floors)
    if batch.empty:
        return
    ids: set[int] = set()
    if complete and VARIANT in batch.rows:  # one may move to another product
        ids = await repository.touched(connection, batch)
    await repository.store(connection, batch)
    if complete:
        ids |= await repository.touched(connection, batch)
        await _make_documents(connection, ids)


async def concerned(connection: asyncpg.Connection, rows: deriving.Rows) -> list[str]:
    """The products whose documents these rows, by entity, are or were part of."""
    ids = {int(row["id"]) for row in rows.get(PRODUCT, ())}
    ids |= {int(row["product_id"]) for row in rows.get(VARIANT, ()) if row["product_id"]}
    keys = ([row["sku"] for row in rows.get(STOCK, ())],
            [row["code"] for row in rows.get(CATEGORY, ())])  # fmt: skip
    ids |= await repository.standing_for(connection, *keys)
    return [str(each) for each in sorted(ids)]


async def derive(connection: asyncpg.Connection, rows: deriving.Rows) -> None:
    """Make their documents again."""
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
    return all(entity in floors for entity in GOODS)


async def _make_documents(connection: asyncpg.Connection, ids: Collection[int]) -> None:
    """Make the documents of these products again; forget those of products that are gone."""
    remaining = sorted(ids)
    for start in range(0, len(remaining), REBUILD):
        part = remaining[start : start + REBUILD]
        products = await repository.products(connection, part)
        await repository.write_documents(connection, [build(product) for product in products])
        await repository.remove_documents(connection, set(part) - {each.id for each in products})
