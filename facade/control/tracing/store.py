"""Spans in a SQLite file: the last MOST_SPANS of the last KEPT_SECONDS, older ones are deleted.

Beside the trace's id, spans are found by what NAMES say of them: the number of an order, the id of
a saga. Any thread may call.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from chassis.tracing.span import Span
from facade.control.sqlitefile import SqliteFile

FILE: Final = "traces.sqlite"
VERSION: Final = 1
MOST_SPANS: Final = 200_000  # some 150 MB
KEPT_SECONDS: Final = 7 * 24 * 3600.0
NAMES: Final = ("fig.order_no", "fig.saga_id")
MOST_FOUND: Final = 2_000  # spans of one trace that are shown
_TABLES = """
CREATE TABLE IF NOT EXISTS span (
    id INTEGER PRIMARY KEY, trace TEXT NOT NULL, until REAL NOT NULL, content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS span_trace ON span (trace);
CREATE TABLE IF NOT EXISTS name (
    name TEXT NOT NULL, trace TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (name, trace));
"""


class ReportedSpan(NamedTuple):
    """A span, and the process that recorded it."""

    service: str
    instance: str
    span: Span


class TraceStore:
    """One file in the facade's runtime folder."""

    def __init__(self, path: Path, most: int = MOST_SPANS, kept: float = KEPT_SECONDS) -> None:
        self._file = SqliteFile(path, _TABLES, VERSION)
        self._most, self._kept = most, kept

    def write(self, spans: Sequence[ReportedSpan], now: float) -> None:
        """Add these, and delete what is too much or too old. Raises sqlite3.Error."""
        rows = [(one.span["trace"], one.span["end"], orjson.dumps(one._asdict())) for one in spans]
        names = [
            (str(one.span["attributes"][name]), one.span["trace"], one.span["end"])
            for one in spans
            for name in NAMES
            if name in one.span["attributes"]
        ]
        with self._file.transaction() as db:
            db.executemany("INSERT INTO span (trace, until, content) VALUES (?, ?, ?)", rows)
            db.executemany("REPLACE INTO name VALUES (?, ?, ?)", names)
            db.execute("DELETE FROM span WHERE id <= (SELECT max(id) FROM span) - ?", (self._most,))
            db.execute("DELETE FROM span WHERE until < ?", (now - self._kept,))
            (oldest,) = db.execute("SELECT until FROM span ORDER BY id LIMIT 1").fetchone() or (
                now,
            )
            db.execute("DELETE FROM name WHERE until < ?", (oldest - 1.0,))

    def find(self, wanted: str) -> list[ReportedSpan]:
        """The spans of the trace with this id, or of those that name this order or saga.

        In the order of their beginnings. Raises sqlite3.Error.
        """
        with self._file.transaction() as db:
            rows = db.execute(
                "SELECT content FROM span WHERE trace = ? OR trace IN"
                " (SELECT trace FROM name WHERE name = ?) ORDER BY id DESC LIMIT ?",
                (wanted, wanted, MOST_FOUND),
            ).fetchall()
        found = [ReportedSpan(**orjson.loads(content)) for (content,) in rows]
        began: Callable[[ReportedSpan], float] = lambda one: one.span["start"]  # noqa: E731
        found.reverse()
        return sorted(found, key=began)
