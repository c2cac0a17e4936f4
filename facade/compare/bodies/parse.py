"""A body becomes a document: JSON, HTML, text or bytes, by its content type and its looks."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from facade.compare.json.values import Constant, Json

DEEPEST = 128  # levels; deeper answers are skipped, not half compared
_MACHINE_DIGITS = 300  # longer integers are held as decimals, exactly

_JSON = re.compile(r"application/(json|[\w.+-]+\+json)|text/json")
_HTML = re.compile(r"text/html|application/xhtml\+xml")
_TEXT = re.compile(r"text/.*|application/(javascript|xml|[\w.+-]+\+xml|x-www-form-urlencoded)")
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)


class TooDeep(ValueError):
    """A document is nested more deeply than we compare."""


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON text; repeated keys of an object are kept as `name#2`, `name#3`."""

    value: Json


@dataclass(frozen=True, slots=True)
class HtmlDocument:
    """An HTML page, not parsed yet."""

    text: str


@dataclass(frozen=True, slots=True)
class TextDocument:
    """Any other text."""

    text: str


@dataclass(frozen=True, slots=True)
class BinaryDocument:
    """Bytes without a meaning known to us; empty when there is no body."""

    body: bytes


Document = JsonDocument | HtmlDocument | TextDocument | BinaryDocument


def parse(body: bytes, content_type: str) -> Document:
    """The document of a decoded body. Raises TooDeep."""
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return BinaryDocument(b"")
    if _JSON.fullmatch(kind) or (not _HTML.fullmatch(kind) and body.lstrip()[:1] in (b"{", b"[")):
        document = _json(body)
        if document is not None:
            return document
    if _HTML.fullmatch(kind) or _TEXT.fullmatch(kind) or _JSON.fullmatch(kind):
        text = _decoded(body, content_type)
        if text is not None:
            return HtmlDocument(text) if _HTML.fullmatch(kind) else TextDocument(text)
    return BinaryDocument(body)


def name_of(document: Document) -> str:
    """What the document is, for people."""
    match document:
        case JsonDocument():
            return "JSON"
        case HtmlDocument():
            return "HTML"
        case TextDocument():
            return "text"
        case BinaryDocument(body):
            return "bytes" if body else "nothing"


def _decoded(body: bytes, content_type: str) -> str | None:
    charset = _CHARSET.search(content_type)
    try:
        return body.decode(charset[1] if charset else "utf-8").removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        return None


def _json(body: bytes) -> JsonDocument | None:
    try:
        value = json.loads(
            body.removeprefix(b"\xef\xbb\xbf").decode("utf-8"),
            parse_float=_number,
            parse_int=_integer,
            parse_constant=Constant,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise TooDeep from None
    except ValueError:
        return None
    if body.count(b"[") + body.count(b"{") > DEEPEST and _is_too_deep(value):
        raise TooDeep
    return JsonDocument(value)


def _number(text: str) -> Json:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond any machine: compared as it is written
        return Constant(text)


def _integer(text: str) -> Json:
    return int(text) if len(text) <= _MACHINE_DIGITS else Decimal(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    members, seen = {}, dict[str, int]()
    for name, value in pairs:
        seen[name] = seen.get(name, 0) + 1
        members[name if seen[name] == 1 else f"{name}#{seen[name]}"] = value
    return members


def _is_too_deep(value: Json) -> bool:
    level: list[Any] = [value]
    for _ in range(DEEPEST + 1):
        children: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                children += item.values()
            elif isinstance(item, list):
                children += item
        if not children:
            return False
        level = [child for child in children if isinstance(child, (dict, list))]
    return bool(level)
