"""The verdicts of other commands in one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from fig.demo.stage import books
from fig.demo.stage.commands import Fig
from fig.demo.stage.world import DemoFailed

ENTITY = {
    "service": "orders",
    "entity": "order",
    "table": "orders",
    "rows": {"legacy": 12, "here": 12},
    "kinds": {},
    "not_looked_into": 0,
    "unsettled": [],
}
LAW = {"database": "books", "law": "an order is paid once", "broken": []}
CLEAN = {"ok": True, "entities": [ENTITY], "laws": [LAW]}
RECEIPTS = {"acknowledged": 9, "accepted": 2, "new_side": 5, "wrong": []}


def test_clean() -> None:
    found = books.verified(CLEAN, {"sagas": []}, {"letters": []}, RECEIPTS)
    assert found.ok
    assert (found.acknowledged, found.accepted, found.by_saga) == (9, 2, 5)
    assert [(one.table, one.rows, one.differ) for one in found.entities] == [("orders", 12, 0)]


@pytest.mark.parametrize(
    ("verify", "sagas", "letters", "receipts"),
    [
        (CLEAN | {"ok": False}, [], [], RECEIPTS),
        (CLEAN, [{"id": "S1", "reason": "parked"}], [], RECEIPTS),
        (CLEAN, [], [{"id": 1}], RECEIPTS),
        (CLEAN, [], [], RECEIPTS | {"wrong": ["LT-1: lost"]}),
    ],
)
def test_one_that_is_not_clean_spoils_it(
    verify: Any, sagas: Any, letters: Any, receipts: Any
) -> None:
    assert not books.verified(verify, {"sagas": sagas}, {"letters": letters}, receipts).ok


def test_rows_that_could_not_be_judged_count_as_different() -> None:
    entity = ENTITY | {"kinds": {"missing": 2}, "unsettled": ["a"], "not_looked_into": 3}
    assert books.entity(entity).differ == 6


class Calm(Fig):
    """Is clean from the second time on."""

    def __init__(self) -> None:
        super().__init__(Path("/"), Path("/"))
        self.asked = 0

    async def verdict(self, *arguments: str) -> dict[str, Any]:
        self.asked += arguments[0] == "verify"
        return CLEAN | {"ok": self.asked > 1} if arguments[0] == "verify" else {}

    async def module(self, name: str, *arguments: str, **env: str) -> dict[str, Any]:
        return RECEIPTS


async def test_what_is_under_way_may_come_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "POLL", 0.0)
    fig = Calm()
    assert (await books.closed(fig, Path("/ledger"), {})).ok
    assert fig.asked == 2


async def test_an_exit_code_of_one_is_a_verdict_and_two_is_none(tmp_path: Path) -> None:
    fig = Fig(tmp_path, tmp_path)
    said = json.dumps(json.dumps(CLEAN))
    fig.start = [sys.executable, "-c", f"print({said}); raise SystemExit(1)"]
    assert (await fig.verdict("verify"))["ok"]
    fig.start = [sys.executable, "-c", "print('{}'); raise SystemExit(2)"]
    with pytest.raises(DemoFailed, match="fig verify gave no verdict"):
        await fig.verdict("verify")
