"""Legacy's database is asked as it is; the real one: tests/integration/fig/test_cutover.py."""

from typing import Any

import psycopg
import pytest

from fig.cutover import writers
from fig.errors import FigError


class Played:
    """A connection that answers each statement by what it reads."""

    def __enter__(self) -> "Played":
        return self

    def __exit__(self, *_: object) -> None: ...

    def execute(self, statement: str, parameters: Any = None) -> "Played":
        self.asked = statement, parameters
        return self

    def fetchall(self) -> list[dict[str, Any]]:
        statement, parameters = self.asked
        if "pg_trigger" in statement:
            return [{"name": "product", "works": True}, {"name": "stock", "works": True}]
        if "pg_locks" in statement:
            return [{"pid": 7, "asked": parameters}]
        return []


def test_the_tables_are_those_of_the_fence(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def connect(url: str, **options: Any) -> Played:
        given.update(options, url=url)
        return Played()

    monkeypatch.setattr(writers.psycopg, "connect", connect)
    found = writers.look("url", "goods", long=9.0)
    assert [row["name"] for row in found.tables] == ["product", "stock"]
    assert found.long[0]["asked"] == [["product", "stock"], 9.0]
    assert (given["url"], given["autocommit"]) == ("url", True)


def test_one_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any, **__: Any) -> Played:
        raise psycopg.OperationalError("first line\nconnection refused\n")

    monkeypatch.setattr(writers.psycopg, "connect", connect)
    with pytest.raises(FigError, match="cannot be asked: connection refused"):
        writers.look("url", "goods")
