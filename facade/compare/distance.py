"""How far two values lie apart, where that has a meaning."""

from decimal import Decimal, InvalidOperation

from facade.compare.json.values import Json
from facade.compare.moments import moment

_LONGEST = 100  # characters of a number written as text


def number_of(value: Json) -> Decimal | None:
    """A number, also one written as text; None for everything else and for NaN and the like."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        return None
    if isinstance(value, str) and len(value) > _LONGEST:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def distance(one: Json, other: Json) -> float | None:
    """The difference of two numbers, or the seconds between two times written alike."""
    if isinstance(one, str) is not isinstance(other, str):
        return None
    first, second = number_of(one), number_of(other)
    if first is not None and second is not None:
        return float(abs(first - second))
    then, now = moment(one), moment(other)
    if then is not None and now is not None and then.written == now.written:
        return abs(then.seconds - now.seconds)
    return None
