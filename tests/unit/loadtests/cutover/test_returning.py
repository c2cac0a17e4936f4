"""The look at the monolith's pages after the way back reports what is not as it must be."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from loadtests.answer import Wrong
from loadtests.chaos.stack import ChaosFailed
from loadtests.cutover import returning
from loadtests.cutover.moves import Moved


class Rows(list[Any]):
    def fetchall(self) -> list[Any]:
        return list(self)

    def fetchone(self) -> Any:
        return self[0] if self else None


class Stack:
    """The monolith has these orders by status; payments are in this state."""

    state = {"ports": {"legacy": 1}}  # noqa: RUF012

    def __init__(self, payment: str, **orders: str) -> None:
        self.payment, self.orders = payment, orders

    def database(self, name: str) -> Any:
        def execute(_: str, given: list[Any]) -> Rows:
            if name == "payments":
                return Rows([(self.payment,)] if self.payment else [])
            number = self.orders.get(given[0])
            return Rows([(number, "ann@example.org", "9.90")] if number else [])

        return nullcontext(SimpleNamespace(execute=execute))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returning, "settled", lambda look: look())


def pages_show(monkeypatch: pytest.MonkeyPatch, trouble: str = "") -> list[str]:
    seen: list[str] = []

    def look(_: object, number: str, *words: str) -> None:
        seen.append(f"{number} {' '.join(words)}")
        if trouble:
            raise Wrong(trouble)

    monkeypatch.setattr(returning, "_sees", look)
    monkeypatch.setattr(returning, "_cancels", look)
    return seen


def test_customers_find_their_orders_and_are_refunded(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = pages_show(monkeypatch)
    stack: Any = Stack("refunded", PAID="SO-1", CANCELLED="SO-2")
    assert returning.looked_at(stack) == []
    assert seen == ["SO-1 9.90", "SO-2 Cancelled"]


def test_what_is_not_so_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pages_show(monkeypatch, "status 404 instead of 200")
    stack: Any = Stack("captured", PAID="SO-1")
    assert returning.looked_at(stack) == [
        "no order of ours, or no cancelled one, is in the monolith",
        "SO-1 on the monolith's pages: status 404 instead of 200",
        "SO-1 was cancelled, and its payment is captured",
    ]
    pages_show(monkeypatch)
    gone: Any = Stack("", PAID="SO-1", CANCELLED="SO-2")
    assert "SO-2 was cancelled, and its payment is missing" in returning.looked_at(gone)


def test_both_domains_go_there_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, str]] = []

    def moved(_: object, toward: str, domain: str) -> Moved:
        called.append((domain, toward))
        return Moved(toward, 0.0, 1.0, int(toward == "legacy"), {"owner": toward})

    monkeypatch.setattr(returning, "moved", moved)
    stack: Any = None
    returning.owned_by_new(stack)
    with pytest.raises(ChaosFailed, match="did not come about"):
        returning.back(stack)
    assert called == [("goods", "new"), ("orders", "new"), ("orders", "legacy")]


def test_too_few_orders_end_the_run() -> None:
    returning.until_placed(3, lambda: 3)
    with pytest.raises(ChaosFailed, match="only 2 of 3 orders"):
        returning.until_placed(3, lambda: 2, patience=0.0)
