"""Behind a closed window the orders service's own word is the order, its lines numbered by us."""

from typing import Any

import pytest

from contracts.events.envelope import Envelope
from contracts.events.orders import OrderPlaced
from contracts.events.owned import CustomerChanged, OrderChanged, ProductChanged, SoldLine
from contracts.feed.entities import LINE, ORDER
from contracts.feed.facts import Fact, Stored
from new_services.sales import handlers, projections
from tests.rigs.shop.database import Database, Row

ORDER_5 = OrderChanged(5, "SO-1", 9, "PAID", "2026-06-30 18:00:00", 70, 3, [
    SoldLine(1, "A", "Tent", 2, "10.00"), SoldLine(2, "B", "Mug", 1, "4.00"),
])  # fmt: skip
ENVELOPE = Envelope("e", "orders", "x", 1, "k", "2026-06-30T16:00:00.000000+00:00", {})


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    facts: list[Fact] = []

    async def apply(_: Any, some: list[Fact]) -> None:
        facts.extend(some)

    monkeypatch.setattr(projections, "apply", apply)
    return facts


async def test_an_order_with_lines_that_legacy_never_numbered(applied: list[Fact]) -> None:
    database: Any = Database()
    await handlers.ORDERS(database, ORDER_5, ENVELOPE)
    head, *lines = applied
    assert isinstance(head, Stored) and (head.entity, head.key, head.version) == (ORDER, 5, (70, 3))
    assert head.fields == {
        "id": 5, "order_no": "SO-1", "customer_id": 9, "status": "PAID",
        "created": "2026-06-30 18:00:00",
    }  # fmt: skip
    assert [(one.entity, one.key) for one in lines] == [(LINE, -5001), (LINE, -5002)]


async def test_lines_that_are_here_stay_and_pieces_of_them_do_not(applied: list[Fact]) -> None:
    whole: Any = Database({"count(*)": [Row(order_id=5, lines=2)]})
    await handlers.ORDERS(whole, ORDER_5, ENVELOPE)
    assert len(applied) == 1 and not whole.values("SET deleted = true")
    half: Any = Database({"count(*)": [Row(order_id=5, lines=1)]})
    await handlers.ORDERS(half, ORDER_5, ENVELOPE)
    assert len(applied) == 4 and half.values("SET deleted = true") == [([5],)]


async def test_what_an_event_said_ahead_of_the_log_is_not_kept_any_more() -> None:
    database: Any = Database({"domain_owner": [Row(closed=True)]})
    event = OrderPlaced("SO-1", "S", "a@b.c", "A", "1.00", "card", "2026-06-30 18:00:00")
    await handlers.ORDERS(database, event, ENVELOPE)
    assert not database.values("INSERT INTO ahead")


@pytest.mark.parametrize("known", [True, False])
async def test_copies_are_written_where_they_differ(known: bool, applied: list[Fact]) -> None:
    database: Any = Database({"UPDATE mirror": [Row(same=True)] if known else []})
    customer = CustomerChanged(9, "a@b.c", "A", "", "", "", 70, 4)
    product = ProductChanged(2, "P", "Tent", "tents", "1", "", True, False, "", 70, 5)
    await handlers.customer(database, customer, ENVELOPE)
    await handlers.product(database, product, ENVELOPE)
    stored = [(one.entity, one.fields) for one in applied if isinstance(one, Stored)]
    wanted = [("customer", {"email": "a@b.c"}), ("product", {"category_code": "tents"})]
    assert stored == ([] if known else wanted)
