"""Orders that are accepted and not placed yet, as their customer sees them."""

from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from chassis.saga import Phase, State
from contracts.orders import Line, Order, OrderRequest
from new_services.orders.customer import pending
from new_services.orders.customer.pending import Pending
from new_services.orders.saga import kinds, pricing
from new_services.orders.saga.pricing import Price
from new_services.orders.views import Wanted
from tests.rigs.shop.database import Database

ZONE = ZoneInfo("Europe/Berlin")
CREATED = 1_772_366_400.0  # 2026-03-01 12:00:00 UTC
WANTED = OrderRequest({"TENT-1": 1, "MUG-0": 2}, "card", "PO 17", {"name": "Anna", "city": "Kiel"})
STATE = State("S:1/2", kinds.PLACE, {"wish": asdict(WANTED), "amount": "30.00"})
MUG = {"MUG-0": Price(Decimal("10.00"), Decimal("0.5"), "10", "Mug")}
ORDER = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number=None, pay_method="card",
    lines=(Line(1, "MUG-0", "Mug", 2, "10.00"),),
    ship={"name": "", "street": "", "zip": "", "city": ""},
    created="2026-01-01 00:00:00", updated="2026-01-01 00:00:00",
)  # fmt: skip


def test_it_looks_like_an_order_under_the_sagas_id() -> None:
    found = pending.document(Pending(STATE, CREATED), MUG, ZONE)
    waiting = found.pop("pending")
    assert found == {
        "order_no": "S:1/2", "status": "PENDING", "total": "30.00", "po_number": "PO 17",
        "pay_method": "card",
        "lines": [
            {"line_no": 1, "sku": "MUG-0", "name": "MUG-0", "qty": 2, "price": "9.45"},
            {"line_no": 2, "sku": "TENT-1", "name": "TENT-1", "qty": 1, "price": ""},
        ],
        "ship": {"name": "Anna", "street": "", "zip": "", "city": "Kiel"},
        "created": "2026-03-01 13:00:00", "updated": "2026-03-01 13:00:00",
    }  # fmt: skip
    path = "/api/order-requests/S:1%2F2"
    assert (waiting["request"], waiting["cancel"]) == (path, f"{path}/cancel")


def test_without_an_amount_or_an_address_they_are_empty() -> None:
    bare = replace(STATE, request={"wish": asdict(OrderRequest({}))})
    found = pending.document(Pending(bare, CREATED), {}, ZONE)
    assert (found["total"], set(found["ship"].values()), found["lines"]) == ("", {""}, [])


def test_one_that_has_written_its_order_is_shown_as_that() -> None:
    written = replace(STATE, results={"write": {"order": ORDER.to_dict()}})
    found = pending.document(Pending(written, CREATED), {}, ZONE)
    assert (found["order_no"], found["status"], "pending" in found) == ("SO-1", "NEW", False)


@pytest.mark.parametrize(
    ("phase", "recalled", "status", "words"),
    [
        (Phase.FORWARD, False, "PENDING", "placed as soon as"),
        (Phase.PARKED, False, "PENDING", "Someone of the shop"),
        (Phase.FORWARD, True, "CANCELLING", "You have cancelled"),
        (Phase.PARKED, True, "CANCELLING", "You have cancelled"),
        (Phase.BACKWARD, False, "CANCELLING", "is not placed"),
        (Phase.BACKWARD, True, "CANCELLING", "is not placed"),
    ],
)
def test_it_says_what_will_happen(phase: Phase, recalled: bool, status: str, words: str) -> None:
    state = replace(STATE, phase=phase, recalled=recalled)
    assert pending.status(state) == status
    assert words in pending.links(state)["what"]


def _row(state: State) -> dict[str, Any]:
    return {"state": orjson.dumps(state), "created": CREATED}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(None, 2), (Wanted("PO 17"), 1), (Wanted("PO 18"), 0), (Wanted("PO 18", "S:1/2"), 2)],
)
async def test_only_those_with_a_number_that_is_asked_for(
    wanted: Wanted | None, found: int
) -> None:
    other = replace(STATE, request={"wish": asdict(replace(WANTED, po_number=None))})
    database: Any = Database({"FROM saga": [_row(STATE), _row(other)]})
    some = await pending.of_customer(database, "a@b.c", wanted)
    assert len(some) == found
    assert [each.created for each in some] == [CREATED] * found
    ((_, values),) = database.asked
    assert values == ("a@b.c", pending.WAITED_SECONDS, pending.MOST)


async def test_prices_are_asked_for_once_and_only_where_there_is_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[list[str]] = []

    async def prices(_: Any, skus: list[str]) -> dict[str, Price]:
        asked.append(skus)
        return MUG

    monkeypatch.setattr(pricing, "prices", prices)
    nothing: Any = None
    assert await pending.shown(nothing, [], ZONE) == []
    assert asked == []
    shown = await pending.shown(nothing, [Pending(STATE, CREATED)] * 2, ZONE)
    assert asked == [["MUG-0", "TENT-1"]]
    assert [orjson.loads(each)["order_no"] for each in shown] == ["S:1/2", "S:1/2"]
