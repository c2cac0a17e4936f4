"""Legacy's orders, from the feed into documents ready to send; and what follows for our sagas.

Two things must reach the sagas (marks.py): an order of ours that was cancelled on the other side
(its money is to be given back), and an order that its saga wrote and does not want.
"""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

import asyncpg

from chassis.readmodel import deriving, mirror
from chassis.readmodel.projection import Model
from chassis.readmodel.ranges import within
from contracts.feed.entities import CUSTOMER, LINE, ORDER, PAYMENT, PRODUCT, VARIANT
from contracts.feed.facts import Cleared, Fact, Gone, Stored, Translator
from new_services.orders import marks, repository

SHOP_ZONE = ZoneInfo("Europe/Berlin")  # of the times that legacy writes
ENTITIES = (ORDER, LINE, PAYMENT, CUSTOMER, PRODUCT, VARIANT)
REBUILD = 1000  # documents written at once when all are made again

_LINES_OF = """
SELECT DISTINCT (fields->>'order_id')::bigint AS id FROM mirror
WHERE entity = 'line' AND key = ANY($1) AND NOT gone
"""
_LINES_BEFORE = """
SELECT DISTINCT (fields->>'order_id')::bigint AS id FROM mirror
WHERE entity = 'line' AND NOT gone AND (lsn, seq) < ($1, $2)
AND CASE WHEN entity = 'line' THEN {range} END
"""
_OF_CUSTOMERS = """
SELECT key::bigint AS id FROM mirror
WHERE entity = 'order' AND NOT gone AND fields->>'customer_id' = ANY($1)
"""


def model(translate: Translator, zone: ZoneInfo = SHOP_ZONE) -> Model:
    """The read model of the orders; `zone` is that of legacy's wall clock."""
    return Model(translate, ENTITIES, Projection(zone).apply)


class Projection:
    """Applies batches of facts."""

    def __init__(self, zone: ZoneInfo = SHOP_ZONE) -> None:
        self._zone = zone
        self._complete = False

    async def apply(self, connection: asyncpg.Connection, facts: Sequence[Fact]) -> None:
        """One batch, in the open transaction. Documents are made once the snapshot is whole."""
        await deriving.lock(connection)
        before = self._complete or await mirror.complete(connection, ENTITIES)
        losing = await _losing(connection, facts) if before else set()
        changed = await mirror.apply(connection, facts)
        if before:
            await self.make(connection, losing | await _touched(connection, changed))
        elif await mirror.complete(connection, ENTITIES):
            rows = await connection.fetch("SELECT key FROM mirror WHERE entity = 'order'")
            await self.make(connection, [int(row["key"]) for row in rows])
        self._complete = before  # as committed: what this transaction adds may yet come to nothing

    async def make(self, connection: asyncpg.Connection, order_ids: Iterable[int]) -> None:
        """Make the documents of these orders again; forget those of orders that are gone."""
        remaining = sorted(order_ids)
        for start in range(0, len(remaining), REBUILD):
            part = remaining[start : start + REBUILD]
            fed = await repository.fed_orders(connection, part)
            if fed:
                await repository.write_fed(connection, fed)
            gone = set(part) - {each.order_id for each in fed}
            if gone:
                await repository.remove_fed(connection, gone)
            ours = [each for each in fed if each.order.saga_id]
            if ours:
                await marks.begin_sagas(connection, ours, self._zone)


async def take(connection: asyncpg.Connection, fact: Stored) -> None:
    """One that its owner published, in the open transaction; see Projection.apply."""
    if not await mirror.same(connection, fact):
        await Projection().apply(connection, [fact])


async def concerned(connection: asyncpg.Connection, rows: deriving.Rows) -> list[str]:
    """The orders whose documents these rows of the mirror, by entity, are or were part of."""
    changed = {(entity, row["key"]) for entity, some in rows.items() for row in some}
    # A line that is to be gone names its order no more.
    named = {int(row["fields"]["order_id"]) for row in rows.get(LINE, ()) if row.get("fields")}
    return [str(each) for each in sorted(named | await _touched(connection, changed))]


async def derive(connection: asyncpg.Connection, rows: deriving.Rows) -> None:
    """Make their documents again."""
    await deriving.lock(connection)
    ids = [int(key) for key in await concerned(connection, rows)]
    await Projection().make(connection, ids)
    await repository.remove_misnamed(connection, ids)


async def compared(connection: asyncpg.Connection, keys: Sequence[str]) -> list[deriving.Compared]:
    """Of these orders that have documents or rows: what would be made now, and what is kept."""
    ids = [int(key) for key in keys]
    made = {
        (each.order_id, each.order.order_no): repository.as_kept(each)
        for each in await repository.fed_orders(connection, ids)
    }
    kept = await repository.documents(connection, ids)
    return [(str(each[0]), made.get(each), kept.get(each)) for each in sorted(made.keys() | kept)]


async def _losing(connection: asyncpg.Connection, facts: Sequence[Fact]) -> set[int]:
    """The orders that are about to lose a line: once it is gone, it names its order no more."""
    lines = [fact for fact in facts if isinstance(fact, Gone | Cleared) and fact.entity == LINE]
    gone = [str(fact.key) for fact in lines if isinstance(fact, Gone)]
    rows = await connection.fetch(_LINES_OF, gone) if gone else []
    for fact in lines:
        if isinstance(fact, Cleared):
            condition, bounds = within("key", fact, 3)
            statement = _LINES_BEFORE.replace("{range}", condition)
            rows += await connection.fetch(statement, *fact.version, *bounds)
    return {row["id"] for row in rows}


async def _touched(connection: asyncpg.Connection, changed: set[tuple[str, str]]) -> set[int]:
    """The orders whose documents the changed rows are part of."""
    keys: dict[str, list[str]] = {}
    for entity, key in changed:
        keys.setdefault(entity, []).append(key)
    ids = {int(key) for key in keys.get(ORDER, ())}
    for entity, statement in ((LINE, _LINES_OF), (CUSTOMER, _OF_CUSTOMERS)):
        if entity in keys:
            ids |= {row["id"] for row in await connection.fetch(statement, keys[entity])}
    return ids
