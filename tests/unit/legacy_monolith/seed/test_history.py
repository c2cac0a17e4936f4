"""The seeded orders add up, and lie in the past in their order."""

from decimal import Decimal

import pytest

from legacy_monolith.seed.catalogue import TODAY, products
from legacy_monolith.seed.history import SeedOrder, orders
from legacy_monolith.seed.people import customers


@pytest.fixture(scope="module")
def past() -> list[SeedOrder]:
    shelf = [(it, variant) for it in products(1) for variant in it.variants]
    return list(orders(1, shelf, list(customers(1))))


def test_orders_are_numbered_in_the_order_of_their_time(past: list[SeedOrder]) -> None:
    assert [order.id for order in past] == list(range(1, 5001))
    assert past[0].order_no == "SO-2024-000001"
    assert past[-1].order_no == "SO-2026-005000"
    created = [order.created for order in past]
    assert created == sorted(created)
    assert max(max(order.created, order.updated) for order in past) <= TODAY


def test_totals_are_the_sums_of_the_lines(past: list[SeedOrder]) -> None:
    for order in past:
        assert order.lines
        assert Decimal(order.total) == sum(line.qty * Decimal(line.price) for line in order.lines)
        assert len({line.sku for line in order.lines}) == len(order.lines)


def test_payment_fits_the_status(past: list[SeedOrder]) -> None:
    pairs = {(order.status, order.payment) for order in past}
    assert pairs == {
        ("SHIPPED", "CAPTURED"),
        ("PAID", "CAPTURED"),
        ("NEW", "AUTH"),
        ("CANCELLED", "REFUNDED"),
        ("CANCELLED", "DECLINED"),
    }


def test_some_carry_a_purchase_order_number(past: list[SeedOrder]) -> None:
    assert 400 < sum(order.po_number is not None for order in past) < 800
