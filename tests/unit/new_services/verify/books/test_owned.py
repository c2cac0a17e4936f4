"""What an order of ours means, and what legacy's rows mean."""

import json
from decimal import Decimal

import pytest

from new_services.verify.books.owned import difference, ours, theirs

CONTENT = {
    "status": "PAID", "total": "49.00", "po_number": None, "pay_method": "card",
    "created": "2026-01-02 10:00:00",
    "lines": [{"sku": "P-2-0", "quantity": 1, "price": "49.00"}],
    "ship": {"name": "Ann", "street": "Weg 1", "zip": "10115", "city": "Berlin"},
}  # fmt: skip
OURS = {"order_id": 3, "customer_id": 1, "content": json.dumps(CONTENT), "current": True}
THEIRS = {
    "id": 3, "customer_id": 1, "total": Decimal(49), "po_number": None, "pay_method": "card",
    "created": "2026-01-02 10:00:00", "ship": ["Ann ", "Weg 1", "10115", "Berlin"],
    "lines": '[["P-2-0", 1, "49"]]', "status": "PAID",
    "payments": '[["CAPTURED", "card", "49.0"]]',
}  # fmt: skip


def test_equality_is_of_meaning():
    assert difference(ours(OURS), theirs(THEIRS, None)) is None


def test_no_row_at_all():
    assert difference(ours(OURS), None) == ("the order", "no order")


@pytest.mark.parametrize(("more", "changed", "found"), [
    ({"status": "CANCELLED"}, {"status": "CANCELLED"},
     ("payment REFUNDED by card 49.00", "payment CAPTURED by card 49.00")),
    ({"pay_method": "invoice"}, {"pay_method": "invoice"},
     ("payment AUTH by invoice 49.00", "payment CAPTURED by card 49.00")),
    ({}, {"total": Decimal("NaN")}, ("total 49.00", "total NaN")),
    ({}, {"lines": '[["P-2-0", 1, "dear"]]'},
     ("lines 1 P-2-0 at 49.00", "lines 1 P-2-0 at 'dear'")),
    ({}, {"payments": None}, ("payment CAPTURED by card 49.00", "payment none")),
    ({"po_number": "mine"}, {}, ("number mine", "number none")),
])  # fmt: skip
def test_what_differs_is_said(more, changed, found):
    row = {**OURS, "content": json.dumps({**CONTENT, **more})}
    assert difference(ours(row), theirs({**THEIRS, **changed}, None)) == found


def test_status_and_payment_of_an_earlier_epoch_are_legacys():
    row = {**OURS, "current": False}
    assert (
        difference(ours(row), theirs({**THEIRS, "status": "SHIPPED", "payments": None}, None))
        is None
    )


@pytest.mark.parametrize(("text", "number"), [
    ("PO 17 ~MARK", "PO 17"), ("~MARK", ""), ("PO 17 ~OTHER", "PO 17 ~OTHER"), (None, ""),
])  # fmt: skip
def test_the_mark_of_an_order_from_before_is_not_the_customers_text(text, number):
    assert theirs({**THEIRS, "po_number": text}, "MARK")["number"] == number
