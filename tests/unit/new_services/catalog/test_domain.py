"""Prices, stock and what is listed."""

from dataclasses import replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

import pytest

from new_services.catalog.domain import Product, Variant, discounted

TENT = Product(
    id=1,
    sku="P-1",
    name="Tent",
    description="",
    category_code="tents",
    category_name="Tents",
    list_price=Decimal("129.95"),
    discount_percent="15",
    colour="",
    tags=(),
    tags_text="",
    active=True,
    discontinued=False,
    weight_grams=None,
    image="",
    created=datetime.fromisoformat("2020-01-01"),
    updated=datetime.fromisoformat("2020-01-01"),
    variants=(),
)


def with_stock(*quantities: int, discontinued: bool = False) -> Product:
    variants = tuple(Variant(f"V{n}", "", "", Decimal(0), q) for n, q in enumerate(quantities))
    return replace(TENT, variants=variants, discontinued=discontinued)


@pytest.mark.parametrize(
    ("price", "percent", "expected"),
    [
        ("129.95", "15", "110.46"),
        ("0.05", "50", "0.03"),
        ("10", "", "10.00"),
        ("10", "0", "10.00"),
        ("10", "100", "0.00"),
        ("9.99", "7.5", "9.24"),
        ("1234.565", "", "1234.57"),
    ],
)
def test_discounted_halves_go_up(price, percent, expected):
    assert str(discounted(Decimal(price), percent)) == expected


def test_discounted_with_the_wrong_rounding():
    assert str(discounted(Decimal("129.95"), "15", ROUND_DOWN)) == "110.45"


def test_a_variant_is_discounted_with_its_difference():
    variant = Variant("V", "", "", Decimal("10.00"), 1)
    assert str(TENT.variant_price(variant)) == "118.96"


@pytest.mark.parametrize(
    ("quantities", "discontinued", "text"),
    [
        ((), False, "Sold out"),
        ((0, 0), False, "Sold out"),
        ((0,), True, "Discontinued"),
        ((1, 0), False, "Only 1 lefts"),
        ((1, 2), True, "Only 3 lefts"),
        ((1, 3), False, "In stock"),
    ],
)
def test_stock_text(quantities, discontinued, text):
    assert with_stock(*quantities, discontinued=discontinued).stock_text == text


def test_listed():
    assert with_stock(0).listed
    assert with_stock(1, discontinued=True).listed
    assert not with_stock(0, discontinued=True).listed
    assert not replace(with_stock(5), active=False).listed


@pytest.mark.parametrize(("percent", "on_sale"), [("", False), ("0", False), ("7.5", True)])
def test_on_sale(percent, on_sale):
    assert replace(TENT, discount_percent=percent).on_sale is on_sale
