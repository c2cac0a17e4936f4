"""An order as the monolith would have written it."""

from datetime import datetime
from decimal import Decimal

import pytest

from contracts.orders import Line, OrderRequest
from new_services.orders.owner.making import Buyer, cancelled, placed
from new_services.orders.saga.pricing import Price, UnknownSku

HOME = {"name": "Anna Huber", "street": "Gasse 1", "zip": "6020", "city": "Innsbruck"}
ANNA = Buyer(7, "a@b.c", HOME)
PRICES = {
    "MUG-0": Price(Decimal("9.9"), Decimal(0), "", "Mug"),
    "TENT-0": Price(Decimal("129.95"), Decimal(0), "15", "Tent (green)"),
}
NOW = datetime.fromisoformat("2026-06-30 18:00:01.999999")


def test_lines_are_in_the_order_of_their_sku_and_the_total_is_theirs() -> None:
    wanted = OrderRequest({"TENT-0": 2, "MUG-0": 1}, "invoice", "PO 17")
    order = placed(ANNA, wanted, PRICES, (NOW, 1234, "S-1"))
    assert order.lines == (
        Line(1, "MUG-0", "Mug", 1, "9.90"),
        Line(2, "TENT-0", "Tent (green)", 2, "110.46"),
    )
    assert (order.order_no, order.total, order.status) == ("SO-2026-001234", "230.82", "NEW")
    assert (order.po_number, order.saga_id, order.ship) == ("PO 17", "S-1", HOME)
    assert order.created == order.updated == "2026-06-30 18:00:01"


@pytest.mark.parametrize(("method", "status"), [("card", "PAID"), ("invoice", "NEW")])
def test_what_is_paid_by_card_is_paid(method: str, status: str) -> None:
    order = placed(ANNA, OrderRequest({"MUG-0": 1}, method), PRICES, (NOW, 1, "S-1"))
    assert (order.status, order.pay_method) == (status, method)


def test_what_the_address_leaves_empty_is_the_customers_own() -> None:
    ship = {"name": "Ben", "street": "", "zip": "1", "city": ""}
    order = placed(ANNA, OrderRequest({"MUG-0": 1}, ship=ship), PRICES, (NOW, 1, "S-1"))
    assert order.ship == HOME | {"name": "Ben", "zip": "1"}


def test_a_line_without_a_price_is_no_order() -> None:
    with pytest.raises(UnknownSku, match="BOX"):
        placed(ANNA, OrderRequest({"BOX": 1}), PRICES, (NOW, 1, "S-1"))


def test_only_status_and_time_change_when_it_is_cancelled() -> None:
    order = placed(ANNA, OrderRequest({"MUG-0": 1}), PRICES, (NOW, 1, "S-1"))
    after = cancelled(order, datetime.fromisoformat("2026-07-01 09:00:00"))
    assert (after.status, after.updated, after.created) == (
        "CANCELLED", "2026-07-01 09:00:00", order.created,
    )  # fmt: skip
    assert after.lines == order.lines
