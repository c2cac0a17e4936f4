"""Reads a stretch of a table, between two marks in the log."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from contracts.feed.change import Value
from contracts.feed.rows import Values
from new_services.feed.log.columns import as_written, selected, text_of
from new_services.feed.log.keys import Key
from new_services.feed.log.tables import Table, describe
from new_services.feed.log.types import Types
from new_services.feed.reading.jobs import Job
from new_services.feed.reading.window import Rows

MARK_PREFIX = "fig-mark"  # of the logical messages around a chunk
_MARK = "SELECT pg_logical_emit_message(true, %s, %s)"


@dataclass(frozen=True, slots=True)
class Reading:
    """A stretch of a table, the table as it was then, and its size as text."""

    table: Table
    rows: Rows
    size: int


async def mark(connection: AsyncConnection, text: str) -> None:
    """Write a mark into the log, in a transaction of its own."""
    await connection.execute(_MARK, [MARK_PREFIX, text])


async def read(connection: AsyncConnection, types: Types, job: Job, limit: int) -> Reading:
    """At most `limit` rows from where the job stands.

    The connection must be in autocommit mode. Raises NotPublished for a table that is gone.
    """
    async with connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        name = SQL("public.{}").format(Identifier(job.table))
        # Before anything is looked at: the columns stay as they are until the rows are read.
        await connection.execute(SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(name))
        (table,) = await describe(connection, [job.table], types)
        found = await connection.execute("SELECT pg_current_snapshot()::text")
        row = await found.fetchone()
        assert row is not None
        rows, size = await _fetch(connection, _statement(table, job, limit), table)
    return Reading(table, Rows(row[0], rows, len(rows) < limit), size)


async def count(connection: AsyncConnection, table: Table, job: Job) -> int:
    """How many rows the job still has to read."""
    statement = SQL("SELECT count(*) FROM public.{}{}").format(
        Identifier(table.name), _where(table, job)
    )
    row = await (await connection.execute(statement)).fetchone()
    assert row is not None
    return int(row[0])


async def _fetch(
    connection: AsyncConnection, statement: Composed, table: Table
) -> tuple[list[tuple[Key, Values]], int]:
    """The rows, and how much text is in them."""
    found: list[tuple[Value, ...]] = await (await connection.execute(statement)).fetchall()
    names = [column.name for column in table.columns]
    places = [names.index(name) for name in table.key]
    size = sum(len(value) for row in found for value in row if isinstance(value, str))
    return [(tuple(row[place] for place in places), row) for row in found], size


def _statement(table: Table, job: Job, limit: int) -> Composed:
    columns = SQL(", ").join(selected(column) for column in table.columns)
    return SQL("SELECT {} FROM public.{}{} ORDER BY {} LIMIT {}").format(
        columns, Identifier(table.name), _where(table, job), _ordered(table), Literal(limit)
    )


def _where(table: Table, job: Job) -> Composable:
    parts = []
    if job.at is not None:
        sign = SQL(">") if job.at.behind else SQL(">=")
        parts.append(_compared(table, sign, job.at.key))
    if job.to is not None:
        parts.append(_compared(table, SQL("<="), job.to))
    return SQL(" WHERE ") + SQL(" AND ").join(parts) if parts else SQL("")


def _compared(table: Table, sign: SQL, key: Sequence[Value]) -> Composed:
    values = SQL(", ").join(
        Literal(part if name in table.sorted else as_written(part))
        for name, part in zip(table.key, key, strict=True)
    )
    return SQL("({}) {} ({})").format(_ordered(table), sign, values)


def _ordered(table: Table) -> Composable:
    """The key's columns in the order of `keys.rank`; its index serves where it sorts alike."""
    columns = {column.name: column for column in table.columns}
    return SQL(", ").join(
        Identifier(name) if name in table.sorted else text_of(columns[name]) + SQL(' COLLATE "C"')
        for name in table.key
    )
