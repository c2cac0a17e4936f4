"""Texts that apps out there match on."""

import pytest

from legacy_monolith.shop.texts import (
    search_pattern,
    stock_text,
    tag_list,
    weight_text,
    whole_number,
    yes_no,
)


@pytest.mark.parametrize(
    ("stock", "discontinued", "text"),
    [
        (0, "N", "Sold out"),
        (0, "Y", "Discontinued"),
        (1, "N", "Only 1 lefts"),
        (3, "Y", "Only 3 lefts"),
        (4, "N", "In stock"),
        (400, "Y", "In stock"),
    ],
)
def test_stock_text(stock: int, discontinued: str, text: str) -> None:
    assert stock_text(stock, discontinued) == text


def test_tags_keep_their_order_and_lose_their_gaps() -> None:
    assert tag_list("hiking, waterproof,,sale , ") == ["hiking", "waterproof", "sale"]
    assert tag_list("") == []


@pytest.mark.parametrize(
    ("grams", "text"), [(None, ""), (0, "0.000 kg"), (45, "0.045 kg"), (1250, "1.250 kg")]
)
def test_weight_text(grams: int | None, text: str) -> None:
    assert weight_text(grams) == text


@pytest.mark.parametrize(
    ("given", "number"),
    [(None, 7), ("", 7), ("x", 7), ("0", 7), ("-3", 7), ("1.5", 7), ("1", 1), (" 12 ", 12)],
)
def test_whole_number_falls_back_to_the_default(given: str | None, number: int) -> None:
    assert whole_number(given, 7) == number


def test_search_pattern_takes_wildcards_literally() -> None:
    assert search_pattern("50%_off\\") == "%50\\%\\_off\\\\%"


def test_yes_no() -> None:
    assert (yes_no(True), yes_no(False)) == ("Y", "N")
