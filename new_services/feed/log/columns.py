"""Columns as SQL that gives what the log has: the text that the output function of the type writes.

A cast to text is another thing for some types: of a boolean it is `true` where the log has `t`, of
an `inet` it adds the netmask, of a `char(n)` it cuts off the blanks.
"""

from psycopg.sql import SQL, Composable, Identifier

from contracts.feed.change import Value
from new_services.feed.log.tables import Column
from new_services.feed.log.values import BOOLEAN, CAST_ALIKE, INTEGERS, PLAIN_TEXT


def selected(column: Column) -> Composable:
    """So that the driver gives what `to_value` makes of the log: numbers, booleans, else text."""
    if column.oid in INTEGERS or column.oid == BOOLEAN or column.oid in PLAIN_TEXT:
        return Identifier(column.name)
    return text_of(column)


def text_of(column: Column) -> Composable:
    """The text of the log, NULL where the value is."""
    name = Identifier(column.name)
    if column.oid in CAST_ALIKE:
        return SQL("{}::text").format(name)
    return SQL("CASE WHEN {} IS DISTINCT FROM NULL THEN format('%s', {}) END").format(name, name)


def as_written(value: Value) -> Value:
    """A value of `to_value` as the text of the log."""
    return {True: "t", False: "f"}[value] if isinstance(value, bool) else str(value)
