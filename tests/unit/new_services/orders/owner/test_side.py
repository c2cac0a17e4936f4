"""The orders for a cutover: what is waited for, and what the monolith is given of an order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
import pytest

from chassis.ownership.record import Owner, Record
from chassis.ownership.sides import Pending
from contracts.orders import Line, Order
from new_services.orders.owner import side
from new_services.orders.owner.side import OrdersSide
from tests.rigs.shop.database import Database, Row

ORDER = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number="PO 17", pay_method="card",
    lines=(Line(1, "MUG-0", "Mug", 2, "10.00"),), ship={"name": "A", "city": "Kiel"},
    created="2026-01-01 00:00:00", updated="2026-01-02 00:00:00", saga_id="S-1",
)  # fmt: skip
SUMS = {"orders": 2, "money": Decimal("30.00")}


class World:
    """An orders database, and an inventory that answers one after the other, then the last."""

    def __init__(
        self, *stock: Mapping[str, Any], rows: Any = None, owner: Owner = Owner.LEGACY
    ) -> None:
        self.stock, self.owner = list(stock), owner
        self.database: Any = Database(rows or {})
        records: Any = self
        self.side = OrdersSide(records, self)

    @property
    def pool(self) -> Any:
        return self.database

    async def look(self) -> Record:
        return Record("orders", self.owner, reached_lsn=70)

    async def standing(self) -> Mapping[str, Any]:
        return self.stock.pop(0) if len(self.stock) > 1 else self.stock[0]


def stock(reached: int = 70, pending: int = 0, ahead: int = 0) -> dict[str, Any]:
    state = {"pending": pending, "trouble": "away" if pending else "", "ahead": ahead}
    return {"reached": reached, "sums": {"pieces": "7"}, **state}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side, "REACH_SECONDS", 0.0)
    monkeypatch.setattr(side, "POLL_SECONDS", 0.0)


async def test_sums_are_also_of_the_stock_once_the_inventory_is_there() -> None:
    world = World(stock(), rows={"FROM mirror": [SUMS]})
    assert await world.side.sums() == {"orders": "2", "money": "30.00", "pieces": "7"}
    with pytest.raises(TimeoutError, match="the inventory's read model is behind"):
        await World(stock(reached=69)).side.sums()


async def test_numbers_are_taken_over_and_never_go_back() -> None:
    world = World(stock())
    await world.side.take({"order_id": 8, "order_no": 9})
    assert world.database.values("setval('owned_order_id', greatest") == [(8,)]
    assert world.database.values("setval('owned_order_no', greatest") == [(9,)]


async def test_numbers_are_handed_back() -> None:
    last = {"FROM owned_order_id": [Row(last=8)], "FROM owned_order_no": [Row(last=9)]}
    assert await World(stock(), rows=last).side.numbers() == {"order_id": 8, "order_no": 9}


@pytest.mark.parametrize(
    ("inventory", "rows", "trouble"),
    [
        (stock(pending=2), {}, "2 movements of the stock are not written: away"),
        (stock(ahead=1), {}, "has not sent yet"),
        (stock(), {"LEFT JOIN order_document": [Row(count=1)]}, "has not sent yet"),
        (stock(), {"FROM owned_order written": [Row(count=3)]}, "3 orders of ours wait for stock"),
    ],
)
async def test_sums_of_ours_are_of_what_the_monolith_was_given(
    inventory: Mapping[str, Any], rows: Any, trouble: str
) -> None:
    with pytest.raises(TimeoutError, match=trouble):
        await World(inventory, rows=rows, owner=Owner.NEW).side.sums()
    once = World(inventory, stock(), rows={"FROM mirror": [SUMS]}, owner=Owner.NEW)
    side.REACH_SECONDS = 5.0
    assert (await once.side.sums())["orders"] == "2"


async def test_the_monolith_is_given_the_orders_as_they_are_in_the_order_of_their_ids() -> None:
    content = orjson.dumps(ORDER.to_dict()).decode()
    rows = [
        Row(order_no=name, order_id=number, customer_id=7, content=content)
        for name, number in (("SO-1", 12), ("SO-2", 11))
    ]
    world = World(stock(), rows={"FROM owned_order": rows})
    pending = [Pending(1, "order", "SO-1"), Pending(2, "order", "SO-2"), Pending(3, "order", "X")]
    found = (await world.side.read(world.database, pending))["order"]
    assert list(found) == ["X", "SO-2", "SO-1"]
    assert found["X"] is None
    assert found["SO-1"] is not None
    given = {name: found["SO-1"][name] for name in ("id", "customer_id", "ship_city", "po_number")}
    assert given == {"id": 12, "customer_id": 7, "ship_city": "Kiel", "po_number": "PO 17"}
