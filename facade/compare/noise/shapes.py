"""The shape of a value: its type and, for text, its format. Noisy fields are compared by it."""

import re
from decimal import Decimal

from facade.compare.json.values import Json, type_name

_DATE = r"\d{4}-\d\d-\d\d"
_TIME = r"\d\d:\d\d(:\d\d)?"
_FORMATS = (
    ("whole number", r"-?\d+"),
    ("decimal number", r"-?\d+\.\d+"),
    ("date", _DATE),
    ("time", _TIME),
    ("local time", rf"{_DATE} {_TIME}(\.\d+)?"),
    ("local time T", rf"{_DATE}T{_TIME}(\.\d+)?"),
    ("UTC time", rf"{_DATE}[T ]{_TIME}(\.\d+)?(Z|\+00:00)"),
    ("zoned time", rf"{_DATE}[T ]{_TIME}(\.\d+)?[+-]\d\d:?\d\d"),
    ("zoned mail date", r"([A-Z][a-z]{2}, )?\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d(:\d\d)? [+-]\d{4}"),
    ("HTTP date", r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"),
    ("UUID", r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    ("hex", r"(?=.*\d)(?=.*[a-fA-F])([0-9a-fA-F]{2}){8,}"),
    ("web address", r"https?://\S+"),
    ("path", r"/\S*"),
    ("mail address", r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    ("blank", r"\s+"),
)
_COMPILED = tuple((name, re.compile(pattern, re.ASCII)) for name, pattern in _FORMATS)
_LONGEST = 128  # characters; longer text has no format


def text_format(text: str) -> str:
    """The format of a text: `UTC time`, `UUID`, …; `text` when it has none we know."""
    if not text:
        return "empty text"
    if len(text) <= _LONGEST:
        for name, pattern in _COMPILED:
            if pattern.fullmatch(text):
                return name
    return "text"


def shape(value: Json) -> str:
    """Type, emptiness and format of a value, without the value."""
    if isinstance(value, str):
        return text_format(value)
    if isinstance(value, (list, dict)) and not value:
        return f"empty {type_name(value)}"
    if type(value) in (int, Decimal) and value < 0:
        return f"negative {type_name(value)}"
    return type_name(value)


def same_shape(control: Json, candidate: Json) -> bool:
    """Whether two values look alike: members by name, elements by the shapes that occur."""
    if isinstance(control, dict) and isinstance(candidate, dict):
        return control.keys() == candidate.keys() and all(
            same_shape(value, candidate[name]) for name, value in control.items()
        )
    if isinstance(control, list) and isinstance(candidate, list):
        return not (control and candidate) or all(
            any(same_shape(wanted, element) for wanted in control[:20]) for element in candidate
        )
    return shape(control) == shape(candidate)
