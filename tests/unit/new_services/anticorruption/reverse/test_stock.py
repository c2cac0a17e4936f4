"""Movements of ours at the monolith mean the same read back, and its stock is what is left."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from new_services.anticorruption.reverse import stock

NOW = "2026-06-30 18:00:00"
changes = st.lists(st.tuples(st.sampled_from("AB"), st.integers(-9, 9)), max_size=20)


def made(some: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """Movements in the order in which they were made, from a stock of 100 each."""
    left = {"A": 100, "B": 100}
    found = []
    for number, (sku, change) in enumerate(some):
        left[sku] += change
        reason, order_no = ("SALE", f"SO-{number}") if change < 0 else ("CANCEL", f"SO-{number}")
        found.append(
            {"sku": sku, "change": change, "reason": reason, "order_no": order_no,
             "created": NOW, "left_over": left[sku]}
        )  # fmt: skip
    return found


@given(changes)
def test_a_movement_means_the_same_read_back(some: list[tuple[str, int]]) -> None:
    for movement in made(some):
        meant = stock.INVERSE.mapping.translate(stock.INVERSE.row(movement))
        assert meant == {name: value for name, value in movement.items() if name != "left_over"}


@given(changes)
def test_the_stock_is_what_is_left_after_the_newest_movement(some: list[tuple[str, int]]) -> None:
    rows = stock.stock_rows(made(some))
    for sku in {sku for sku, _ in some}:
        assert rows[sku] == (100 + sum(change for each, change in some if each == sku), NOW)
