"""Which legacy column becomes which field of an entity, and how: data, read in one place.

Projections translate by it, and whoever proves that both sides hold the same compares by it, so
that no column is forgotten in one of the two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.change import Row, Value

Convert = Callable[[Any], Any]


class Untranslatable(ValueError):
    """A legacy value that has no meaning on the new side; says table, row, column and value."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the entity, and the legacy column it is made of."""

    name: str
    column: str
    convert: Convert


@dataclass(frozen=True, slots=True)
class Mapping:
    """One legacy table and the entity its rows are."""

    table: str
    entity: str
    key: str  # the legacy column that is the key on both sides
    fields: tuple[Field, ...]

    def translate(self, row: Row) -> dict[str, Any]:
        """The fields whose columns the row has. Raises Untranslatable."""
        return {
            field.name: self._convert(field, row, row[field.column])
            for field in self.fields
            if field.column in row
        }

    def _convert(self, field: Field, row: Row, value: Value) -> Any:
        try:
            return field.convert(value)
        except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as error:
            raise Untranslatable(
                f"{self.table} {row.get(self.key)!r}: {field.column} = {value!r}"
            ) from error


def same(value: Value) -> Value:
    """The value as it is."""
    return value


def text(value: str | None) -> str:
    """Text; nothing is empty text."""
    return value or ""


def flag(value: str) -> bool:
    """'Y' or 'N'."""
    return {"Y": True, "N": False}[value]


def number(value: str | None) -> str:
    """A number kept as text, as '49', '49.9' or '49.00'; empty text means 0."""
    decimal = Decimal((value or "").strip() or "0")
    if not decimal.is_finite():
        raise ValueError("not a number")
    return f"{decimal:f}"


def percentage(value: str | None) -> str:
    """A percentage as it was written; nothing, and empty text, both mean none."""
    written = (value or "").strip()
    number(written)
    return written


def words(value: str | None) -> list[str]:
    """A comma-separated list, trimmed, without its empty members."""
    return [word for part in (value or "").split(",") if (word := part.strip())]
