"""How far two values lie apart, where that has a meaning."""

import re
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation

from facade.compare.json.values import Json
from facade.compare.moments import moment, seconds_between

_LONGEST = 100  # characters of a number written as text
# As people and programs write it; Decimal itself also takes `1_000`, blanks and other digits.
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")

# In which numbers of answers are reckoned with: nothing overflows, nothing is raised.
ANY_NUMBER = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


def number_of(value: Json) -> Decimal | None:
    """A number, also one written as text; None for everything else and for NaN and the like."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        return None
    if isinstance(value, str) and (len(value) > _LONGEST or not _NUMBER.fullmatch(value)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def distance(one: Json, other: Json) -> float | None:
    """The difference of two numbers, or the seconds between two times whose zones are known or
    that are written alike. Infinite where it is beyond a float."""
    if isinstance(one, str) is not isinstance(other, str):
        return None
    first, second = number_of(one), number_of(other)
    if first is not None and second is not None:
        return float(ANY_NUMBER.abs(ANY_NUMBER.subtract(first, second)))
    return seconds_between(moment(one), moment(other))
