"""Prices are strings; halves go up; what people type is understood or refused."""

from decimal import Decimal

import pytest

from legacy_monolith.shop.money import amount, effective, parse, percent, write


@pytest.mark.parametrize(
    ("list_price", "discount", "expected"),
    [
        ("129.00", None, "129.00"),
        ("129.00", "", "129.00"),
        ("129.00", "0", "129.00"),
        ("129.00", "15", "109.65"),
        ("0.90", "25", "0.68"),  # 0.675
        ("2.10", "15", "1.79"),  # 1.785, where rounding half to even would say 1.78
        ("49", "10", "44.10"),
        ("49.9", "50", "24.95"),
        ("19.99", "100", "0.00"),
    ],
)
def test_effective_price_rounds_half_up(
    list_price: str, discount: str | None, expected: str
) -> None:
    assert write(effective(amount(list_price), discount)) == expected


@pytest.mark.parametrize(
    ("stored", "expected"), [("49", "49.00"), ("49.9", "49.90"), (None, "0.00")]
)
def test_stored_prices_of_all_ages_are_written_with_two_decimals(
    stored: str | None, expected: str
) -> None:
    assert write(amount(stored)) == expected


def test_no_discount_has_two_spellings() -> None:
    assert percent(None) == percent("") == percent(" ") == 0


@pytest.mark.parametrize(
    ("typed", "value"), [("129", "129"), (" 129,90 ", "129.90"), ("0.05", "0.05"), ("1e2", "100")]
)
def test_typed_price_is_understood(typed: str, value: str) -> None:
    assert parse(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["", "abc", "-1", "1.005", "NaN", "Infinity", "100000", "1,2,3"])
def test_typed_nonsense_is_no_price(typed: str) -> None:
    assert parse(typed) is None
