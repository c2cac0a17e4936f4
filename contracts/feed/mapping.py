"""How the columns of another system's table become the fields of an entity, as data.

Projections translate rows by them, and `verify` compares both sides by them, so that neither can
forget a column. Each conversion is therefore written twice, in Python for the projection and in SQL
for the comparison; a property test proves that the two agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import InvalidOperation
from enum import Enum
from typing import Any

from contracts.feed.change import Row


class Untranslatable(ValueError):
    """A value that has no meaning on the new side; says table, row, column and value."""


class Kind(Enum):
    """How a field's value is written canonically, so that equal values are equal texts."""

    TEXT = "text"  # as it is; numbers and moments as PostgreSQL writes them
    FLAG = "flag"  # true, false
    NUMBER = "number"  # no zeros that say nothing
    LIST = "list"  # a JSON array


@dataclass(frozen=True, slots=True)
class Convert:
    """One conversion. `sql` makes of a column, `{}`, the canonical text of what `call`
    makes of its value; where `call` refuses a value, `sql` gives a text no field can have."""

    call: Callable[[Any], Any]
    sql: str
    kind: Kind = Kind.TEXT
    reads: frozenset[str] = frozenset()  # kinds of column it understands (Op.SHAPE); empty: any


class Misshapen(ValueError):
    """A table has lost a column that is needed here, or it has another type; says which."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the entity, and the column it is made of."""

    name: str
    column: str
    convert: Convert


@dataclass(frozen=True, slots=True)
class Mapping:
    """One table and the entity its rows are."""

    table: str
    entity: str
    key: str  # the column that is the key on both sides
    fields: tuple[Field, ...]

    def check(self, shape: Row) -> None:
        """Raises Misshapen unless the table's columns, by name and kind, are what is read here."""
        for column in (self.key, *(field.column for field in self.fields)):
            if column not in shape:
                raise Misshapen(f"{self.table}.{column} is gone, and {self.entity} needs it")
        for field in self.fields:
            found, expected = shape[field.column], field.convert.reads
            if expected and found not in expected:
                raise Misshapen(
                    f"{self.table}.{field.column} has become {found}, and {self.entity} needs"
                    f" {' or '.join(sorted(expected))}"
                )

    def translate(self, row: Row) -> dict[str, Any]:
        """The fields whose columns the row has. Raises Untranslatable."""
        found = {}
        for field in self.fields:
            if field.column not in row:
                continue
            try:  # not a function of its own: a snapshot calls it for each value
                found[field.name] = field.convert.call(row[field.column])
            except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as error:
                raise Untranslatable(
                    f"{self.table} {row.get(self.key)!r}: {field.column} = {row[field.column]!r}"
                ) from error
        return found


# Text that PostgreSQL and Decimal read as the same number; others are left to Python.
PLAIN_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"


def number_sql(text: str) -> str:
    """The canonical text of the number that an SQL text expression is."""
    return (
        f"CASE WHEN {text} ~ '{PLAIN_NUMBER}'"
        f" THEN trim_scale(({text})::numeric)::text ELSE '?' || {text} END"
    )
