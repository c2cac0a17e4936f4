"""How far two values may lie apart, where the operator allowed it."""

import re
from decimal import Decimal

from facade.compare.distance import ANY_NUMBER, number_of
from facade.compare.json.values import Json
from facade.compare.moments import moment, seconds_between
from facade.compare.noise.shapes import same_shape
from facade.routes.config.routefile import Tolerance

_LONGEST = 10_000  # characters of a text that patterns are tried on
_NO_TEXT = object()


def within(tolerance: Tolerance, control: Json, candidate: Json) -> bool:
    """Whether the candidate's value is near enough; False also when the rule does not apply."""
    if tolerance.shape:
        return same_shape(control, candidate)
    if tolerance.decimal is not None:
        return _numbers_near(control, candidate, Decimal(repr(tolerance.decimal)))
    if tolerance.seconds is not None:
        return _times_near(control, candidate, tolerance.seconds)
    if tolerance.strip is not None:
        return _same_without(control, candidate, re.compile(tolerance.strip))
    return False


def _same_without(control: Json, candidate: Json, pattern: re.Pattern[str]) -> bool:
    """Texts that are equal without what the pattern matches; where that was all, null is too."""
    one, other = (_left_of(value, pattern) for value in (control, candidate))
    return one is not _NO_TEXT and other is not _NO_TEXT and one == other


def _left_of(value: Json, pattern: re.Pattern[str]) -> object:
    if value is None:
        return None
    if type(value) is not str or len(value) > _LONGEST:
        return _NO_TEXT
    left = pattern.sub("", value)
    return None if value and not left else left


def _numbers_near(control: Json, candidate: Json, most: Decimal) -> bool:
    """Numbers, or numbers written as text; text is not near a number."""
    if isinstance(control, str) is not isinstance(candidate, str):
        return False
    one, other = number_of(control), number_of(candidate)
    if one is None or other is None:
        return False
    return ANY_NUMBER.abs(ANY_NUMBER.subtract(one, other)) <= most


def _times_near(control: Json, candidate: Json, most: float) -> bool:
    """Times whose zones are known, whichever they are; local times in one format; or numbers of
    seconds."""
    one, other = moment(control), moment(candidate)
    if one is not None and other is not None:
        apart = seconds_between(one, other)
        return apart is not None and apart <= most
    return (
        not isinstance(control, str)
        and not isinstance(candidate, str)
        and _numbers_near(control, candidate, Decimal(repr(most)))
    )
