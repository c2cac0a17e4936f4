"""An order as we own it, its rows at the monolith, and what those mean read back: the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.feed.mapping import Untranslatable
from contracts.mark import mark, new_saga_id
from new_services.anticorruption.reverse import orders
from new_services.anticorruption.tables import PAYMENT

words = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=30)
money = st.decimals(0, 99999, places=2).map(lambda value: f"{value:.2f}")
moments = st.datetimes().map(lambda value: f"{value:%Y-%m-%d %H:%M:%S}")
lines = st.lists(
    st.fixed_dictionaries(
        {"sku": words, "name": words, "quantity": st.integers(1, 99), "price": money}
    ),
    min_size=1,
    max_size=4,
).map(lambda some: [{**line, "line_no": number} for number, line in enumerate(some, 1)])
placed = st.fixed_dictionaries(
    {
        "id": st.integers(1, 2**31), "order_no": words, "customer_id": st.integers(1, 2**31),
        "status": st.sampled_from(["NEW", "PAID", "SHIPPED", "CANCELLED"]), "total": money,
        "po_number": st.none() | words, "pay_method": st.sampled_from(["card", "invoice"]),
        "created": moments, "updated": moments, "lines": lines,
        **{f"ship_{part}": words for part in orders.PARTS},
    }
)  # fmt: skip


@given(placed)
def test_the_rows_mean_the_order(order: dict[str, Any]) -> None:
    meant = orders.MAPPING.translate(orders.head_row(order))
    assert meant.pop("saga_id") is None
    assert meant == {name: value for name, value in order.items() if name != "lines"}
    read = [orders.LINES.translate(row) for row in orders.line_rows(order)]
    assert read == [{**line, "order_id": order["id"]} for line in order["lines"]]


@given(placed)
def test_the_payment_is_a_function_of_the_order(order: dict[str, Any]) -> None:
    meant = PAYMENT.mapping().translate(orders.payment_row(order))
    status = {"card": "CAPTURED", "invoice": "AUTH"}[order["pay_method"]]
    assert meant == {
        "order_id": order["id"],
        "amount": order["total"],
        "method": order["pay_method"],
        "status": "REFUNDED" if order["status"] == "CANCELLED" else status,
    }


@given(placed, placed)
def test_of_a_row_that_is_there_only_what_differs_is_written(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    """The customer's number and a mark behind it stay as they are."""
    after |= {"order_no": before["order_no"]}
    row = orders.head_row(before) | {"po_number": mark("PO 17", new_saga_id())}
    expected = {name: after[name] for name in ("status", "updated") if after[name] != before[name]}
    assert orders.changed_columns(row, after) == expected


def test_another_orders_row_is_not_touched() -> None:
    row = {"id": 1, "order_no": "SO-1", "status": "NEW", "updated": "2026-01-01 00:00:00"}
    with pytest.raises(Untranslatable, match="orders 1 is SO-1, not SO-2"):
        orders.changed_columns(row, row | {"order_no": "SO-2"})
