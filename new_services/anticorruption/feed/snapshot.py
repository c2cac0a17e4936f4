"""Every row of the fed tables as it was at the slot's first position."""

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from contracts.change import Change, Op, Row, Value
from new_services.anticorruption.feed.publication import Table
from new_services.anticorruption.feed.slot import NewSlot
from new_services.anticorruption.feed.values import to_value

log = logging.getLogger("feed.snapshot")


async def read(
    connection: AsyncConnection, slot: NewSlot, tables: Sequence[Table]
) -> AsyncIterator[Change]:
    """The rows table by table, each table closed by a `snapshot-end`.

    The connection must be in autocommit mode; a snapshot that has been dropped meanwhile raises.
    """
    taken = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

    def change(table: Table, op: Op, key: Row, after: Row | None) -> Change:
        return Change(table.name, op, key, None, after, slot.consistent_point, 0, 0, taken)

    await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    await connection.execute(SQL("SET TRANSACTION SNAPSHOT {}").format(slot.snapshot))
    for table in tables:
        count = 0
        async for row in _rows(connection, table):
            yield change(table, Op.SNAPSHOT, {name: row[name] for name in table.key}, row)
            count += 1
        yield change(table, Op.SNAPSHOT_END, {}, None)
        log.info("snapshot of %s: %d rows", table.name, count)
    await connection.execute("COMMIT")


async def _rows(connection: AsyncConnection, table: Table) -> AsyncIterator[dict[str, Value]]:
    columns = SQL(", ").join(Identifier(name) for name, _ in table.columns)
    key = SQL(", ").join(Identifier(name) for name in table.key)
    statement = SQL("COPY (SELECT {} FROM public.{} ORDER BY {}) TO STDOUT").format(
        columns, Identifier(table.name), key
    )
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        async for row in copy.rows():
            yield {
                name: to_value(text, oid)
                for (name, oid), text in zip(table.columns, row, strict=True)
            }
