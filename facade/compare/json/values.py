"""JSON values as we hold them: exact numbers, and an equality stricter than Python's."""

from decimal import Decimal
from typing import Any

# None, bool, int, Decimal, Constant, str, list, dict
Json = Any


class Constant(str):
    """`NaN`, `Infinity` or `-Infinity`: no JSON, but some servers write them."""

    __slots__ = ()


_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    str: "text",
    list: "array",
    dict: "object",
}


def type_name(value: Json) -> str:
    """The type as clients in typed languages see it: `1` is an integer, `1.0` a number."""
    kind = type(value)
    if kind is Decimal:
        return "integer" if value.as_tuple().exponent == 0 else "number"
    if kind is Constant:
        return str(value)
    return _NAMES[kind]


def same(one: Json, other: Json) -> bool:
    """Whether two values are equal in type and value, members in any order."""
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is dict:
        return len(one) == len(other) and all(
            name in other and same(value, other[name]) for name, value in one.items()
        )
    if kind is list:
        return len(one) == len(other) and all(map(same, one, other))
    if kind is Decimal:
        return bool(one == other) and type_name(one) == type_name(other)
    return bool(one == other)


def token(value: Json) -> Any:
    """Something hashable that is equal exactly for values that are `same`."""
    kind = type(value)
    if kind is dict:
        return ("{}", *((name, token(value[name])) for name in sorted(value)))
    if kind is list:
        return ("[]", *map(token, value))
    if kind is Decimal:
        return (type_name(value), *_exact(value))
    return (kind.__name__, value)


def _exact(value: Decimal) -> tuple[int, str, int]:
    """Sign, digits and exponent, equal for equal numbers; `normalize` would round to 28 digits."""
    sign, digits, exponent = value.as_tuple()
    written = "".join(map(str, digits)).lstrip("0")
    short = written.rstrip("0")
    if not short:
        return 0, "", 0
    return sign, short, int(exponent) + len(written) - len(short)
