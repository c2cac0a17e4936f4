"""A file that cannot be read is kept beside a new one; what fails leaves nothing behind."""

import sqlite3
from pathlib import Path

import pytest

from facade.control.sqlitefile import SqliteFile

TABLES = "CREATE TABLE IF NOT EXISTS word (text TEXT NOT NULL);"


def words(file: SqliteFile) -> list[str]:
    with file.transaction() as db:
        return [text for (text,) in db.execute("SELECT text FROM word")]


def test_a_transaction_is_kept_or_undone_whole(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "a.sqlite", TABLES, 1)
    with file.transaction() as db:
        db.execute("INSERT INTO word VALUES ('kept')")
    with pytest.raises(ZeroDivisionError), file.transaction() as db:
        db.execute("INSERT INTO word VALUES ('undone')")
        raise ZeroDivisionError
    assert words(SqliteFile(tmp_path / "a.sqlite", TABLES, 1)) == ["kept"]


@pytest.mark.parametrize("kind", ["no database", "another version"])
def test_what_cannot_be_read_is_kept_beside_a_new_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.sqlite"
    if kind == "no database":
        path.write_bytes(b"this is no database, but long enough to be taken for one" * 10)
    else:
        SqliteFile(path, TABLES, 2)
    assert words(SqliteFile(path, TABLES, 1)) == []
    assert len(list(tmp_path.glob("a.sqlite.broken-*"))) == 1
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
