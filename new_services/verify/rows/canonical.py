"""One text per value, the same on both sides, so that equal values are equal texts."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.feed.mapping import Kind, number_sql

# SQL: the canonical text of a stored field that an expression `{}` gives as text.
STORED_SQL = {
    Kind.TEXT: "{}",
    Kind.FLAG: "{}",
    Kind.NUMBER: number_sql("{}"),
    Kind.LIST: "{}",
}


def stored_sql(kind: Kind, expression: str) -> str:
    """The canonical text of a stored field, in SQL."""
    return STORED_SQL[kind].replace("{}", expression)


def canonical(kind: Kind, value: Any) -> str | None:
    """The canonical text of what a conversion gave, or of the text that a store holds."""
    if value is None:
        return None
    if kind is Kind.FLAG and isinstance(value, bool):
        return "true" if value else "false"
    if kind is Kind.LIST and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return _number(str(value)) if kind is Kind.NUMBER else str(value)


def _number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "?" + text
    if not number.is_finite():
        return "?" + text
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain
