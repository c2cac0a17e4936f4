"""How far two values may lie apart, where the operator allowed it."""

from decimal import Decimal

from facade.compare.distance import number_of
from facade.compare.moments import moment
from facade.compare.shapes import same_shape
from facade.compare.values import Json
from facade.routefile import Tolerance


def within(tolerance: Tolerance, control: Json, candidate: Json) -> bool:
    """Whether the candidate's value is near enough; False also when the rule does not apply."""
    if tolerance.shape:
        return same_shape(control, candidate)
    if tolerance.decimal is not None:
        return _numbers_near(control, candidate, Decimal(repr(tolerance.decimal)))
    if tolerance.seconds is not None:
        return _times_near(control, candidate, tolerance.seconds)
    return False


def _numbers_near(control: Json, candidate: Json, most: Decimal) -> bool:
    """Numbers, or numbers written as text; text is not near a number."""
    if isinstance(control, str) is not isinstance(candidate, str):
        return False
    one, other = number_of(control), number_of(candidate)
    return one is not None and other is not None and abs(one - other) <= most


def _times_near(control: Json, candidate: Json, most: float) -> bool:
    """Times in the same format, or numbers of seconds."""
    one, other = moment(control), moment(candidate)
    if one is not None and other is not None:
        return one.written == other.written and abs(one.seconds - other.seconds) <= most
    return (
        not isinstance(control, str)
        and not isinstance(candidate, str)
        and _numbers_near(control, candidate, Decimal(repr(most)))
    )
