"""What makes two movements one, and whether enough is left."""

from dataclasses import replace

import pytest

from new_services.inventory.domain import Level, Movement, Shortage, gate, shortage
from new_services.inventory.views import stock_text

SALE = Movement("TENT-0", -2, "SALE", "SO-1", "2026-06-30 18:00:00")


def test_the_saga_and_the_feed_tell_one_movement() -> None:
    assert SALE.origin == replace(SALE, legacy_id=77, lsn=5).origin
    assert SALE.origin != replace(SALE, reason="CANCEL", change=2).origin
    assert SALE.origin != replace(SALE, sku="TENT-1").origin


def test_what_belongs_to_no_order_is_known_by_its_number() -> None:
    adjust = Movement("TENT-0", 5, "ADJUST", None, "2026-06-30 18:00:00", legacy_id=77)
    assert adjust.origin == "legacy:77"
    assert replace(adjust, order_no="SO-1").origin == "legacy:77"
    assert replace(adjust, reason="SALE").origin == "legacy:77"


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Level("A", 3, 0, 0, 3), None),
        (Level("A", 5, 0, 2, 5), None),
        (Level("A", 2, 0, 0, 2), Shortage("A", 2, True)),
        (Level("A", 3, -1, 0, 2), Shortage("A", 2, True)),
        (Level("A", 5, 0, 3, 5), Shortage("A", 2, False)),
        (Level("A", 3, 0, 9, 3), Shortage("A", 0, False)),
    ],
)
def test_three_pieces(level: Level, expected: Shortage | None) -> None:
    assert shortage([level], {"A": 3}) == expected


def test_the_first_sku_in_order_is_named_as_legacy_does() -> None:
    levels = [Level("B", 0, 0, 0, 0), Level("A", 0, 0, 0, 0)]
    found = shortage(levels, {"B": 1, "A": 1})
    assert found is not None
    assert found.sku == "A"


@pytest.mark.parametrize(
    ("pieces", "discontinued", "text"),
    [
        (0, False, "Sold out"),
        (0, True, "Discontinued"),
        (1, True, "Only 1 lefts"),
        (3, False, "Only 3 lefts"),
        (4, False, "In stock"),
    ],
)
def test_stock_text(pieces: int, discontinued: bool, text: str) -> None:
    assert stock_text(pieces, discontinued=discontinued) == text


@pytest.mark.parametrize(
    ("level", "wanted", "short"),
    [
        (Level("A", 0, 0, 2, 5), 3, None),
        (Level("A", 9, 0, 2, 5), 4, Shortage("A", 3, False)),  # the ledger alone counts
        (Level("A", 9, 0, 0, 2), 3, Shortage("A", 2, True)),
        (Level("A", 9, 0, 5, 5), 0, None),
        (Level("A", 9, 0, 6, 5), 0, Shortage("A", 0, False)),  # more is held than there is
        (Level("A", 0, 0, 0, 0), 1, Shortage("A", 0, True)),
    ],
)
def test_the_gate_lets_through_what_the_ledger_has(
    level: Level, wanted: int, short: Shortage | None
) -> None:
    assert gate([level], {"A": wanted}) == short
