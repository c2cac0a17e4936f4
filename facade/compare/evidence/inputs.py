"""The shape of a request's body: names and types, never a value."""

import re
from typing import Any
from urllib.parse import parse_qsl

import orjson

MOST_BYTES = 16 * 1024  # of a body that is looked at; a larger one is only called large
LARGE = "a large body"
_LEVELS = 3
_MEMBERS = 12  # of each object; the rest is `…`
_ELEMENTS = 50  # of each array that are looked at
_LONGEST = 160  # characters of a shape

# A name that a programmer wrote. Anything else (an address, a number) may be a value: `*`.
_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]{0,30}[0-9]{0,3}")
_FORM = "application/x-www-form-urlencoded"
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z.+-]{1,40}")


def body_shape(body: bytes, content_type: str) -> str:
    """Such as `{lines: [{qty: number, sku: text}]}` or `form note, sku`; empty for no body."""
    if not body:
        return ""
    if len(body) > MOST_BYTES:
        return LARGE
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _FORM:
        return _cut(f"form {', '.join(_names(key for key, _ in _fields(body)))}")
    if kind.endswith("json") or body.lstrip()[:1] in (b"{", b"["):
        try:
            return _cut(_shape(orjson.loads(body), _LEVELS))
        except orjson.JSONDecodeError:
            return "broken JSON"
    return kind if _MEDIA_TYPE.fullmatch(kind) else "a body"


def _fields(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("latin-1"), keep_blank_values=True)


def _names(keys: Any) -> list[str]:
    named = sorted({key if _NAME.fullmatch(key) else "*" for key in keys})
    return named if len(named) <= _MEMBERS else [*named[:_MEMBERS], "…"]


def _shape(value: Any, levels: int) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "text"
        case dict():
            return _object(value, levels)
        case list():
            return _array(value, levels)
    return "number"


def _object(value: dict[str, Any], levels: int) -> str:
    if levels == 0 and value:
        return "{…}"
    shapes: dict[str, set[str]] = {}
    for name in value:
        known = name if _NAME.fullmatch(name) else "*"
        shapes.setdefault(known, set()).add(_shape(value[name], levels - 1))
    members = [f"{name}: {'|'.join(sorted(shapes[name]))}" for name in sorted(shapes)]
    return "{" + ", ".join(members[:_MEMBERS] + ["…"] * (len(members) > _MEMBERS)) + "}"


def _array(value: list[Any], levels: int) -> str:
    if levels == 0 and value:
        return "[…]"
    return "[" + "|".join(sorted({_shape(item, levels - 1) for item in value[:_ELEMENTS]})) + "]"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
