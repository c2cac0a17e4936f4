"""One recorded exchange, and its line of JSON: what `facade.sidecar.proxy.export` writes."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from facade.compare.answers import Answer, Headers


class NotAnExchange(ValueError):
    """An entry without what is needed to ask again; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and, where one was recorded, its answer. `started` is unix seconds."""

    number: int  # from 1, over all files
    started: float
    method: str
    target: str
    headers: Headers  # names in lower case
    body: bytes
    answer: Answer | None
    left_out: str = ""  # why it is not to be asked again, whatever is asked; empty: it may be


@dataclass(frozen=True, slots=True)
class FileEnd:
    """The end of one file: how many exchanges it gave, and why it gave no more."""

    name: str
    exchanges: int
    broken: str | None = None


def from_line(line: dict[str, Any], number: int) -> Exchange:
    """The exchange of one line. Raises NotAnExchange."""
    try:
        answer = line.get("response")
        return Exchange(
            number=number,
            started=float(line["started"]),
            method=_text(line["method"]).upper(),
            target=_target(line["target"]),
            headers=_headers(line["headers"]),
            body=base64.b64decode(line.get("body", ""), validate=True),
            answer=None if answer is None else _answer(answer),
        )
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise NotAnExchange(f"entry {number}: {type(error).__name__}: {error}") from None


def _answer(found: dict[str, Any]) -> Answer:
    body = base64.b64decode(found.get("body", ""), validate=True)
    headers = _headers(found["headers"])
    return Answer(int(found["status"]), headers, body, float(found.get("ms", 0.0)))


def _headers(found: list[list[str]]) -> Headers:
    return tuple((_text(name).lower(), _text(value)) for name, value in found)


def _target(found: object) -> str:
    target = _text(found)
    if not target.startswith("/"):
        raise ValueError(f"expected a target that begins with '/', not '{target[:80]}'")
    return target


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise ValueError(f"expected a text, not {type(found).__name__}")
    return found
