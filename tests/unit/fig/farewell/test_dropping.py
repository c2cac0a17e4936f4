"""What is dropped, and what stops it, said by a server that is played; on a real one it is tried in
tests/integration/fig/test_farewell_steps.py.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from psycopg import errors

from fig.errors import FigError
from fig.farewell import dropping


class Played:
    """A connection: the rows of each statement that contains a text, or the error it raises."""

    def __init__(self, answers: dict[str, Sequence[Any] | Exception]) -> None:
        self.answers, self.said = answers, list[str]()

    def execute(self, statement: Any, _values: Any = None) -> "Played":
        text = statement if isinstance(statement, str) else statement.as_string(None)
        self.said.append(" ".join(text.split()))
        self._rows: Sequence[Any] = []
        for part, answer in self.answers.items():
            if part in self.said[-1]:
                if isinstance(answer, Exception):
                    raise answer
                self._rows = answer
        return self

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def fetchone(self) -> Any:
        return next(iter(self._rows), None)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)


def test_what_is_not_there_is_dropped_already() -> None:
    nothing = Played({})
    assert not dropping.there(nothing, "legacy")
    assert dropping.slots(nothing, "legacy") == []
    assert dropping.roles(nothing) == []


def test_a_slot_that_is_not_ours_is_named_and_left() -> None:
    played = Played({"FROM pg_replication_slots": [("fig_feed", 7), ("theirs", None)]})
    assert dropping.foreign_slots(played, "legacy") == ["theirs"]
    with pytest.raises(FigError, match="'theirs' of legacy's database is not the migration's"):
        dropping.slots(Played({"FROM pg_replication_slots": [("theirs", None)]}), "legacy")


def test_a_slot_in_use_is_named_with_its_pid() -> None:
    played = Played({"FROM pg_replication_slots": [("fig_feed", 7)]})
    with pytest.raises(FigError, match="'fig_feed' is in use by pid 7"):
        dropping.slots(played, "legacy", patience=0.0)
    taken = Played({
        "FROM pg_replication_slots": [("fig_feed", None)],
        "pg_drop_replication_slot": errors.ObjectInUse("taken meanwhile"),
    })  # fmt: skip
    with pytest.raises(FigError, match="'fig_feed' is in use"):
        dropping.slots(taken, "legacy", patience=0.0)


def test_a_database_that_somebody_holds_is_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Played({"DROP DATABASE": errors.ObjectInUse("is being accessed")})
    monkeypatch.setattr(dropping.sessions, "holders", lambda *_: [])
    with pytest.raises(FigError, match="is held by sessions"):
        dropping.database(held, "legacy")


def test_roles_go_and_one_that_owns_something_else_is_named() -> None:
    played = Played({
        "FROM pg_replication_origin": [("reverse_goods",)],
        "FROM pg_roles": [("feed",), ("legacy",)],
    })  # fmt: skip
    assert dropping.roles(played) == ["feed", "legacy"]
    assert played.said[-2:] == ['DROP ROLE "feed"', 'DROP ROLE "legacy"']
    assert "SELECT pg_replication_origin_drop(%s)" in played.said
    played.answers["DROP ROLE"] = errors.DependentObjectsStillExist("owner of table x")
    with pytest.raises(FigError, match="REASSIGN OWNED BY feed TO"):
        dropping.roles(played)
