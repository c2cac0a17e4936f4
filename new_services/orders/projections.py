"""Legacy's orders, from the feed into documents ready to send; and what they tell our sagas.

Two things the sagas must hear of: an order of ours that was cancelled on the other side (its money
is to be given back), and an order that appeared after its saga had given it up (nobody wants it).
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import asyncpg
import orjson

from chassis.readmodel import deriving, mirror
from chassis.readmodel.projection import Model
from chassis.readmodel.ranges import within
from chassis.saga import Phase, State
from chassis.saga.postgres import enqueue
from contracts.entities import CUSTOMER, LINE, ORDER, PRODUCT, VARIANT
from contracts.facts import Cleared, Fact, Gone, Translator
from contracts.orders import Customer, Order
from new_services.orders import repository, saga
from new_services.orders.repository import Fed

log = logging.getLogger("orders.projections")

ENTITIES = (ORDER, LINE, CUSTOMER, PRODUCT, VARIANT)
REBUILD = 1000  # documents written at once when all are made anew

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
_SAGAS = "SELECT id, state::text AS state, updated - created AS took FROM saga WHERE id = ANY($1)"


def model(translate: Translator) -> Model:
    """The read model of the orders."""
    return Model(translate, ENTITIES, Projection().apply)


class Projection:
    """Applies batches of facts."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
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
        """Make the documents of these orders anew; forget those of orders that are gone."""
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
                await self._tell_sagas(connection, ours)

    async def _tell_sagas(self, connection: asyncpg.Connection, ours: Sequence[Fed]) -> None:
        rows = await connection.fetch(_SAGAS, [each.order.saga_id for each in ours])
        sagas = {row["id"]: _marked(row) for row in rows}
        # In one order: a projection beside us (rebuild.py) tells the same sagas of the same orders.
        for fed in sorted(ours, key=lambda each: each.order_id):
            placed = sagas.get(fed.order.saga_id or "")
            if placed is None:  # of an earlier life of this database
                continue
            if placed.is_stray(fed.order):
                if fed.order.status != "CANCELLED":
                    log.error("order %s is nobody's: cancelling it", fed.order.order_no)
                    await enqueue(connection, _stray(fed, placed.state), self._clock())
            elif fed.order.status == "CANCELLED" and placed.is_its_own(fed.order):
                await enqueue(connection, _settle(fed), self._clock())


async def concerned(connection: asyncpg.Connection, rows: deriving.Rows) -> list[str]:
    """The orders whose documents these rows of the mirror, by entity, are or were part of."""
    changed = {(entity, row["key"]) for entity, some in rows.items() for row in some}
    # A line that is to be gone tells its order no more.
    told = {int(row["fields"]["order_id"]) for row in rows.get(LINE, ()) if row.get("fields")}
    return [str(each) for each in sorted(told | await _touched(connection, changed))]


async def derive(connection: asyncpg.Connection, rows: deriving.Rows) -> None:
    """Make their documents anew."""
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


@dataclass(frozen=True, slots=True)
class Marked:
    """The saga that an order's mark names. Not every such order came of it: legacy shows customers
    the mark as part of their own number, and some of them use that number again."""

    state: State
    took: float  # seconds from its beginning to its last step

    def is_its_own(self, order: Order) -> bool:
        """Whether it placed that order, so far as it knows."""
        written = self._written
        if written is None:
            return not self._given_up
        return written.order_no == order.order_no

    def is_stray(self, order: Order) -> bool:
        """Whether it may have written that order without wanting it: twice, or after giving up."""
        written = self._written
        if order.pieces != self.state.request["wish"]["lines"]:
            return False
        if written is None:
            return self._given_up
        return written.order_no != order.order_no and self._within_reach(written, order)

    @property
    def _written(self) -> Order | None:
        return saga.outcome(self.state.results)

    @property
    def _given_up(self) -> bool:
        return self.state.phase in (Phase.BACKWARD, Phase.UNDONE)

    def _within_reach(self, written: Order, order: Order) -> bool:
        """Whether it was created before the last attempt to write must have ended; both times are
        by the shop's clock, and the saga began before it wrote the one it knows."""
        first, other = (datetime.fromisoformat(each.created) for each in (written, order))
        return (other - first).total_seconds() <= self.took + saga.LATE_SECONDS


def _marked(row: asyncpg.Record) -> Marked:
    return Marked(State.from_dict(orjson.loads(row["state"])), row["took"])


def _stray(fed: Fed, placed: State) -> State:
    request = {"order_no": fed.order.order_no, "customer": placed.request["customer"]}
    return State(f"stray:{fed.order.order_no}", saga.STRAY, request)


def _settle(fed: Fed) -> State:
    customer = Customer(fed.email, fed.name, "")
    request = {"order": fed.order.to_dict(), "customer": asdict(customer)}
    return State(f"settle:{fed.order.order_no}", saga.SETTLE, request)


async def _losing(connection: asyncpg.Connection, facts: Sequence[Fact]) -> set[int]:
    """The orders that are about to lose a line: once it is gone, it tells its order no more."""
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
