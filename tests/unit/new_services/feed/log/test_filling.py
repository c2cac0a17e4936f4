"""A large value that the log left out is read once the change that moved its row can be seen."""

import asyncio
from typing import Any, cast

import pytest

from contracts.feed.change import Change, Op
from new_services.feed.log import filling
from new_services.feed.log.filling import Filler

MOVED = Change("mat", Op.UPDATE, {"id": "7"}, {"id": "2"}, {"id": "7"}, 90, 1, 12, "then")


class _Found:
    def __init__(self, row: tuple[Any, ...] | None) -> None:
        self._row = row

    async def fetchone(self) -> tuple[Any, ...] | None:
        return self._row


class _Legacy:
    """Transaction 12 has committed; it is seen at the `late`-th look only."""

    def __init__(self, late: int, row: tuple[Any, ...] | None) -> None:
        self._late, self._row, self.looks = late, row, 0

    async def execute(self, query: object) -> _Found:
        if "pg_current_snapshot" in str(query):
            self.looks += 1
            return _Found(("12:15:12" if self.looks < self._late else "13:15:14",))
        return _Found(self._row if self.looks >= self._late else None)


class _Shapes:
    def whole(self, _: Change) -> bool:
        return False


class _Column:
    def __init__(self, name: str) -> None:
        self.name = name


class _Table:
    name = "mat"
    columns = (_Column("id"), _Column("v"))


def filled(legacy: _Legacy, monkeypatch: pytest.MonkeyPatch) -> Change:
    async def describe(*_: object) -> tuple[_Table]:
        return (_Table(),)

    monkeypatch.setattr(filling, "describe", describe)
    monkeypatch.setattr(filling, "selected", lambda column: filling.Identifier(column.name))
    filler = Filler(cast(Any, legacy), cast(Any, None), cast(Any, _Shapes()))
    return asyncio.run(filler.whole(MOVED))


@pytest.mark.parametrize("late", [1, 2, 4])
def test_a_commit_that_is_not_seen_yet_is_waited_for(late, monkeypatch) -> None:
    legacy = _Legacy(late, ("7", "large"))
    change = filled(legacy, monkeypatch)
    assert (change.op, change.after) == (Op.UPDATE, {"id": "7", "v": "large"})
    assert legacy.looks == late


def test_a_row_that_has_left_its_new_key_is_gone_from_the_old_one(monkeypatch) -> None:
    change = filled(_Legacy(1, None), monkeypatch)
    assert (change.op, change.key, change.after) == (Op.DELETE, {"id": "2"}, None)
