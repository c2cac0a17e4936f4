"""Legacy's orders and goods, from the feed into sums by day and category.

    what events said and the feed has passed ─▶ dropped
    orders that the facts touch ─▶ out of the sums ─▶ rows written ─▶ into the sums again

Sums are made when the first snapshot is whole, in one statement; before, they would be of pieces.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg

from chassis.readmodel import mirror
from chassis.readmodel.deriving import Rows
from chassis.readmodel.projection import Model
from contracts.feed.entities import CATEGORY, CUSTOMER, LINE, ORDER, PRODUCT, VARIANT
from contracts.feed.facts import Cleared, Fact, Gone, Stored, Translator
from new_services.sales import repository
from new_services.sales.repository import TABLES

GOODS = (VARIANT, PRODUCT)
ENTITIES = (ORDER, LINE, *GOODS, CATEGORY, CUSTOMER)
PACE_SECONDS = 0.25  # moving the sums costs more than the rows do: once for several orders


def model(translate: Translator) -> Model:
    """The read model of the sales figures."""
    return Model(translate, ENTITIES, apply, pace=PACE_SECONDS)


@dataclass(slots=True)
class Batch:
    """Facts sorted by what becomes of them; of each row the newest state."""

    rows: dict[str, dict[int, Stored | Gone]] = field(
        default_factory=lambda: {entity: {} for entity in TABLES}
    )
    cleared: list[Cleared] = field(default_factory=list)  # of the tables
    mirrored: list[Fact] = field(default_factory=list)

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> "Batch":
        """Sorted; any order and any repetition ends alike."""
        batch = cls()
        for fact in facts:
            if isinstance(fact, Cleared):
                batch.mirrored.append(fact)  # it also keeps the floors
                if fact.entity in TABLES:
                    batch.cleared.append(fact)
            elif isinstance(fact, Stored | Gone) and fact.entity in TABLES:
                _keep_newest(batch.rows[fact.entity], fact)
            else:
                batch.mirrored.append(fact)
        return batch

    def keys(self, entity: str) -> list[str]:
        """Of an entity that is mirrored."""
        found = (fact for fact in self.mirrored if isinstance(fact, Stored | Gone))
        return [str(fact.key) for fact in found if fact.entity == entity]


def _keep_newest(rows: dict[int, Stored | Gone], fact: Stored | Gone) -> None:
    """A newer state keeps of the older one what it does not name."""
    known = rows.get(key := int(fact.key))
    if known is not None and known.version > fact.version:
        return
    if isinstance(fact, Stored) and isinstance(known, Stored):
        fact = replace(fact, fields={**known.fields, **fact.fields})
    rows[key] = fact


async def apply(connection: asyncpg.Connection, facts: Sequence[Fact]) -> None:
    """One batch, in the open transaction."""
    batch = Batch.of(facts)
    await repository.lock(connection)
    if not await mirror.complete(connection, ENTITIES):
        await _write(connection, batch)
        if await mirror.complete(connection, ENTITIES):
            await repository.count_all(connection)
        return
    past = await repository.reached(connection, await repository.watermark(connection))
    touched = await _touched(connection, batch, past)
    goods = batch.keys(VARIANT), batch.keys(PRODUCT)
    before = await repository.shelves(connection, *goods) if any(goods) else {}
    await repository.take(connection, touched)
    await repository.drop(connection, past)
    await _write(connection, batch)
    await repository.put(connection, touched)
    if any(isinstance(fact, Cleared) and fact.entity in GOODS for fact in batch.mirrored):
        await repository.count_all(connection)
    elif any(goods):
        await _move(connection, before, await repository.shelves(connection, *goods))


async def _touched(
    connection: asyncpg.Connection, batch: Batch, past: Sequence[str]
) -> repository.Orders:
    """The orders whose part in the sums the batch may change."""
    lines = batch.rows[LINE]
    ids = {*batch.rows[ORDER], *_named(lines.values(), "order_id")}
    if lines:  # a line may be gone, or move
        ids |= await repository.orders_of_lines(connection, list(lines))
    for each in batch.cleared:
        ids |= await repository.older(connection, each)
    numbers = {*past, *_named(batch.rows[ORDER].values(), "order_no")}
    return await repository.orders(connection, ids, numbers)


def _named(facts: Iterable[Stored | Gone], name: str) -> list[Any]:
    return [
        fact.fields[name] for fact in facts if isinstance(fact, Stored) and fact.fields.get(name)
    ]


async def _write(connection: asyncpg.Connection, batch: Batch) -> None:
    for entity, rows in batch.rows.items():
        if rows:
            await repository.write(connection, entity, rows)
    # Versions decide, so a clearing does the same before and after what it does not clear.
    for each in batch.cleared:
        await repository.clear(connection, each)
    if batch.mirrored:
        await mirror.apply(connection, batch.mirrored)


async def _move(
    connection: asyncpg.Connection, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """What was sold of an article counts in the category in which the article is now."""
    moved = [sku for sku in before.keys() | after.keys() if before.get(sku) != after.get(sku)]
    if moved:
        days = await repository.days_of(connection, moved)
        await repository.count_days(connection, days)


async def concerned(_: asyncpg.Connection, rows: Rows) -> list[str]:
    """Whatever the rows: the sums hang together."""
    return ["the sums of all days"] if rows else []


async def derive(connection: asyncpg.Connection, _: Rows) -> None:
    """Make the sums again, after a repair has written rows; seconds for a million orders."""
    await repository.lock(connection)
    await repository.count_all(connection)
