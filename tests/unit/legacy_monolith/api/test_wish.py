"""An order as the app sends it: read, or refused in words."""

from typing import Any

import pytest

from legacy_monolith.api.wish import BadOrder, read_wish

LINE = {"sku": "hat-10005-0", "qty": 2}


def test_smallest_order() -> None:
    wish = read_wish({"lines": [LINE]})
    assert wish.lines == {"HAT-10005-0": 2}
    assert (wish.pay_method, wish.po_number, wish.ship) == ("invoice", None, {})


def test_lines_of_one_article_are_added_up() -> None:
    assert read_wish({"lines": [LINE, LINE]}).lines == {"HAT-10005-0": 4}


def test_whole_order() -> None:
    body = {
        "lines": [LINE],
        "pay_method": "card",
        "po_number": "KST 4711",
        "ship": {"name": " Käthe ", "city": "Köln", "planet": "Mars"},
    }
    wish = read_wish(body)
    assert (wish.pay_method, wish.po_number) == ("card", "KST 4711")
    assert wish.ship == {"name": "Käthe", "street": "", "zip": "", "city": "Köln"}


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
        read_wish(body)
