"""Evidence and counters in SQLite, so that a restart forgets nothing that was flushed.

Everything written in one flush is one transaction: counts and the snapshots they were taken from
agree. A file that cannot be read is put aside, never deleted; without a file we go on in memory.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from facade.control.sqlitefile import SqliteFile

FILE = "evidence.sqlite"
VERSION = 1
HISTORY = 20  # closed windows kept of each route

_TABLES = """
CREATE TABLE IF NOT EXISTS evidence (route TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS history (
    route TEXT NOT NULL, closed REAL NOT NULL, content BLOB NOT NULL, PRIMARY KEY (route, closed));
CREATE TABLE IF NOT EXISTS worker (
    channel TEXT NOT NULL, identity TEXT NOT NULL, seen REAL NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (channel, identity));
CREATE TABLE IF NOT EXISTS noise (route TEXT PRIMARY KEY, content BLOB NOT NULL);
"""


class StoreAway(Exception):
    """The store cannot be read or written just now; the message says why."""


@dataclass(slots=True)
class Batch:
    """What one flush writes."""

    evidence: list[tuple[str, bytes]] = field(default_factory=list)  # route, content
    closed: list[tuple[str, float, bytes]] = field(default_factory=list)  # route, time, content
    workers: list[tuple[str, str, float, bytes]] = field(default_factory=list)
    noise: list[tuple[str, bytes]] = field(default_factory=list)


class Store(Protocol):
    """What evidence is kept in. All calls may raise StoreAway; any thread may call."""

    @property
    def place(self) -> str:
        """Where it lies, for people."""

    def write(self, batch: Batch) -> None:
        """Write all of it or nothing."""

    def evidence(self) -> list[bytes]:
        """The open window of every route."""

    def noise(self) -> list[tuple[str, bytes]]:
        """What was learned of noise, by route."""

    def history(self, route: str) -> list[bytes]:
        """The closed windows of a route, the latest first."""

    def workers(self, channel: str) -> list[tuple[str, float, bytes]]:
        """Identity, last sign and counters of the workers that spoke on this channel.

        Those of other channels belonged to a facade that is gone; they are deleted.
        """


class SqliteStore:
    """One SQLite file; any thread may call."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, _TABLES, VERSION)

    @property
    def place(self) -> str:
        return str(self._file.path.resolve())

    def write(self, batch: Batch) -> None:
        with self._transaction() as db:
            db.executemany("REPLACE INTO evidence VALUES (?, ?)", batch.evidence)
            db.executemany("REPLACE INTO history VALUES (?, ?, ?)", batch.closed)
            db.executemany("REPLACE INTO worker VALUES (?, ?, ?, ?)", batch.workers)
            db.executemany("REPLACE INTO noise VALUES (?, ?)", batch.noise)
            if batch.closed:
                self._trim(db, {route for route, _, _ in batch.closed})

    def evidence(self) -> list[bytes]:
        return self._rows("SELECT content FROM evidence")

    def noise(self) -> list[tuple[str, bytes]]:
        with self._transaction() as db:
            return list(db.execute("SELECT route, content FROM noise"))

    def history(self, route: str) -> list[bytes]:
        return self._rows("SELECT content FROM history WHERE route = ? ORDER BY closed DESC", route)

    def workers(self, channel: str) -> list[tuple[str, float, bytes]]:
        with self._transaction() as db:
            db.execute("DELETE FROM worker WHERE channel <> ?", (channel,))
            return list(db.execute("SELECT identity, seen, content FROM worker"))

    def _rows(self, query: str, *values: str) -> list[bytes]:
        with self._transaction() as db:
            return [content for (content,) in db.execute(query, values)]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._file.transaction() as db:
                yield db
        except sqlite3.Error as error:
            raise StoreAway(str(error)) from error

    def _trim(self, db: sqlite3.Connection, routes: Iterable[str]) -> None:
        for route in routes:
            db.execute(
                "DELETE FROM history WHERE route = ? AND closed NOT IN"
                " (SELECT closed FROM history WHERE route = ? ORDER BY closed DESC LIMIT ?)",
                (route, route, HISTORY),
            )
