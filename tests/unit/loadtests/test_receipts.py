"""The answers that customers got, against what there is."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from loadtests.receipts import Books, Row, check, read

ONE = Row("SO-1", "NEW", Decimal("9.00"), by_saga=True)


def books(*lines: dict[str, Any]) -> Books:
    return read(json.dumps({"text": "LTab-1"} | line) for line in lines)


ASKED = {"kind": "asked", "email": "k"}
PLACED = {"kind": "placed", "order_no": "SO-1", "total": "9.00"}
PENDING = {"kind": "pending", "id": "S1"}
FINISHED = {"kind": "finished", "order_no": "SO-1", "total": "9.00"}
REFUSED = {"kind": "refused", "why": "out of stock"}
CANCELLED = {"kind": "cancelled", "text": "SO-1", "order_no": "SO-1"}


def both(*rows: Row) -> dict[str, list[Row]]:
    return {"LTab-1": list(rows)} if rows else {}


@pytest.mark.parametrize(
    ("lines", "rows", "phase"),
    [
        ([ASKED, PLACED], [ONE], ""),
        ([ASKED, PENDING, FINISHED], [ONE], "done"),
        ([ASKED, PENDING], [ONE], "done"),  # the customer left before it was finished
        ([ASKED, PENDING], [], "undone"),
        ([ASKED, REFUSED], [], ""),
        ([ASKED], [], ""),  # never answered: there may be one or not
        ([ASKED], [ONE], ""),
        ([ASKED, PLACED, CANCELLED], [Row("SO-1", "CANCELLED", Decimal("9.00"))], ""),
    ],
)
def test_all_is_as_it_was_said(lines: list[Any], rows: list[Row], phase: str) -> None:
    assert check(books(*lines), both(*rows), both(*rows), {"S1": phase}) == []


@pytest.mark.parametrize(
    ("lines", "rows", "phase", "said"),
    [
        ([ASKED, PLACED], [], "", "acknowledged as SO-1, and lost"),
        ([ASKED, PLACED], [ONE, Row("SO-2", "NEW", Decimal("9.00"))], "", "there is SO-1, SO-2"),
        ([ASKED, PLACED], [Row("SO-1", "NEW", Decimal("8.00"))], "", "is SO-1 at 8.00"),
        ([ASKED, REFUSED], [ONE], "", "refused, and there is SO-1"),
        ([ASKED, PENDING], [], "forward", "its saga S1 is forward"),
        ([ASKED, PENDING], [], "", "its saga S1 is gone"),
        ([ASKED, PLACED, CANCELLED], [ONE], "", "its cancelling was acknowledged, it is NEW"),
        ([], [ONE], "", "nobody asked for LTab-1"),
    ],
)
def test_what_must_not_be(lines: list[Any], rows: list[Row], phase: str, said: str) -> None:
    (found,) = check(books(*lines), both(*rows), both(*rows), {"S1": phase} if phase else {})
    assert said in found


def test_one_side_alone_is_wrong_too() -> None:
    (found,) = check(books(ASKED, PLACED), both(ONE), {}, {})
    assert found.startswith("LTab-1: legacy has [('SO-1'")


def test_counted_are_orders_that_somebody_counts_on() -> None:
    assert books(ASKED, PENDING, FINISHED).acknowledged == 1
    assert books(ASKED, PENDING, REFUSED).acknowledged == 0
    assert books(ASKED).acknowledged == 0
