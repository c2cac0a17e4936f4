"""An order as the app sends it: read, or refused in words."""

from typing import Any

import pytest

from legacy_monolith.api.order_request import BadOrder, read_order_request

LINE = {"sku": "hat-10005-0", "qty": 2}


def test_smallest_order() -> None:
    wanted = read_order_request({"lines": [LINE]})
    assert wanted.lines == {"HAT-10005-0": 2}
    assert (wanted.pay_method, wanted.po_number, wanted.ship) == ("invoice", None, {})


def test_lines_of_one_article_are_added_up() -> None:
    assert read_order_request({"lines": [LINE, LINE]}).lines == {"HAT-10005-0": 4}


def test_whole_order() -> None:
    body = {
        "lines": [LINE],
        "pay_method": "card",
        "po_number": "KST 4711",
        "ship": {"name": " Käthe ", "city": "Köln", "planet": "Mars"},
    }
    wanted = read_order_request(body)
    assert (wanted.pay_method, wanted.po_number) == ("card", "KST 4711")
    assert wanted.ship == {"name": "Käthe", "street": "", "zip": "", "city": "Köln"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "an order is needed"),
        ([], "an order is needed"),
        ({}, "lines: expected 1 to 50"),
        ({"lines": []}, "lines: expected 1 to 50"),
        ({"lines": [LINE] * 51}, "lines: expected 1 to 50"),
        ({"lines": ["hat"]}, "sku is missing"),
        ({"lines": [{"sku": " ", "qty": 1}]}, "sku is missing"),
        ({"lines": [{"sku": "HAT", "qty": 0}]}, "qty must be"),
        ({"lines": [{"sku": "HAT", "qty": "1"}]}, "qty must be"),
        ({"lines": [{"sku": "HAT", "qty": True}]}, "qty must be"),
        ({"lines": [{"sku": "HAT", "qty": 1.0}]}, "qty must be"),
        ({"lines": [{"sku": "HAT", "qty": 100}]}, "at most 99 pieces"),
        ({"lines": [{"sku": "HAT", "qty": 50}] * 2}, "at most 99 pieces"),
        ({"lines": [LINE], "pay_method": "gold"}, "pay_method: expected"),
        ({"lines": [LINE], "pay_method": ["card"]}, "pay_method: expected"),
        ({"lines": [LINE], "po_number": 7}, "po_number: expected"),
        ({"lines": [LINE], "po_number": "x" * 101}, "po_number: expected"),
        ({"lines": [LINE], "ship": "home"}, "ship: expected"),
        ({"lines": [LINE], "ship": {"zip": "1" * 21}}, "ship.zip: expected"),
    ],
)
def test_bad_order_is_refused_with_the_reason(body: Any, said: str) -> None:
    with pytest.raises(BadOrder, match=said):
        read_order_request(body)
