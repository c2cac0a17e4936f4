"""The orders for a cutover: numbers, sums, and orders as the monolith is to have them.

The stock is the inventory's part of the domain, so its sums are asked for there; and on the way
back everything must be sold, put back and written to the monolith before it goes on by itself.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg
import orjson

from chassis.ownership.record import Owner
from chassis.ownership.records import Records
from chassis.ownership.sides import Pending, Rows, Sums, summed
from contracts.events.owned import OrderChanged, SoldLine
from contracts.feed.entities import ORDER
from contracts.orders import Order

REACH_SECONDS = 2.0
POLL_SECONDS = 0.02
SEQUENCES = {"order_id": "owned_order_id", "order_no": "owned_order_no"}
_SUMS = """
SELECT count(*) AS orders, coalesce(max((fields->>'id')::bigint), 0) AS newest,
       count(*) FILTER (WHERE fields->>'status' = 'CANCELLED') AS cancelled,
       round(coalesce(sum((fields->>'total')::numeric), 0), 2) AS money,
       (SELECT count(*) FROM mirror WHERE entity = 'line' AND NOT gone) AS lines,
       (SELECT count(*) FROM mirror WHERE entity = 'payment' AND NOT gone) AS payments
FROM mirror WHERE entity = 'order' AND NOT gone
"""
# Orders of ours whose sagas have not reached the inventory yet, as far as is known.
_OPEN = """
SELECT (SELECT count(*) FROM owned_order written JOIN saga ON saga.id = written.saga_id
        WHERE written.placed AND saga.phase IN ('forward', 'parked'))
     + (SELECT count(*) FROM saga JOIN owned_order changed
               ON changed.order_no = saga.state->'request'->>'order_no'
        WHERE saga.kind IN ('cancel-order', 'cancel-stray')
        AND saga.phase IN ('forward', 'parked')
        AND changed.content::jsonb->>'status' = 'CANCELLED')
"""
_NOT_FED = """
SELECT count(*) FROM owned_order ours LEFT JOIN order_document shown USING (order_no)
WHERE ours.epoch = $1
AND (shown.body IS NULL OR shown.status <> ours.content::jsonb->>'status')
"""
_ORDERS = """
SELECT order_no, order_id, customer_id, content FROM owned_order WHERE order_no = ANY ($1::text[])
"""
_AGAIN = """
INSERT INTO owned_change (domain, entity, key)
SELECT 'orders', 'order', order_no FROM owned_order
WHERE epoch = (SELECT epoch FROM domain_owner WHERE domain = 'orders') ORDER BY order_id
"""


def event_of(order: Mapping[str, Any], version: tuple[int, int]) -> OrderChanged:
    """The event of an order as `read` has it."""
    said = {name: order[name] for name in ("order_no", "status", "created")}
    lines = [SoldLine(**line) for line in order["lines"]]
    return OrderChanged(
        number=order["id"], customer=order["customer_id"], lines=lines,
        **said, lsn=version[0], seq=version[1],
    )  # fmt: skip


class Stock(Protocol):
    """The inventory, as the cutover asks it."""

    async def standing(self) -> Mapping[str, Any]:
        """`reached`: its place in the monolith's log; `pending`: movements that the monolith has
        not been given, and the `trouble` with that; `ahead`: those that the feed has not sent;
        `sums`, see Sums. Raises TimeoutError where it does not answer."""


@dataclass(frozen=True, slots=True)
class OrdersSide:
    """See OwnSide."""

    records: Records
    stock: Stock

    async def sums(self) -> Sums:
        """See OwnSide. Of the read models: once they have come to the fence, or, where the orders
        are ours, once the monolith has all of ours and the feed has sent it. Raises TimeoutError.
        """
        record = await self.records.look()

        async def behind() -> str:
            found = await self.stock.standing()
            there = found["reached"] >= record.reached_lsn
            return "" if there else "the inventory's read model is behind"

        async def pending() -> str:
            return await self._pending(record.epoch)

        await _until_none(pending if record.owner is Owner.NEW else behind)
        stock = await self.stock.standing()
        return {**await summed(self.records.pool, _SUMS), **stock["sums"]}

    async def _pending(self, epoch: int) -> str:
        """What the monolith has not been given, or the feed has not sent back; empty: nothing."""
        if count := await self.records.pool.fetchval(_OPEN):
            return f"{count} orders of ours wait for stock or money (`fig sagas`)"
        stock = await self.stock.standing()
        if stock["pending"]:
            return f"{stock['pending']} movements of the stock are not written: {stock['trouble']}"
        if stock["ahead"] or await self.records.pool.fetchval(_NOT_FED, epoch):
            return "the feed has not sent yet what the monolith was given"
        return ""

    async def prepare(self) -> None:
        """See OwnSide."""

    async def take(self, numbers: Mapping[str, int]) -> None:
        for name, sequence in SEQUENCES.items():
            await self.records.pool.execute(
                f"SELECT setval('{sequence}', greatest($1, last_value)) FROM {sequence}",
                numbers[name],
            )

    async def numbers(self) -> Mapping[str, int]:
        return {
            name: int(await self.records.pool.fetchval(f"SELECT last_value FROM {sequence}"))
            for name, sequence in SEQUENCES.items()
        }

    async def again(self, connection: asyncpg.Connection) -> None:
        """See OwnSide: those that were placed or changed here; the others do not change any more,
        or are written there when they do."""
        await connection.execute(_AGAIN)

    async def read(self, connection: asyncpg.Connection, pending: Sequence[Pending]) -> Rows:
        numbers = sorted({each.key for each in pending if each.entity == ORDER})
        rows = await connection.fetch(_ORDERS, numbers)
        found = {row["order_no"]: _fields(row) for row in rows}
        ordered = sorted(numbers, key=lambda each: found[each]["id"] if each in found else 0)
        return {ORDER: {each: found.get(each) for each in ordered}}


def _fields(row: asyncpg.Record) -> dict[str, Any]:
    """As a fact of the feed has them, and the lines."""
    order = Order.from_dict(orjson.loads(row["content"]))
    fields = order.to_dict()
    ship = {f"ship_{part}": value for part, value in fields.pop("ship").items()}
    return {**fields, **ship, "id": row["order_id"], "customer_id": row["customer_id"]}


async def _until_none(trouble: Callable[[], Awaitable[str]]) -> None:
    """Raises TimeoutError, with what the trouble is."""
    until = time.monotonic() + REACH_SECONDS
    while said := await trouble():
        if time.monotonic() > until:
            raise TimeoutError(said)
        await asyncio.sleep(POLL_SECONDS)
