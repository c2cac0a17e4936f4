"""The system of record of the orders: each call asks who owns them.

    sagas ──▶ Owned ──▶ whose? ──▶ the monolith, by its API
                               └─▶ our own tables
So kinds, steps and stored states of sagas stay, and one that began under the one goes on under the
other. A new write waits while the orders change hands; a question is answered by the owner so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.ownership.gate import WriteGate
from chassis.ownership.record import Owner
from contracts.orders import Order, OrderRequest, SystemOfRecord
from contracts.ownership import Stamp
from contracts.record import Customer, RecordRefused
from new_services.orders.owner.record import OwnRecord, Promise, stamped

NO_ROOM = {"error": "the order has no room for our mark: shorten po_number"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """Of a saga to place its order. `until`, `promise`: see Context; `held`: the epoch of ours in
    which the stock was gated for it, 0: the monolith was to decide."""

    saga_id: str
    until: float
    held: int
    promise: Promise


@dataclass(frozen=True, slots=True)
class Owned:
    """See SystemOfRecord."""

    legacy: SystemOfRecord
    own: OwnRecord
    write_gate: WriteGate

    async def stamp(self) -> Stamp:
        """What the calls to other services of the domain carry: of a moment ago, they check it."""
        return stamped(await self.write_gate.records.lately())

    async def is_ours(self) -> bool:
        """Whether we own the orders now."""
        return (await self.write_gate.records.look()).owner is Owner.NEW

    async def place(self, customer: Customer, wanted: OrderRequest, attempt: Attempt) -> Order:
        saga_id = attempt.saga_id
        if await self.write_gate.whose(saga_id) is Owner.NEW:
            return await self.own.place(customer, wanted, saga_id, attempt.held, attempt.promise)
        if not self.legacy.accepts(wanted):  # it was accepted while the orders were ours
            raise RecordRefused(503, NO_ROOM)
        await attempt.promise()
        return await self.legacy.place(customer, wanted, saga_id, attempt.until)

    async def find(
        self, customer: Customer, wanted: OrderRequest, saga_id: str, age: float
    ) -> Sequence[Order]:
        """See SystemOfRecord. Orders that were placed here are looked for here first."""
        ours = await self.is_ours()
        found = await self.own.find(customer, wanted, saga_id, age)
        return found if found or ours else await self.legacy.find(customer, wanted, saga_id, age)

    async def cancel(self, customer: Customer, order_no: str) -> Order:
        owner = await self.write_gate.whose(order_no)
        record = self.own if owner is Owner.NEW else self.legacy
        return await record.cancel(customer, order_no)

    async def look(self, customer: Customer, order_no: str) -> Order | None:
        record = self.own if await self.is_ours() else self.legacy
        return await record.look(customer, order_no)
