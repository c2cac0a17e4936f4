"""Each law across the databases holds for an honest purchase; one lie of its kind breaks it."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from new_services.verify.books.purchases import (
    RULES,
    Claim,
    Money,
    Ordered,
    Purchase,
    Saga,
    judge,
    of_the_purchase,
)

NONE = Decimal(0)
TOTAL = Decimal("9.90")
ORDER = Ordered("SO-1", TOTAL, {"A": 2}, "NEW")
GONE = replace(ORDER, status="CANCELLED")
DONE = Purchase(
    Saga("place-order", "done", "", ORDER),
    (ORDER,),
    Money("captured", TOTAL, TOTAL, NONE, NONE),
    Claim("sold", 0),
)
REFUNDED = Money("refunded", TOTAL, TOTAL, TOTAL, NONE)
VOIDED = Money("voided", TOTAL, NONE, NONE, NONE)
UNDONE = Purchase(Saga("place-order", "undone", "write: 409"), (), VOIDED, Claim("released", 0))
ASKED, WRITTEN, PAID, BOOKED, HANDED, FINISHED, PARKED, ALONE = RULES


@pytest.mark.parametrize(
    "purchase",
    [
        DONE,
        replace(DONE, orders=(GONE,), money=REFUNDED),
        UNDONE,
        replace(UNDONE, money=None, claim=None),
        replace(UNDONE, money=Money("declined", TOTAL, NONE, NONE, NONE)),
        # a stray order that was cancelled again
        replace(UNDONE, orders=(GONE,)),
        replace(DONE, orders=(ORDER, replace(GONE, number="SO-2"))),
        # the saga has been forgotten since
        replace(DONE, saga=None),
        Purchase(Saga("settle-cancelled", "done")),
    ],
)
def test_an_honest_purchase_breaks_no_law(purchase):
    assert judge(purchase) == {}


@pytest.mark.parametrize(
    ("purchase", "laws", "said"),
    [
        (Purchase(orders=(ORDER,)), {ASKED}, "nobody asked for SO-1"),
        (replace(DONE, orders=()), {WRITTEN, PAID}, "no order"),
        (replace(DONE, orders=(ORDER, replace(ORDER, number="SO-2"))), {WRITTEN, PAID},
         "SO-1, SO-2"),
        (replace(DONE, orders=(replace(ORDER, number="SO-2"),)), {WRITTEN}, "SO-2"),
        (replace(DONE, orders=(replace(ORDER, total=Decimal("9.91")),)), {WRITTEN, PAID},
         "SO-1 (2 A) at 9.91"),
        (replace(DONE, orders=(replace(ORDER, lines={"A": 1}),)), {WRITTEN}, "SO-1 (1 A) at 9.90"),
        (replace(UNDONE, orders=(ORDER,)), {WRITTEN, PAID}, "SO-1"),
        (replace(DONE, orders=(replace(ORDER, total=Decimal("NaN")),)), {WRITTEN, PAID},
         "SO-1 (2 A) at NaN"),
        (replace(DONE, money=None), {PAID}, "0.00 taken"),
        (replace(DONE, money=Money("captured", TOTAL, 2 * TOTAL, NONE, NONE)), {PAID, BOOKED},
         "19.80 taken"),
        (replace(DONE, money=Money("captured", TOTAL, TOTAL - Decimal("0.01"), NONE, NONE)),
         {PAID, BOOKED}, "9.89 taken"),
        (replace(DONE, orders=(GONE,)), {PAID}, "9.90 taken"),
        (replace(DONE, money=REFUNDED), {PAID}, "0.00 taken"),
        (replace(UNDONE, money=Money(None, NONE, TOTAL, NONE, NONE)), {PAID, BOOKED},
         "9.90 captured, 0.00 refunded, 0.00 authorised"),
        (replace(DONE, money=replace(REFUNDED, refunded=NONE)), {BOOKED},
         "9.90 captured, 0.00 refunded, 0.00 authorised"),
        (replace(DONE, claim=Claim("released", 0)), {HANDED}, "released"),
        (replace(UNDONE, claim=Claim("sold", 0)), {HANDED}, "sold"),
        (replace(DONE, claim=Claim("sold", 2)), {FINISHED}, "2 pieces reserved"),
        (Purchase(claim=Claim(None, 1)), {FINISHED}, "1 pieces reserved"),
        (replace(UNDONE, money=Money("authorised", TOTAL, NONE, NONE, TOTAL)), {FINISHED},
         "its payment is authorised, 9.90 authorised"),
        (Purchase(Saga("place-order", "forward")), {FINISHED}, "the saga goes forward"),
        (Purchase(Saga("cancel-order", "backward")), {FINISHED}, "the saga goes backward"),
        (Purchase(Saga("cancel-order", "parked", "refund: no")), {PARKED}, "parked: refund: no"),
        (replace(DONE, touched=("stray:SO-9",)), {ALONE}, "stray:SO-9"),
    ],
)  # fmt: skip
def test_a_lie_breaks_the_law_of_its_kind(purchase, laws, said):
    broken = judge(purchase)
    assert set(broken) == laws
    assert said in {found for _, found in broken.values()}


NOON = datetime.fromisoformat("2026-01-02 12:00:00")
FIRST = replace(ORDER, created=NOON)
PLACED = Saga("place-order", "done", "", FIRST, FIRST.lines, took=30.0)


@pytest.mark.parametrize(
    ("saga", "seconds", "lines", "its"),
    [
        (PLACED, 44, {"A": 2}, True),  # twice
        (PLACED, 46, {"A": 2}, False),
        (PLACED, 1, {"A": 3}, False),
        (PLACED, -20, {"A": 2}, True),
        (replace(PLACED, phase="undone", wrote=None), 1e6, {"A": 2}, True),  # after giving it up
        (replace(PLACED, phase="undone", wrote=None), 1, {"B": 2}, False),
    ],
)
def test_an_order_with_the_mark_came_of_the_request(saga, seconds, lines, its):
    other = Ordered("SO-2", TOTAL, lines, "NEW", NOON + timedelta(seconds=seconds))
    found = of_the_purchase([FIRST, other], saga, None)
    assert (other in found) is its
    assert FIRST in found


CAPTURED = Money("captured", TOTAL, TOTAL, NONE, NONE)
UNTAKEN = replace(CAPTURED, captured=NONE)


@pytest.mark.parametrize(
    ("orders", "money", "its"),
    [
        ((FIRST, replace(GONE, number="SO-2")), CAPTURED, "SO-1"),
        ((GONE, replace(FIRST, number="SO-2")), CAPTURED, "SO-2"),
        ((GONE, replace(FIRST, number="SO-2")), UNTAKEN, "SO-1"),
        ((FIRST, replace(FIRST, number="SO-2", total=NONE + 5)), UNTAKEN, "SO-1"),
    ],
)
def test_without_its_saga_the_money_says_which_order_it_was(orders, money, its):
    assert [each.number for each in of_the_purchase(orders, None, money)] == [its]
    assert of_the_purchase(orders, None, None) == orders
    assert of_the_purchase((), None, money) == ()
