"""How a candidate's value is related to the control's: what a path alone cannot say of a cause."""

import html
import unicodedata
from decimal import Decimal

from facade.compare.distance import ANY_NUMBER, number_of
from facade.compare.json.reshaping import reshaping
from facade.compare.json.values import Json, type_name
from facade.compare.moments import moment
from facade.compare.noise.shapes import shape

_LONGEST = 10_000  # characters; longer texts are only called different
_FACTORS = (Decimal(10), Decimal(100), Decimal(1000))


def relation(control: Json, candidate: Json) -> str:
    """A short name such as `rounding`, `letter case`, `null for empty text`."""
    if type_name(control) != type_name(candidate):
        return _between_types(control, candidate)
    if isinstance(control, str) and isinstance(candidate, str):
        return _between_texts(control, candidate)
    if type(control) in (int, Decimal):
        return _between_numbers(Decimal(control), Decimal(candidate))
    whole = reshaping(control, candidate)
    if whole is not None:
        return whole.name
    return f"{shape(candidate)} for {shape(control)}"


def _between_types(control: Json, candidate: Json) -> str:
    one, other = number_of(control), number_of(candidate)
    if one is not None and one == other:
        return f"{type_name(candidate)} for {type_name(control)}, the same number"
    return f"{shape(candidate)} for {shape(control)}"


def _between_numbers(control: Decimal, candidate: Decimal) -> str:
    if control == candidate:
        return "number format"
    if control == candidate.copy_negate():
        return "sign"
    apart = ANY_NUMBER.abs(ANY_NUMBER.subtract(control, candidate))
    if ANY_NUMBER.compare(apart, _last_digit(control, candidate)) <= 0:
        return "rounding" if _decimals(control, candidate) else "off by one"
    times = ANY_NUMBER.multiply
    for factor in _FACTORS:
        if control == times(candidate, factor) or candidate == times(control, factor):
            return f"factor {factor}"
    return "another number"


def _decimals(control: Decimal, candidate: Decimal) -> int:
    exponents = (control.as_tuple().exponent, candidate.as_tuple().exponent)
    return -max(exponent for exponent in exponents if isinstance(exponent, int))


def _last_digit(control: Decimal, candidate: Decimal) -> Decimal:
    return Decimal((0, (1,), -max(_decimals(control, candidate), 0)))


def _between_texts(control: str, candidate: str) -> str:
    if max(len(control), len(candidate)) > _LONGEST:
        return "text"
    if not control or not candidate:
        return f"{shape(candidate)} for {shape(control)}"
    one, other = number_of(control), number_of(candidate)
    if one is not None and other is not None:
        return _between_numbers(one, other)
    return _between_times(control, candidate) or _between_words(control, candidate)


def _between_times(control: str, candidate: str) -> str | None:
    one, other = moment(control), moment(candidate)
    if one is None or other is None:
        return None
    if one.written != other.written:
        return f"{other.written} for {one.written}"
    hours, rest = divmod(other.seconds - one.seconds, 3600)
    if rest == 0 and abs(hours) <= 14:
        return f"shifted by {hours:+.0f} h"
    return "another time"


def _between_words(control: str, candidate: str) -> str:
    if "".join(control.split()) == "".join(candidate.split()):
        return "white space"
    if control.casefold() == candidate.casefold():
        return "letter case"
    if unicodedata.normalize("NFKC", control) == unicodedata.normalize("NFKC", candidate):
        return "Unicode form"
    if _misread(control) == candidate or _misread(candidate) == control:
        return "character encoding"
    if html.unescape(control) == html.unescape(candidate):
        return "escaping"
    if control.startswith(candidate) or control.endswith(candidate):
        return "cut short"
    if candidate.startswith(control) or candidate.endswith(control):
        return "more text"
    if shape(control) != shape(candidate):
        return f"{shape(candidate)} for {shape(control)}"
    return "another text"


def _misread(text: str) -> str:
    return text.encode("utf-8", "replace").decode("latin-1")
