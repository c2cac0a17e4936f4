"""Orders in legacy that bear a saga's mark, and what the saga has to do with each.

Two facts meet here, in either order: the feed sends an order, and a saga comes to know which
order it wrote, or that it wrote none. Where the second of them arrives, the order is judged: the
projection, where the saga knows by then; else it remembers the order as unjudged, and `judge_again`
looks at it when the saga has come so far.

A saga is deleted after a time, and this is not: which order it wrote is kept for as
long as there may be money to give back (`written_order`).
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import product
from zoneinfo import ZoneInfo

import asyncpg
import orjson

from chassis.database import DatabaseAway
from chassis.saga import Phase, State
from chassis.saga.storage.postgres import enqueue
from contracts.orders import Order
from contracts.record import Customer
from new_services.orders import repository
from new_services.orders.repository import Fed
from new_services.orders.saga import kinds

log = logging.getLogger("orders.marks")

LATE_SECONDS = 15.0  # so long after a saga has ended, a write that it gave up may still appear
EVERY_SECONDS = 1.0
AT_ONCE = 200  # unjudged orders in one transaction

_SAGAS = "SELECT id, state::text AS state, updated - created AS took FROM saga WHERE id = ANY($1)"
_WRITTEN = "SELECT order_no, saga_id FROM written_order WHERE order_no = ANY($1)"
_REMEMBER = """
INSERT INTO unjudged_order (order_id, saga_id) SELECT * FROM unnest($1::bigint[], $2::text[])
ON CONFLICT (order_id) DO NOTHING
"""
# Whose saga knows by now, or is there no more.
_RIPE = """
SELECT unjudged.order_id FROM unjudged_order unjudged LEFT JOIN saga ON saga.id = unjudged.saga_id
WHERE saga.id IS NULL OR saga.phase IN ('done', 'undone', 'backward')
   OR saga.state->'results' ? 'write'
LIMIT $1 FOR UPDATE OF unjudged SKIP LOCKED
"""


class Verdict(Enum):
    """What an order with a mark is to the saga that the mark names."""

    OWN = "the order it wrote"
    STRAY = "it wrote that one too, and does not want it"
    ALIEN = "the customer's own: they used the number again that legacy shows them"
    UNKNOWN = "the saga does not know yet what it wrote"


@dataclass(frozen=True, slots=True)
class Marked:
    """The saga that an order's mark names. Not every such order came of it: legacy shows customers
    the mark as part of their own number, and some of them use that number again."""

    state: State
    took: float  # seconds from its beginning to its last step
    zone: ZoneInfo  # of the shop's clock

    def judge(self, order: Order) -> Verdict:
        """What the order is to it, so far as it knows."""
        written = kinds.outcome(self.state.results)
        if written is not None and written.order_no == order.order_no:
            return Verdict.OWN
        given_up = self.state.phase in (Phase.BACKWARD, Phase.UNDONE)
        if written is None and not given_up:
            return Verdict.UNKNOWN
        if order.pieces != self.state.request["wish"]["lines"]:
            return Verdict.ALIEN
        if written is not None and not self._within_reach(written, order):
            return Verdict.ALIEN
        return Verdict.STRAY

    def _within_reach(self, written: Order, order: Order) -> bool:
        """Whether both can have been created by attempts of the same saga."""
        apart = seconds_apart(written.created, order.created, self.zone)
        return any(abs(each) <= self.took + LATE_SECONDS for each in apart)


def seconds_apart(first: str, other: str, zone: ZoneInfo) -> set[float]:
    """From one time by a shop's wall clock to another one: what it may have been, in seconds. In
    the hour that comes twice in autumn, each such time means two."""
    moments = [
        {
            datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()
            for fold in (0, 1)
        }
        for text in (first, other)
    ]
    return {later - sooner for sooner, later in product(*moments)}


async def begin_sagas(connection: asyncpg.Connection, fed: Sequence[Fed], zone: ZoneInfo) -> None:
    """Orders with a mark that the feed has sent, in its open transaction: begin the sagas that
    follow from it, or remember what cannot be judged yet."""
    found = await connection.fetch(_SAGAS, [each.order.saga_id for each in fed])
    sagas = {
        row["id"]: Marked(State.from_dict(orjson.loads(row["state"])), row["took"], zone)
        for row in found
    }
    rows = await connection.fetch(_WRITTEN, [each.order.order_no for each in fed])
    written = {row["order_no"]: row["saga_id"] for row in rows}
    unjudged: list[Fed] = []
    # In one order: a projection beside us (rebuild.py) begins the same sagas.
    for each in sorted(fed, key=lambda each: each.order_id):
        placed = sagas.get(each.order.saga_id or "")
        verdict = placed.judge(each.order) if placed else _of_a_deleted(each, written)
        if verdict is Verdict.UNKNOWN:
            unjudged.append(each)
        elif placed is not None and verdict is Verdict.STRAY:
            await _cancel(connection, each, placed)
        elif verdict is Verdict.OWN and each.order.status == "CANCELLED":
            customer = Customer(each.email, each.name, "")
            await enqueue(connection, kinds.settling(each.order, customer))
    if unjudged:
        ids = [each.order_id for each in unjudged]
        await connection.execute(_REMEMBER, ids, [each.order.saga_id for each in unjudged])


def _of_a_deleted(fed: Fed, written: Mapping[str, str]) -> Verdict:
    """By what is kept of a saga that ended long ago; of one that was never ours nothing is."""
    known = written.get(fed.order.order_no)
    return Verdict.OWN if known is not None and known == fed.order.saga_id else Verdict.ALIEN


async def _cancel(connection: asyncpg.Connection, fed: Fed, placed: Marked) -> None:
    if fed.order.status != "CANCELLED":
        log.error("no saga wants order %s: cancelling it", fed.order.order_no)
        customer = Customer(**placed.state.request["customer"])
        await enqueue(connection, kinds.stray(fed.order.order_no, customer))


async def judge_again(pool: asyncpg.Pool, zone: ZoneInfo) -> int:
    """Judge what could not be judged when the feed sent it; how many orders that were."""
    async with pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(_RIPE, AT_ONCE)
        ids = [row["order_id"] for row in rows]
        if ids:
            await connection.execute("DELETE FROM unjudged_order WHERE order_id = ANY($1)", ids)
            fed = await repository.fed_orders(connection, ids)
            await begin_sagas(connection, [each for each in fed if each.order.saga_id], zone)
    return len(ids)


async def run(pool: asyncpg.Pool, zone: ZoneInfo) -> None:
    """For ever; what fails is tried again the next time."""
    while True:
        try:
            if await judge_again(pool, zone) == AT_ONCE:
                continue
        except (*DatabaseAway, asyncpg.PostgresError, TimeoutError) as error:
            log.warning("not judged: %s", f"{type(error).__name__}: {error}")
        await asyncio.sleep(EVERY_SECONDS)
