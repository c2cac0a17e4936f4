"""Completes a row that came to another key without a large value, which the log does not repeat.

Whoever reads the stream knows the row by its old key only. So the value is read where it stands
now; should it be newer than the change, the change that made it so still follows.
"""

from dataclasses import replace

from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier, Literal

from contracts.change import Change, Op, Row
from new_services.feed.log.publication import describe
from new_services.feed.log.values import BOOLEAN, to_value
from new_services.feed.publishing.shapes import Shapes


class Filler:
    """Asks legacy; the connection must be in autocommit mode."""

    def __init__(self, connection: AsyncConnection, shapes: Shapes) -> None:
        self._connection = connection
        self._shapes = shapes

    async def whole(self, change: Change) -> Change:
        """The change with every column, where it needs them. Raises what psycopg raises.

        A row that has left its new key already is not told there: the changes that follow say
        where it went, and each moves it whole.
        """
        if change.op is not Op.UPDATE or change.before is None or self._shapes.whole(change):
            return change
        gone = {name: change.before[name] for name in change.key}
        if gone == change.key:  # legacy logs whole old rows here: nothing moved
            return change
        row = await self._row(change)
        if row is None:
            return replace(change, op=Op.DELETE, key=gone, after=None)
        return replace(change, after={**row, **(change.after or {})})

    async def _row(self, change: Change) -> Row | None:
        (table,) = await describe(self._connection, [change.table])
        texts = SQL(", ").join(SQL("{}::text").format(Identifier(n)) for n, _ in table.columns)
        at = SQL(" AND ").join(
            SQL("{} = {}").format(Identifier(name), Literal(value))
            for name, value in change.key.items()
        )
        found = await self._connection.execute(
            SQL("SELECT {} FROM public.{} WHERE {}").format(texts, Identifier(table.name), at)
        )
        row = await found.fetchone()
        if row is None:
            return None
        return {
            name: to_value(_as_logged(text, oid), oid)
            for (name, oid), text in zip(table.columns, row, strict=True)
        }


def _as_logged(text: str | None, oid: int) -> str | None:
    """`::text` says true and false where the log says t and f."""
    return text[0] if text and oid == BOOLEAN else text
