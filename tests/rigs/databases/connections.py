"""Connections that tests keep: each takes PostgreSQL a process and 5 ms of processor time."""

import select
import threading
from typing import Any

import psycopg


class Connections:
    """One connection of each thread to each database, in autocommit mode."""

    def __init__(self) -> None:
        self._mine = threading.local()
        self._all: list[psycopg.Connection[tuple[Any, ...]]] = []

    def to(self, url: str) -> psycopg.Connection[tuple[Any, ...]]:
        """Opened with the first question, and again where it was closed or the server ended it."""
        mine = self._mine.__dict__
        if url not in mine or mine[url].closed or _ended(mine[url]):
            # No prepared statements: a test may change a table between two of the same.
            mine[url] = psycopg.connect(url, autocommit=True, prepare_threshold=None)
            self._all.append(mine[url])
        found: psycopg.Connection[tuple[Any, ...]] = mine[url]
        return found

    def close(self) -> None:
        """All of them, of all threads."""
        for each in self._all:
            each.close()


def _ended(connection: psycopg.Connection[Any]) -> bool:
    """There is something to read though nothing was asked: the end, or a word before it."""
    return bool(select.select([connection], [], [], 0)[0])
