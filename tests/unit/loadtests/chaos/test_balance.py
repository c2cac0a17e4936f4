"""The balance finds what is lost, doubled, wrong or left: tried with books that lie."""

from decimal import Decimal

import pytest

from loadtests.chaos import balance
from loadtests.chaos.journal import BEYOND, Fate, Look, Purchase

LINES = {"A": 2}


class Books:
    """Answers each statement from a dict, as a connection would."""

    def __init__(self, **answers):
        self.answers = answers

    def execute(self, statement):
        known = {
            balance._ORDERS: "orders", balance._PENDING: "sagas", balance.STOCK: "stock",
            balance._WRITTEN: "written", balance._MAILS: "mails",
            balance._NOT_CANCELLED: "not cancelled",
        }  # fmt: skip
        return Rows(self.answers.get(known[statement], []))


class Rows(list):
    def fetchall(self):
        return list(self)


@pytest.fixture
def books():
    """One order, placed by a saga: all is well."""
    return {
        "legacy": {"orders": [("SO-1", "chaos-1", "S1", "PAID", Decimal("9.90"), LINES)],
                   "stock": [("A", 8)]},
        "orders": {"sagas": [("S1", "done", "SO-1")]},
        "notifications": {"mails": [("SO-1:placed", "ann@example.org")]},
    }  # fmt: skip


@pytest.fixture
def purchases():
    purchase = Purchase("chaos-1", LINES, Fate.PLACED, 201, "SO-1", "9.90")
    return {"chaos-1": purchase}


def _check(books, purchases):
    databases = {name: Books(**answers) for name, answers in books.items()}
    return balance.check(databases, purchases, {"A": 10})


def test_honest_books_balance(books, purchases):
    assert _check(books, purchases) == []


def test_an_acknowledged_order_that_is_missing(books, purchases):
    books["legacy"]["orders"] = []
    found = "\n".join(_check(books, purchases))
    assert "acknowledged as SO-1, there is none" in found
    assert "A: 10 at the start, 0 sold, and now 8" in found


def test_an_order_placed_twice(books, purchases):
    double = ("SO-2", "chaos-1", "S2", "PAID", Decimal("9.90"), LINES)
    books["legacy"]["orders"].append(double)
    found = "\n".join(_check(books, purchases))
    assert "ordered once, placed as SO-1, SO-2" in found
    assert "SO-2: no mail says that it was placed" in found
    assert "A: 10 at the start, 4 sold, and now 8" in found


def test_an_order_without_a_mark_gets_a_mail_like_any_that_a_saga_wrote(books, purchases):
    books["legacy"]["orders"] = [("SO-1", "chaos-1", None, "PAID", Decimal("9.90"), LINES)]
    books["notifications"]["mails"] = []
    assert _check(books, purchases) == []  # the monolith's own page took it
    books["orders"]["written"] = [("SO-1", "S1")]
    assert _check(books, purchases) == ["SO-1: no mail says that it was placed"]


def test_an_order_nobody_asked_for(books, purchases):
    assert "nobody asked for chaos-1" in _check(books, {})


def test_a_pending_order_must_end_as_its_saga_says(books, purchases):
    purchases["chaos-1"].fate, purchases["chaos-1"].request_id = Fate.PENDING, "S1"
    assert _check(books, purchases) == []
    books["orders"]["sagas"] = [("S1", "undone", None)]
    assert "accepted, undone as None, there is SO-1" in "\n".join(_check(books, purchases))


def test_a_refused_order_that_exists(books, purchases):
    purchases["chaos-1"].fate, purchases["chaos-1"].status = Fate.REFUSED, 409
    assert "refused with 409, there is SO-1" in "\n".join(_check(books, purchases))


def test_an_unknown_answer_allows_one_order_or_none(books, purchases):
    purchases["chaos-1"].fate = Fate.UNKNOWN
    assert _check(books, purchases) == []


def test_a_cancelled_order_gives_back_its_goods_and_its_customer_gets_a_mail(books, purchases):
    purchases["chaos-1"].cancelled = {200}
    assert "its cancellation was acknowledged" in "\n".join(_check(books, purchases))
    books["legacy"]["orders"] = [("SO-1", "chaos-1", "S1", "CANCELLED", Decimal("9.90"), LINES)]
    found = "\n".join(_check(books, purchases))
    assert "A: 10 at the start, 0 sold, and now 8" in found
    assert "SO-1: no mail says that it was cancelled" in found


def test_an_order_that_legacy_placed_itself_has_no_mail(books, purchases):
    order = ("SO-1", "chaos-1", None, "PAID", Decimal("9.90"), LINES)
    books["legacy"]["orders"] = [order]
    books["notifications"]["mails"] = []
    assert _check(books, purchases) == []


@pytest.mark.parametrize(
    ("look", "broken"),
    [
        (Look("P", 200, "PAID", Fate.PLACED), None),
        (Look("P", 404, None, Fate.PLACED), "chaos-1: acknowledged, and P said 404"),
        (Look("P", 200, None, Fate.PLACED), "chaos-1: acknowledged, and not in P"),
        (Look("P", 200, None, Fate.PLACED, age=1), None),  # legacy could not answer either
        (Look("P", 404, None, Fate.PLACED, age=1), None),
        (Look("P", 200, BEYOND, Fate.PLACED), None),
        (Look("P", 200, BEYOND, Fate.PLACED, True), None),
        (Look("P", 503, None, Fate.PLACED), None),
        (Look("P", 0, None, Fate.PLACED), None),
        (Look("P", 401, None, Fate.PLACED), None),
        (Look("P", 404, None, Fate.UNKNOWN), None),
        (Look("P", 200, None, Fate.PENDING), None),
        (Look("P", 404, None, Fate.PENDING), "chaos-1: acknowledged, and P said 404"),
        (Look("P", 200, "CANCELLED", Fate.PLACED, True), None),
        (
            Look("P", 200, "PAID", Fate.PLACED, True),
            "chaos-1: its cancellation was acknowledged, and P says PAID",
        ),
    ],
)
def test_a_customer_sees_what_was_acknowledged(books, purchases, look, broken):
    purchases["chaos-1"].looks = [look]
    assert _check(books, purchases) == ([broken] if broken else [])


def test_one_key_has_one_answer(books, purchases):
    purchases["chaos-1"].answers = ["201 SO-1"]
    assert _check(books, purchases) == []
    purchases["chaos-1"].answers = ["409 ", "201 SO-1"]
    assert "chaos-1: asked again with its key, answered 409 , then 201 SO-1" in _check(
        books, purchases
    )


@pytest.mark.parametrize(
    ("answer", "refused", "broken"), [(200, True, True), (202, False, True), (202, True, False)]
)
def test_a_cancellation_that_was_accepted_may_be_refused_later(
    books, purchases, answer, refused, broken
):
    purchases["chaos-1"].cancelled = {answer}
    books["orders"]["not cancelled"] = [("SO-1",)] if refused else []
    found = ["SO-1: its cancellation was acknowledged, it is PAID"] if broken else []
    assert _check(books, purchases) == found
