"""A body becomes a document: JSON, HTML, text or bytes, by its content type and its looks."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from facade.compare.bodies.charsets import text_of
from facade.compare.json.values import Constant, Json

DEEPEST = 128  # levels; deeper answers are skipped, not half compared
_MACHINE_DIGITS = 300  # longer integers are held as decimals, exactly

_JSON = re.compile(r"application/(json|x-json|[\w.+-]+\+json)|text/(x-)?json")
_JSON_LINES = re.compile(r"application/(x-)?(ndjson|jsonlines|jsonl)|application/json-seq")
_HTML = re.compile(r"text/html|application/xhtml\+xml")
_XML = re.compile(r"(application|text)/(xml|[\w.+-]+\+xml)")
_SCRIPT = re.compile(r"(application|text)/(x-)?(java|ecma)script")
_TEXT = re.compile(r"text/.*|application/(x-javascript|javascript|x-www-form-urlencoded)")
# What frameworks write before JSON, so that a page of others cannot run it as a script.
_GUARD = re.compile(
    r"\)\]\}'?,?|while ?\( ?(1|true) ?\) ?;|for ?\( ?; ?; ?\) ?;|throw [^;\n]{1,80};"
    r"|\{\} ?&& ?|&&&START&&&|//[^\n]{0,80}\n"
)
_CALL = re.compile(r"(?:/\*\*/)?\s*(?P<name>[\w$.]{1,100})\s*\((?P<json>.*)\)\s*;?\s*", re.DOTALL)
_LOOKS_LIKE_JSON = (b"{", b"[")


class TooDeep(ValueError):
    """A document is nested more deeply than we compare."""


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON text; repeated keys of an object are kept as `name#2`, `name#3`.

    `guard` is what stands before it so that it cannot be run, or the function it is handed to.
    """

    value: Json
    guard: str = ""


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
    page, xml = bool(_HTML.fullmatch(kind)), bool(_XML.fullmatch(kind))
    is_json, lines = bool(_JSON.fullmatch(kind)), bool(_JSON_LINES.fullmatch(kind))
    script = bool(_SCRIPT.fullmatch(kind))
    is_text = page or xml or is_json or lines or script or bool(_TEXT.fullmatch(kind))
    looks = not page and body.lstrip()[:1] in _LOOKS_LIKE_JSON
    if not (is_text or looks):
        return BinaryDocument(body)
    text = text_of(body, content_type, page=page, xml=xml)
    if is_json or looks or script or lines:
        document = _lines(text) if lines else _json(text) or (_called(text) if script else None)
        if document is not None:
            return document
    if not is_text:
        return BinaryDocument(body)
    return HtmlDocument(text) if page else TextDocument(text)


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


def _json(text: str) -> JsonDocument | None:
    text = text.removeprefix("\ufeff")
    value = _value(text)
    if value is not _NOTHING:
        return JsonDocument(value)
    start = text.lstrip()
    guard = _GUARD.match(start)
    if guard is None:
        return None
    value = _value(start[guard.end() :])
    return None if value is _NOTHING else JsonDocument(value, guard[0].strip())


def _called(text: str) -> JsonDocument | None:
    """JSON handed to a function, which a page fetches as a script (JSONP)."""
    call = _CALL.fullmatch(text)
    value = _value(call["json"]) if call else _NOTHING
    return None if call is None or value is _NOTHING else JsonDocument(value, f"{call['name']}()")


def _lines(text: str) -> JsonDocument | None:
    """A JSON text on each line, taken as one array."""
    values = [_value(line) for line in re.split("[\n\x1e]", text) if line.strip()]
    return None if any(value is _NOTHING for value in values) else JsonDocument(values)


_NOTHING = object()


def _value(text: str) -> Json:
    """The value of a JSON text; _NOTHING when it is none. Raises TooDeep."""
    try:
        value = json.loads(
            text,
            parse_float=_number,
            parse_int=_integer,
            parse_constant=Constant,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise TooDeep from None
    except ValueError:
        return _NOTHING
    if text.count("[") + text.count("{") > DEEPEST and _is_too_deep(value):
        raise TooDeep
    return value


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
