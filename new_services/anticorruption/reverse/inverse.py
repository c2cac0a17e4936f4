"""Fields of an entity -> the columns of its row whose meaning differs. Pure.

Equality is of meaning: '49' and '49.00' are one price, and a row whose price means the same keeps
its text. A column is written from the field that kept what was typed, where there is one.
"""

from collections.abc import Callable
from collections.abc import Mapping as Fields
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.feed.change import Row, Value
from contracts.feed.mapping import Kind, Mapping


@dataclass(frozen=True, slots=True)
class Inverse:
    """How a field is written back: into `column`, from the field `source`, by `write`."""

    field: str
    column: str
    source: str
    write: Callable[[Any], Value] = lambda value: value


def yes_no(value: bool) -> str:
    """A flag as the monolith writes it."""
    return "Y" if value else "N"


def differing(
    mapping: Mapping, inverses: tuple[Inverse, ...], row: Row, wanted: Fields[str, Any]
) -> dict[str, Value]:
    """The columns to be written, so that the row means what is wanted. Raises Untranslatable."""
    present = mapping.translate(row)
    kinds = {field.name: field.convert.kind for field in mapping.fields}
    return {
        inverse.column: inverse.write(wanted[inverse.source])
        for inverse in inverses
        if inverse.field in wanted
        and not _same(kinds[inverse.field], present[inverse.field], wanted[inverse.field])
    }


def _same(kind: Kind, present: Any, wanted: Any) -> bool:
    if kind is Kind.NUMBER:
        return Decimal(present) == Decimal(wanted)
    return bool(present == wanted)
