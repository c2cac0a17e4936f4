"""Our own tables as the system of record, on a real database: each order once, whichever instance
asks how often, and only while the orders are ours."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any

import asyncpg
import orjson
import pytest

from chassis.ownership.gate import WriteGate
from chassis.ownership.records import Records
from contracts.orders import Order, OrderRequest
from contracts.ownership import Stamp
from contracts.record import Customer, RecordAway, RecordRefused
from new_services.orders import repository
from new_services.orders.owner.record import OwnRecord
from tests.rigs.shop.migrated import pool_of

pytestmark = pytest.mark.integration

ANNA, BEN = Customer("a@b.c", "Anna", "sealed"), Customer("b@b.c", "Ben", "sealed")
MUG = OrderRequest({"MUG-0": 1}, "invoice", "PO 17")
NOW = datetime.fromisoformat("2026-06-30 18:00:00")
OWN = """
UPDATE domain_owner SET owner = $1, epoch = epoch + 1, phase = 'settled', window_open = true
WHERE domain = 'orders' RETURNING epoch
"""
MIRROR = """
INSERT INTO mirror (entity, key, fields, gone, lsn, seq)
VALUES ($1, $2, $3::text::jsonb, false, 1, 1)
ON CONFLICT (entity, key) DO UPDATE SET fields = excluded.fields
"""


class World:
    """An orders service's tables with two customers and a mug; what was asked of the inventory."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.gated: list[tuple[str, Mapping[str, int], Stamp]] = []
        gate = WriteGate(Records(pool, "orders"))
        self.record = OwnRecord(pool, gate, self._gate, lambda: NOW, self.given)

    async def _gate(self, saga_id: str, pieces: Mapping[str, int], stamp: Stamp) -> None:
        self.gated.append((saga_id, pieces, stamp))

    async def place(
        self, customer: Customer, wanted: OrderRequest, saga_id: str, held: int
    ) -> Order:
        return await self.record.place(customer, wanted, saga_id, held, self.promise)

    async def promise(self, connection: asyncpg.Connection) -> None:
        """The saga's, in the order's own transaction."""
        assert connection.is_in_transaction()

    async def given(self, _: int) -> None:
        """The monolith has it."""

    async def start(self) -> None:
        address = {"street": "Gasse 1", "zip": "6020", "city": "Innsbruck"}
        for number, person in enumerate((ANNA, BEN), 1):
            fields = {"email": person.email, "name": person.name, **address}
            await self.tell("customer", number, fields)
        mug = {"name": "Mug", "list_price": "9.9", "discount_percent": "", "active": True}
        await self.tell("product", 1, mug)
        variant = {"product_id": 1, "sku": "MUG-0", "price_difference": "0", "active": True}
        await self.tell("variant", 1, variant | {"colour": "", "size": ""})

    async def tell(self, entity: str, key: int, fields: Mapping[str, Any]) -> None:
        """As the feed does."""
        await self.pool.execute(MIRROR, entity, str(key), orjson.dumps(fields).decode())

    async def publish(self, order: Order, order_id: int = 1) -> None:
        """The feed tells of an order of Anna's."""
        ship = {f"ship_{part}": value for part, value in order.ship.items()}
        fields = order.to_dict() | ship | {"id": order_id, "customer_id": 1}
        await self.tell("order", order_id, {**fields, "lines": [], "saga_id": None})
        for line in order.lines:
            shown = {"order_id": order_id, "line_no": line.line_no, "sku": line.sku}
            shown |= {"name": line.name, "quantity": line.quantity, "price": line.price}
            await self.tell("line", line.line_no, shown)
        async with self.pool.acquire() as connection:
            await repository.write_fed(
                connection, await repository.fed_orders(connection, [order_id])
            )

    async def own(self, owner: str = "new") -> int:
        return int(await self.pool.fetchval(OWN, owner))

    async def pending(self) -> list[str]:
        rows = await self.pool.fetch("SELECT key FROM owned_change ORDER BY seq")
        return [row["key"] for row in rows]


@pytest.fixture
async def world(take_database: Callable[[str], str]) -> AsyncIterator[World]:
    async with pool_of(take_database, "orders", 12) as pool:
        made = World(pool)
        await made.start()
        yield made


async def test_a_saga_that_asks_again_gets_its_order_and_no_other(world: World) -> None:
    epoch = await world.own()
    asked = [world.place(ANNA, MUG, f"S-{n % 5}", epoch) for n in range(20)]
    orders = await asyncio.gather(*asked)
    numbers = sorted({order.order_no for order in orders})
    assert numbers == [f"SO-2026-{n:06d}" for n in range(1, 6)]
    assert sorted(await world.pending()) == numbers
    assert world.gated == []
    for order in orders:
        assert order.saga_id is not None
        assert await world.record.find(ANNA, MUG, order.saga_id, 0.0) == [order]
    assert await world.record.find(ANNA, MUG, "S-9", 0.0) == []


async def test_stock_that_was_not_gated_in_this_epoch_is_gated_first(world: World) -> None:
    epoch = await world.own()
    await world.place(ANNA, MUG, "S-1", 0)
    assert world.gated == [("S-1", MUG.lines, Stamp(epoch, ours=True, window=True))]


@pytest.mark.parametrize("moved", [True, False])
async def test_nothing_is_written_while_the_orders_are_not_ours(
    world: World, moved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor where they went away and came back while the stock was gated."""

    async def gate(*_: Any) -> None:
        if moved:
            await world.own("legacy")
            await world.own()

    if moved:
        await world.own()
    record = OwnRecord(world.pool, world.record.write_gate, gate, lambda: NOW, world.given)
    with pytest.raises(RecordAway):
        await record.place(ANNA, MUG, "S-1", 0, world.promise)
    if not moved:
        with pytest.raises(RecordAway):
            await record.cancel(ANNA, "SO-2026-000001")
    assert await world.pending() == []


async def test_who_cannot_be_served_takes_no_number(world: World) -> None:
    epoch = await world.own()
    with pytest.raises(RecordRefused) as refused:
        await world.place(ANNA, OrderRequest({"MUG-0": 1, "X": 1}), "S-1", epoch)
    assert (refused.value.status, refused.value.body) == (400, {"error": "unknown sku", "sku": "X"})
    with pytest.raises(RecordAway):  # accounts may know the customer before the feed tells
        await world.place(Customer("new@b.c", "C", ""), MUG, "S-2", epoch)
    order = await world.place(ANNA, MUG, "S-3", epoch)
    assert order.order_no == "SO-2026-000001"


async def test_one_of_two_cancels_it_and_it_must_be_theirs(world: World) -> None:
    order = await world.place(ANNA, MUG, "S-1", await world.own())
    with pytest.raises(RecordRefused, match="404"):
        await world.record.cancel(BEN, order.order_no)
    assert await world.record.look(BEN, order.order_no) is None
    both = await asyncio.gather(
        *(world.record.cancel(ANNA, order.order_no) for _ in range(2)), return_exceptions=True
    )
    (refused,) = [each for each in both if isinstance(each, RecordRefused)]
    words = {"error": "order cannot be cancelled", "status": "CANCELLED"}
    assert (refused.status, refused.body) == (409, words)
    seen = await world.record.look(ANNA, order.order_no)
    assert seen is not None and (seen.status, seen.saga_id) == ("CANCELLED", "S-1")
    assert await world.pending() == [order.order_no] * 2


async def test_what_the_monolith_changed_meanwhile_is_believed(world: World) -> None:
    """There, back, there: our copy of the order is of the first time."""
    order = await world.place(ANNA, MUG, "S-1", await world.own())
    await world.own("legacy")
    cancelled = Order.from_dict(order.to_dict() | {"status": "CANCELLED"})
    await world.publish(cancelled)
    await world.own()
    seen = await world.record.look(ANNA, order.order_no)
    assert seen is not None and (seen.status, seen.saga_id) == ("CANCELLED", "S-1")
    with pytest.raises(RecordRefused, match="409"):
        await world.record.cancel(ANNA, order.order_no)


async def test_the_feed_does_not_take_the_customers_text_for_a_mark(world: World) -> None:
    """Theirs is what looks like our mark: copied from a page of the monolith."""
    text = "PO 17 ~4KZ2M0000000000"
    wanted = OrderRequest({"MUG-0": 1}, "invoice", text)
    order = await world.place(ANNA, wanted, "S-1", await world.own())
    await world.publish(Order.from_dict(order.to_dict() | {"po_number": "PO 17"}))
    async with world.pool.acquire() as connection:
        (fed,) = await repository.fed_orders(connection, [1])
    assert (fed.order.po_number, fed.order.saga_id) == (text, "S-1")
