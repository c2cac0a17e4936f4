"""Our own tables as the system of record of the orders, while we own them.

    place   gate, if what is held was not gated in this epoch ▸ ONE TRANSACTION: owner still we ▸
            the saga's promise ▸ placed before? buyer, prices, number ▸ order
    cancel  ONE TRANSACTION: owner still we ▸ the order as it is ▸ cancelled

Each transaction holds the record of the owner, so that a cutover waits for its end. Every write is
idempotent: `place` by the saga, `cancel` is refused the second time, in the monolith's words.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg

from chassis.ownership.gate import WriteGate
from chassis.ownership.record import Owner, Record
from contracts.orders import Order, OrderRequest
from contracts.ownership import Stamp
from contracts.record import Customer, RecordAway, RecordRefused
from new_services.orders import views
from new_services.orders.owner import making, storing
from new_services.orders.owner.storing import Material, Owned

SOON_SECONDS = 0.2

# Holds these pieces for this saga, gated in this epoch. Raises what a saga's step may raise.
Promise = Callable[..., Awaitable[None]]
Gate = Callable[[str, Mapping[str, int], Stamp], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """See SystemOfRecord. `now` is the shop's wall clock."""

    pool: asyncpg.Pool
    write_gate: WriteGate
    gate: Gate
    now: Callable[[], datetime]
    # Waits a moment until the monolith has a change of ours, by its number.
    given: Callable[[int], Awaitable[None]]

    async def place(
        self, customer: Customer, wanted: OrderRequest, saga_id: str, held: int, promise: Promise
    ) -> Order:
        """See SystemOfRecord; once more, it is the same order. `held`: the epoch of ours in which
        the stock was gated for it, or 0. `promise` stores in the same transaction that the saga has
        come to this step."""
        record = await self.write_gate.records.lately()
        epoch = record.epoch
        if held != epoch:
            await self.gate(saga_id, wanted.lines, stamped(record))
        async with self.pool.acquire() as connection, connection.transaction():
            await self.write_gate.stand(connection, saga_id)
            await promise(connection)
            asked = (saga_id, customer.email, list(wanted.lines), epoch)
            found = await storing.material(connection, *asked)
            if not found.ours:
                raise self.write_gate.moved(saga_id)
            if found.known is not None:
                return found.known
            owned = self._made(wanted, found, saga_id, epoch)
            change = await storing.place(connection, owned)
        await self._given(change, record)
        return owned.order

    async def _given(self, change: int, record: Record) -> None:
        """Behind a closed window no client looks for the order in the monolith."""
        if record.window_open:
            await self.given(change)

    def _made(self, wanted: OrderRequest, found: Material, saga_id: str, epoch: int) -> Owned:
        """The order that is to be stored. Raises RecordAway, RecordRefused."""
        if found.buyer is None:
            raise RecordAway("the customer is not known here yet", SOON_SECONDS, ours=True)
        for sku in wanted.lines:
            if sku not in found.prices:
                raise RecordRefused(400, {"error": "unknown sku", "sku": sku})
        assert found.numbers is not None, "nothing is missing"
        order_id, number = found.numbers
        order = making.placed(found.buyer, wanted, found.prices, (self.now(), number, saga_id))
        return Owned(order, order_id, found.buyer.customer_id, found.buyer.email, epoch)

    async def find(
        self, customer: Customer, wanted: OrderRequest, saga_id: str, age: float
    ) -> Sequence[Order]:
        """See SystemOfRecord: what the saga placed here, or in the monolith before we owned the
        orders. Certain: a transaction of an earlier attempt has ended, and the feed had sent all
        that the monolith committed when we became the owner."""
        del customer, wanted, age
        async with self.pool.acquire() as connection, connection.transaction():
            await storing.lock(connection, saga_id)
            placed = await storing.placed_by(connection, saga_id)
        return [placed] if placed else await views.orders_of_saga(self.pool, saga_id)

    async def cancel(self, customer: Customer, order_no: str) -> Order:
        async with self.pool.acquire() as connection, connection.transaction():
            record = await self.write_gate.enter(connection, order_no)
            found = await storing.current(connection, order_no, record.epoch)
            if found is None or found.email != customer.email:
                raise RecordRefused(404, {"error": "order not found", "order_no": order_no})
            if found.order.status not in making.CANCELLABLE:
                raise RecordRefused(409, _not_cancellable(found.order.status))
            order = making.cancelled(found.order, self.now())
            changed = replace(found, order=order, epoch=record.epoch)
            change = await storing.change(connection, changed)
        await self._given(change, record)
        return order

    async def look(self, customer: Customer, order_no: str) -> Order | None:
        epoch = (await self.write_gate.records.look()).epoch
        async with self.pool.acquire() as connection, connection.transaction():
            await storing.lock(connection, order_no)
            found = await storing.current(connection, order_no, epoch)
        return found.order if found is not None and found.email == customer.email else None


def stamped(record: Record) -> Stamp:
    """What calls to the other services of the domain carry."""
    ours = record.owner is Owner.NEW
    return Stamp(record.epoch, ours, record.window_open, record.since_lsn)


def _not_cancellable(status: str) -> dict[str, Any]:
    return {"error": "order cannot be cancelled", "status": status}
