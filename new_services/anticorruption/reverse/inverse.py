"""Fields of an entity -> columns of its row: all of a new row, of one that is there those whose
meaning differs; and the statements that write them. Pure.

Equality is of meaning: '49' and '49.00' are one price, and a row whose price means the same keeps
its text. A column is written from the field that kept what was typed, where there is one.
"""

from collections.abc import Mapping as Fields
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.feed.change import Row, Value
from contracts.feed.mapping import Field, Kind, Mapping

MOMENTS = frozenset({"created", "updated"})  # columns that are written from text


@dataclass(frozen=True, slots=True)
class Inverse:
    """A mapping read backwards. `fields` are written back, each column from the field that
    `sources` has for it."""

    mapping: Mapping
    fields: tuple[Field, ...]
    sources: Fields[str, str]

    @classmethod
    def of(cls, mapping: Mapping, *names: str, **sources: str) -> "Inverse":
        """Of these fields, each written from itself, and those with a source of their own."""
        known = {field.name: field for field in mapping.fields}
        all_of_them = {**{name: name for name in names}, **sources}
        return cls(mapping, tuple(known[name] for name in all_of_them), all_of_them)

    def row(self, wanted: Fields[str, Any]) -> dict[str, Value]:
        """The columns of a new row."""
        return {field.column: self._written(field, wanted) for field in self.fields}

    def differing(self, row: Row, wanted: Fields[str, Any]) -> dict[str, Value]:
        """The columns to be written, so that the row means what is wanted. Raises
        Untranslatable."""
        present = self.mapping.translate(row)
        return {
            field.column: self._written(field, wanted)
            for field in self.fields
            if field.name in wanted
            and not _same(field.convert.kind, present[field.name], wanted[field.name])
        }

    def _written(self, field: Field, wanted: Fields[str, Any]) -> Value:
        value: Value = wanted[self.sources[field.name]]
        if field.convert.kind is Kind.FLAG:
            return "Y" if value else "N"
        return value


def _same(kind: Kind, present: Any, wanted: Any) -> bool:
    if kind is Kind.NUMBER:
        return Decimal(present) == Decimal(wanted)
    return bool(present == wanted)


def inserting(table: str, row: Fields[str, Value]) -> tuple[Any, ...]:
    """The statement for a new row, and its values."""
    places = ", ".join(_place(name, number) for number, name in enumerate(row, 1))
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values()


def updating(table: str, key: int, columns: Fields[str, Value]) -> tuple[Any, ...]:
    """The statement that writes these columns of the row with this id, and its values."""
    sets = ", ".join(f"{name} = {_place(name, place)}" for place, name in enumerate(columns, 2))
    return f"UPDATE {table} SET {sets} WHERE id = $1", key, *columns.values()


def _place(column: str, number: int) -> str:
    return f"${number}::text::timestamp" if column in MOMENTS else f"${number}"
