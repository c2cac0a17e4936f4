"""A pool of asyncpg connections without a server: it gives the answers that a test has laid out.

What SQL means is for the integration tests; here is what our code asks for, in which transaction,
and what it makes of the answers.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import asyncpg


class Row(tuple[Any, ...]):
    """A record: values in order, also by name."""

    names: tuple[str, ...]

    def __new__(cls, **columns: Any) -> "Row":
        row = super().__new__(cls, columns.values())
        row.names = tuple(columns)
        return row

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self.names.index(key) if isinstance(key, str) else key)


class Database:
    """A pool, and each of its connections. `rows` has the rows of each statement that contains a
    text; an exception there is raised. Where several fit, the first does; nothing fits: no rows."""

    def __init__(self, rows: Mapping[str, Sequence[Any] | Exception] | None = None) -> None:
        self.rows = dict(rows or {})
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.transactions: list[str] = []  # how each ended; "open" while it is
        self.in_transaction: list[bool] = []  # for each statement

    def values(self, part: str) -> list[tuple[Any, ...]]:
        """What each statement was given that contains this text."""
        return [values for statement, values in self.asked if part in statement]

    @contextlib.asynccontextmanager
    async def acquire(self) -> AsyncIterator["Database"]:
        yield self

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        self.transactions.append("open")
        number = len(self.transactions) - 1
        try:
            yield
        except BaseException:
            self.transactions[number] = "rolled back"
            raise
        self.transactions[number] = "committed"

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        self.asked.append((statement, values))
        self.in_transaction.append("open" in self.transactions)
        for part, rows in self.rows.items():
            if part in statement:
                if isinstance(rows, Exception):
                    raise rows
                return list(rows)
        return []

    async def fetchrow(self, statement: str, *values: Any) -> Any:
        rows = await self.fetch(statement, *values)
        return rows[0] if rows else None

    async def fetchval(self, statement: str, *values: Any) -> Any:
        row = await self.fetchrow(statement, *values)
        return None if row is None else row[0]

    async def execute(self, statement: str, *values: Any) -> str:
        await self.fetch(statement, *values)
        return ""


AWAY = asyncpg.CannotConnectNowError("the database system is starting up")
