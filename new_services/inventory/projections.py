"""Legacy's stock, movements and goods, from the feed into our tables."""

from collections.abc import Sequence

import asyncpg

from chassis.readmodel import mirror
from chassis.readmodel.deriving import Rows
from chassis.readmodel.projection import Model
from contracts.feed.entities import MOVEMENT, ORDER, PRODUCT, STOCK, VARIANT
from contracts.feed.facts import Cleared, Fact, Gone, Stored, Translator
from new_services.inventory import repository
from new_services.inventory.domain import Mark, Movement
from new_services.inventory.owner import shelf

GOODS = (VARIANT, PRODUCT)  # mirrored as they are
CLEARS = {
    STOCK: repository.clear_stock,
    MOVEMENT: repository.clear_movements,
    ORDER: repository.clear_marks,
}
ENTITIES = (STOCK, MOVEMENT, ORDER, *GOODS)


def model(translate: Translator) -> Model:
    """The inventory's read model."""
    return Model(translate, ENTITIES, apply)


async def apply(connection: asyncpg.Connection, facts: Sequence[Fact]) -> None:
    """One batch, in the open transaction."""
    stored = [fact for fact in facts if isinstance(fact, Stored)]
    stock = [f for f in facts if isinstance(f, Stored | Gone) and f.entity == STOCK]
    marks = [
        Mark(fact.fields["order_no"], fact.fields["saga_id"], int(fact.key), fact.version[0])
        for fact in stored
        if fact.entity == ORDER and fact.fields.get("saga_id")
    ]
    moved = [_movement(fact) for fact in stored if fact.entity == MOVEMENT]
    movements = await shelf.named(connection, moved)
    if marks:
        await repository.remember_marks(connection, marks)
    # Legacy has taken what was reserved: counted in both, it would be promised away twice.
    sold = [each.order_no for each in movements if each.reason == "SALE" and each.order_no]
    sagas = await repository.sagas_of(connection, sold) if sold else []
    held = await repository.held_skus(connection, sagas) if sagas else []
    await _levels(connection, stock, movements, held)
    await _forget(connection, facts)
    if held:
        await repository.end(connection, sagas)
    goods = [fact for fact in facts if isinstance(fact, Cleared) or _is_goods(fact)]
    if goods:
        await mirror.apply(connection, goods)


async def _forget(connection: asyncpg.Connection, facts: Sequence[Fact]) -> None:
    """What legacy has no more: row by row, or all that is older than a version."""
    gone = [fact for fact in facts if isinstance(fact, Gone)]
    if movements := [fact for fact in gone if fact.entity == MOVEMENT]:
        await repository.forget_movements(connection, movements)
    if orders := [fact for fact in gone if fact.entity == ORDER]:
        await repository.forget_marks(connection, orders)
    for fact in facts:
        if isinstance(fact, Cleared) and fact.entity in CLEARS:
            await CLEARS[fact.entity](connection, fact)


async def concerned(_: asyncpg.Connection, rows: Rows) -> list[str]:
    """The skus that these rows, by entity, speak of."""
    named = (row for entity in (STOCK, MOVEMENT) for row in rows.get(entity, ()))
    return sorted({str(row["sku"]) for row in named if "sku" in row})


async def derive(connection: asyncpg.Connection, rows: Rows) -> None:
    """Add up their levels again."""
    if skus := await concerned(connection, rows):
        await repository.know(connection, skus)
        await repository.add_up(connection, skus)


async def _levels(
    connection: asyncpg.Connection,
    stock: Sequence[Stored | Gone],
    movements: Sequence[Movement],
    held: Sequence[str],
) -> None:
    skus = {str(fact.key) for fact in stock} | {each.sku for each in movements}
    skus |= set(held)
    if not skus:
        return
    await repository.know(connection, sorted(skus))
    await repository.lock(connection, sorted(skus))  # one order for all that lock several
    if stock:
        rows = {}
        for fact in stock:  # in the order of their versions: the last one counts
            fields = fact.fields if isinstance(fact, Stored) else repository.NOT_STORED
            rows[str(fact.key)] = (int(fields["quantity"]), str(fields["updated"]), *fact.version)
        await repository.store_stock(connection, rows)
    if movements:
        await repository.record(connection, movements)


def _movement(fact: Stored) -> Movement:
    fields = fact.fields
    return Movement(
        fields["sku"],
        fields["change"],
        fields["reason"],
        fields["order_no"],
        str(fields["created"]),
        fields["id"],
        fact.version[0],
    )


def _is_goods(fact: Fact) -> bool:
    return getattr(fact, "entity", None) in GOODS
