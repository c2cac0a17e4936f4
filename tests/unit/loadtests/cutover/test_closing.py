"""Behind a closed window the owner's own rows and the inventory's ledger are compared."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from loadtests.chaos.journal import Fate, Purchase
from loadtests.chaos.stack import ChaosFailed
from loadtests.cutover import closing
from loadtests.cutover.moves import Moved


class Rows(list[Any]):
    def fetchall(self) -> list[Any]:
        return list(self)


class Database:
    """Answers a statement by the first of these words that is in it."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = answers

    def execute(self, statement: str, _: object = None) -> Rows:
        return Rows(next((rows for word, rows in self.answers.items() if word in statement), []))


def databases(stock: int) -> dict[str, Any]:
    order = ("SO-9", "chaos-1", "S1", "PAID", Decimal("9.90"), {"A": 2})
    return {
        "orders": Database(owned_order=[order]),
        "inventory": Database(ledger=[("A", stock)]),
        "notifications": Database(mail=[("SO-9:placed", "ann@example.org")]),
    }


PURCHASES = {"chaos-1": Purchase("chaos-1", {"A": 2}, Fate.PLACED, 201, "SO-9", "9.90")}


def test_what_was_acknowledged_is_there_and_off_the_shelf() -> None:
    assert closing.found(databases(8), PURCHASES, (5, {"A": 10})) == []
    assert closing.found(databases(9), PURCHASES, (5, {"A": 10})) == [
        "A: 10 at the start, 2 sold, and now 9"
    ]
    assert "nobody asked for chaos-1" in closing.found(databases(8), {}, (5, {"A": 10}))


def test_a_window_that_does_not_close_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    there = Moved("new", 0.0, 1.0, 0, {"owner": "new"})
    monkeypatch.setattr(closing, "moved", lambda *_: there)
    called: list[Any] = []

    def fig(*words: str) -> Any:
        called.append(words)
        return SimpleNamespace(returncode=1, stdout="NO verified", stderr="stays open")

    with pytest.raises(ChaosFailed, match="stays open"):
        closing.close(SimpleNamespace(fig=fig))  # type: ignore[arg-type]
    assert called[0][:4] == ("cutover", "orders", "--close", "--yes")
    monkeypatch.setattr(closing, "moved", lambda *_: Moved("new", 0.0, 1.0, 1))
    with pytest.raises(ChaosFailed, match="do not come to new"):
        closing.close(SimpleNamespace(fig=fig))  # type: ignore[arg-type]
