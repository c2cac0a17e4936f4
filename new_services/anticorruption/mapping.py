"""How the columns of a legacy table become the fields of an entity: conversions, as data.

Projections translate rows by them, and `verify` compares both sides by them, so that neither can
forget a column. Each conversion is therefore written twice, in Python for the projection and in SQL
for the comparison; a property test proves that the two agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from contracts.change import Row, Value


class Untranslatable(ValueError):
    """A legacy value that has no meaning on the new side; says table, row, column and value."""


class Kind(Enum):
    """How a field's value is written canonically, so that equal values are equal texts."""

    TEXT = "text"  # as it is; numbers and moments as PostgreSQL writes them
    FLAG = "flag"  # true, false
    NUMBER = "number"  # no zeros that say nothing
    LIST = "list"  # a JSON array


@dataclass(frozen=True, slots=True)
class Convert:
    """One conversion. `sql` makes of a legacy column, `{}`, the canonical text of what `call`
    makes of its value; where `call` refuses a value, `sql` gives a text no field can have."""

    call: Callable[[Any], Any]
    sql: str
    kind: Kind = Kind.TEXT
    reads: frozenset[str] = frozenset()  # kinds of column it understands (Op.SHAPE); empty: any

    def __call__(self, value: Any) -> Any:
        """What the value means. Raises what `call` raises."""
        return self.call(value)


class Misshapen(ValueError):
    """A legacy table has lost a column that is needed here, or it has another type; says which."""


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


# What str.strip() removes, for btrim().
_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
BLANKS_SQL = "U&'" + "".join(f"\\{ord(blank):04X}" for blank in _BLANKS) + "'"
# Text that PostgreSQL and Decimal read as the same number; stranger ones are left to Python.
PLAIN_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"


def number_sql(text: str) -> str:
    """The canonical text of the number that an SQL text expression is."""
    return (
        f"CASE WHEN {text} ~ '{PLAIN_NUMBER}'"
        f" THEN trim_scale(({text})::numeric)::text ELSE '?' || {text} END"
    )


def _text(value: str | None) -> str:
    return value or ""


def _flag(value: str) -> bool:
    return {"Y": True, "N": False}[value]


def _number(value: str | None) -> str:
    decimal = Decimal((value or "").strip() or "0")
    if not decimal.is_finite():
        raise ValueError("not a number")
    return f"{decimal:f}"


def _percentage(value: str | None) -> str:
    written = (value or "").strip()
    _number(written)
    return written


def _words(value: str | None) -> list[str]:
    return [word for part in (value or "").split(",") if (word := part.strip())]


WRITTEN = frozenset({"text"})

# The value as it is.
same = Convert(lambda value: value, "{}::text")
# The same, where it must be a whole number, or a moment without a zone.
whole = Convert(lambda value: value, "{}::text", reads=frozenset({"integer"}))
moment = Convert(lambda value: value, "{}::text", reads=frozenset({"timestamp"}))
# Text; nothing is empty text.
text = Convert(_text, "coalesce({}, '')", reads=WRITTEN)
# 'Y' or 'N'.
flag = Convert(
    _flag,
    "CASE {} WHEN 'Y' THEN 'true' WHEN 'N' THEN 'false' ELSE '?' || {} END",
    Kind.FLAG,
    WRITTEN,
)
# A number kept as text, as '49', '49.9' or '49.00'; empty text means 0.
number = Convert(
    _number,
    number_sql(f"coalesce(nullif(btrim({{}}, {BLANKS_SQL}), ''), '0')"),
    Kind.NUMBER,
    WRITTEN,
)
# A percentage as it was written; nothing, and empty text, both mean none.
percentage = Convert(_percentage, f"coalesce(btrim({{}}, {BLANKS_SQL}), '')", reads=WRITTEN)
# A comma-separated list, trimmed, without its empty members.
words = Convert(
    _words,
    "(SELECT coalesce(jsonb_agg(word ORDER BY place), '[]')::text FROM (SELECT btrim(part,"
    f" {BLANKS_SQL}) AS word, place FROM unnest(string_to_array(coalesce({{}}, ''), ','))"
    " WITH ORDINALITY AS parts (part, place)) AS trimmed WHERE word <> '')",
    Kind.LIST,
)
