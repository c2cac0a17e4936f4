"""A SQLite file of ours: one that cannot be read is kept beside it, and a new one begun."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

log = logging.getLogger("store")


class SqliteFile:
    """Every use opens its own connection, so any thread may call."""

    def __init__(self, path: Path, tables: str, version: int) -> None:
        """`tables` is SQL that makes what is missing; `version` is that of their form."""
        self.path = path
        try:
            self._prepare(tables, version)
        except sqlite3.DatabaseError as error:
            broken = path.with_name(f"{path.name}.broken-{time.time_ns()}")
            log.error("%s cannot be read (%s); it is kept as %s", path.name, error, broken.name)
            path.rename(broken)
            self._prepare(tables, version)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Kept at the end of the block, undone by an error."""
        with closing(sqlite3.connect(self.path, timeout=5.0)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            with db:
                yield db

    def _prepare(self, tables: str, version: int) -> None:
        with self.transaction() as db:
            (written,) = db.execute("PRAGMA user_version").fetchone()
            if written not in (0, version):
                raise sqlite3.DatabaseError(f"written by another version ({written})")
            db.executescript(tables)
            db.execute(f"PRAGMA user_version = {version}")
