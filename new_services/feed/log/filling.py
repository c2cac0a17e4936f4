"""Completes a row that came to another key without a large value, which the log does not repeat.

A reader of the stream knows the row by its old key only. So the value is read where it stands
now; should it be newer than the change, the change that made it so still follows. A commit stands
in the log a moment before others see it, so the reading waits for that moment.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier, Literal

from contracts.feed.change import Change, Op, Row
from new_services.feed.log.columns import selected
from new_services.feed.log.tables import describe
from new_services.feed.log.types import Types
from new_services.feed.publishing.shapes import Shapes
from new_services.feed.reading.visibility import Seen

LOOK_SECONDS = 0.005


class Filler:
    """Asks legacy; the connection must be in autocommit mode."""

    def __init__(self, connection: AsyncConnection, types: Types, shapes: Shapes) -> None:
        self._connection = connection
        self._types = types
        self._shapes = shapes

    async def learn(self, oids: Iterable[int]) -> None:
        """Look up types that the log names."""
        await self._types.learn(self._connection, oids)

    async def whole(self, change: Change) -> Change:
        """The change with every column, where it needs them. Raises what psycopg raises.

        A row that has left its new key already is not published there: the changes that follow say
        where it went, and each moves it whole.
        """
        if change.op is not Op.UPDATE or change.before is None or self._shapes.whole(change):
            return change
        gone = {name: change.before[name] for name in change.key}
        if gone == change.key:  # legacy logs whole old rows here: nothing moved
            return change
        await self._until_seen(change.xid)
        row = await self._row(change)
        if row is None:
            return replace(change, op=Op.DELETE, key=gone, after=None)
        return replace(change, after={**row, **(change.after or {})})

    async def _until_seen(self, xid: int) -> None:
        """Until others see what this transaction did; it has committed."""
        while True:
            found = await self._connection.execute("SELECT pg_current_snapshot()::text AS snapshot")
            (snapshot,) = await found.fetchone() or ("",)
            if xid in Seen(snapshot):
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _row(self, change: Change) -> Row | None:
        (table,) = await describe(self._connection, [change.table], self._types)
        columns = {column.name: column for column in table.columns}
        at = SQL(" AND ").join(
            SQL("{} = {}").format(Identifier(name), Literal(value))
            for name, value in change.key.items()
        )
        found = await self._connection.execute(
            SQL("SELECT {} FROM public.{} WHERE {}").format(
                SQL(", ").join(selected(column) for column in table.columns),
                Identifier(table.name),
                at,
            )
        )
        row = await found.fetchone()
        return None if row is None else dict(zip(columns, row, strict=True))
