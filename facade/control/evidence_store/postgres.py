"""The store in PostgreSQL, for a facade whose machine may go away: the same tables and calls.

A database (or a schema, by `?options=-csearch_path%3DNAME`) belongs to one facade: two that share
it would write over each other's evidence.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

from facade.control.evidence_store.sqlite import HISTORY, VERSION, Batch, StoreAway

CONNECT_SECONDS = 5

_TABLES = """
CREATE TABLE IF NOT EXISTS evidence (route TEXT PRIMARY KEY, content BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS history (
    route TEXT NOT NULL, closed DOUBLE PRECISION NOT NULL, content BYTEA NOT NULL,
    PRIMARY KEY (route, closed));
CREATE TABLE IF NOT EXISTS worker (
    channel TEXT NOT NULL, identity TEXT NOT NULL, seen DOUBLE PRECISION NOT NULL,
    content BYTEA NOT NULL, PRIMARY KEY (channel, identity));
CREATE TABLE IF NOT EXISTS noise (route TEXT PRIMARY KEY, content BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS version (number INTEGER PRIMARY KEY);
"""
_EVIDENCE = """
INSERT INTO evidence VALUES (%s, %s)
ON CONFLICT (route) DO UPDATE SET content = excluded.content
"""
_NOISE = """
INSERT INTO noise VALUES (%s, %s)
ON CONFLICT (route) DO UPDATE SET content = excluded.content
"""
_HISTORY = """
INSERT INTO history VALUES (%s, %s, %s)
ON CONFLICT (route, closed) DO UPDATE SET content = excluded.content
"""
_WORKER = """
INSERT INTO worker VALUES (%s, %s, %s, %s)
ON CONFLICT (channel, identity) DO UPDATE SET seen = excluded.seen, content = excluded.content
"""
_TRIM = """
DELETE FROM history WHERE route = %(route)s AND closed NOT IN
    (SELECT closed FROM history WHERE route = %(route)s ORDER BY closed DESC LIMIT %(most)s)
"""


class PostgresStore:
    """Every call opens its own connection, so any thread may call. All raise StoreAway."""

    def __init__(self, url: str) -> None:
        self._url = url
        parts = urlsplit(url)
        self.place = f"postgresql://{parts.hostname}{parts.path}"  # without who may enter it
        with self._connection() as db:
            db.execute("SELECT pg_advisory_xact_lock(hashtext('fig.evidence'))")
            db.execute(_TABLES)
            db.execute("INSERT INTO version SELECT %s WHERE NOT EXISTS (SELECT FROM version)",
                       (VERSION,))  # fmt: skip
            written = db.execute("SELECT number FROM version").fetchone()
            if written != (VERSION,):
                raise StoreAway(f"the evidence was written by another version ({written})")

    def write(self, batch: Batch) -> None:
        with self._connection() as db, db.cursor() as cursor:
            cursor.executemany(_EVIDENCE, batch.evidence)
            cursor.executemany(_HISTORY, batch.closed)
            cursor.executemany(_WORKER, batch.workers)
            cursor.executemany(_NOISE, batch.noise)
            self._trim(cursor, {route for route, _, _ in batch.closed})

    def evidence(self) -> list[bytes]:
        with self._connection() as db:
            return [content for (content,) in db.execute("SELECT content FROM evidence")]

    def noise(self) -> list[tuple[str, bytes]]:
        with self._connection() as db:
            return [(route, content) for route, content in db.execute("SELECT * FROM noise")]

    def history(self, route: str) -> list[bytes]:
        query = "SELECT content FROM history WHERE route = %s ORDER BY closed DESC"
        with self._connection() as db:
            return [content for (content,) in db.execute(query, (route,))]

    def workers(self, channel: str) -> list[tuple[str, float, bytes]]:
        with self._connection() as db:
            db.execute("DELETE FROM worker WHERE channel <> %s", (channel,))
            rows = db.execute("SELECT identity, seen, content FROM worker")
            return [(name, seen, content) for name, seen, content in rows]

    def _trim(self, cursor: psycopg.Cursor, routes: Iterable[str]) -> None:
        for route in routes:
            cursor.execute(_TRIM, {"route": route, "most": HISTORY})

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        """One transaction; kept at the end of the block, undone by an error."""
        try:
            with psycopg.connect(self._url, connect_timeout=CONNECT_SECONDS) as db:
                yield db
        except psycopg.Error as error:
            raise StoreAway(str(error).strip() or type(error).__name__) from error
