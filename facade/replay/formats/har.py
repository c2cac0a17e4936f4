"""HAR files, as browsers and proxies save them; one that ends early yields its whole entries."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from facade.compare.answers import Answer, Headers
from facade.replay.formats.recorded import Exchange, FileEnd, NotAnExchange

_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_SEPARATOR = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()
_ENDS_EARLY = "the file ends in the middle of an entry"
# As the browser shows them, not as they were sent: the body in a HAR file is decoded.
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def exchanges(text: str, name: str, first: int = 1) -> Iterator[Exchange | FileEnd]:
    """The exchanges of a HAR text called `name`, counted from `first`, then the file's end."""
    start = _ENTRIES.search(text)
    if start is None:
        yield FileEnd(name, 0, "no HAR file: it has no 'entries'")
        return
    count, at, broken = 0, start.end(), None
    while True:
        skipped = _SEPARATOR.match(text, at)
        at = skipped.end() if skipped else at
        if text[at : at + 1] == "]":
            break
        try:
            entry, at = _DECODER.raw_decode(text, at)
            yield from_entry(entry, first + count)
            count += 1
        except NotAnExchange as error:
            broken = str(error)
        except ValueError:
            broken = _ENDS_EARLY
            break
    yield FileEnd(name, count, broken)


def from_entry(entry: dict[str, Any], number: int) -> Exchange:
    """One entry. Raises NotAnExchange."""
    try:
        request, response = entry["request"], entry.get("response")
        url = urlsplit(request["url"])
        return Exchange(
            number=number,
            started=_unix(entry["startedDateTime"]),
            method=str(request["method"]).upper(),
            target=_target(url.path, url.query),
            headers=_with_host(_headers(request), url.netloc),
            body=_posted(request.get("postData")),
            answer=_answer(response, float(entry.get("time") or 0.0)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotAnExchange(f"entry {number}: {type(error).__name__}: {error}") from None


def _target(path: str, query: str) -> str:
    target = quote(path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{target}?{query}" if query else target


def _unix(written: str) -> float:
    return datetime.fromisoformat(written.replace("Z", "+00:00")).timestamp()


def _headers(message: dict[str, Any]) -> Headers:
    found = ((str(one["name"]).lower(), str(one["value"])) for one in message.get("headers", []))
    return tuple((name, value) for name, value in found if not name.startswith(":"))


def _with_host(headers: Headers, host: str) -> Headers:
    return headers if any(name == "host" for name, _ in headers) else (("host", host), *headers)


def _posted(data: dict[str, Any] | None) -> bytes:
    if not data:
        return b""
    if data.get("text"):
        return str(data["text"]).encode()
    return urlencode(
        [(one["name"], one.get("value", "")) for one in data.get("params", [])]
    ).encode()


def _answer(response: dict[str, Any] | None, ms: float) -> Answer | None:
    """None where the browser got no answer (status 0), or the body was not kept."""
    if not response or not response.get("status"):
        return None
    content = response.get("content") or {}
    text = content.get("text")
    if text is None and content.get("size"):
        return None
    body = (text or "").encode()
    if content.get("encoding") == "base64":
        body = base64.b64decode(body)
    headers = tuple(pair for pair in _headers(response) if pair[0] not in _OF_THE_WIRE)
    return Answer(int(response["status"]), headers, body, ms)
