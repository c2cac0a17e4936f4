"""HAR files, as browsers and proxies save them; one that ends early yields its whole entries.

A browser's file holds what the whole page asked for: only requests to the application's own hosts
are asked again, which are the host of its first page (of the first request, where no page is named)
and those that are given. Sockets and requests that the browser gave up are left out, too.
"""

import base64
import codecs
import json
import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from facade.compare.answers import Answer, Headers
from facade.compare.bodies.charsets import text_of
from facade.replay.formats.recorded import Exchange, FileEnd, NotAnExchange

_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_TITLE = re.compile(r'"title"\s*:\s*"(https?:(?:[^"\\]|\\.)*)"')
_SEPARATOR = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()
_ENDS_EARLY = "the file ends in the middle of an entry"
# As the browser shows them, not as they were sent: the body in a HAR file is decoded.
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def exchanges(
    text: str, name: str, first: int = 1, hosts: Collection[str] = ()
) -> Iterator[Exchange | FileEnd]:
    """The exchanges of a HAR text called `name`, counted from `first`, then the file's end.
    `hosts` are the application's own, in lower case, beside the one that the file is about."""
    start = _ENTRIES.search(text)
    if start is None:
        yield FileEnd(name, 0, "no HAR file: it has no 'entries'")
        return
    own = {_page_host(text[: start.start()]), *hosts} - {""}
    count, at, broken = 0, start.end(), None
    while True:
        skipped = _SEPARATOR.match(text, at)
        at = skipped.end() if skipped else at
        if text[at : at + 1] == "]":
            break
        try:
            entry, at = _DECODER.raw_decode(text, at)
            if not own:
                own = {_host(entry)}
            yield from_entry(entry, first + count, own)
            count += 1
        except NotAnExchange as error:
            broken = str(error)
        except ValueError:
            broken = _ENDS_EARLY
            break
    yield FileEnd(name, count, broken)


def _page_host(head: str) -> str:
    """The host of the first page, which browsers name by its address; empty where none does so."""
    found = _TITLE.search(head)
    return _netloc(json.loads(f'"{found[1]}"')) if found else ""


def _host(entry: Any) -> str:
    try:
        return _netloc(str(entry["request"]["url"]))
    except (KeyError, TypeError):
        return ""


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _left_out(entry: dict[str, Any], host: str, own: Collection[str]) -> str:
    """Why an entry is not asked again; empty when it may be."""
    request, response = entry["request"], entry.get("response") or {}
    scheme = str(request["url"]).partition(":")[0].lower()
    if scheme in ("ws", "wss") or "_webSocketMessages" in entry or response.get("status") == 101:
        return "of sockets"
    if scheme not in ("http", "https") or (own and host not in own):
        return "of other hosts"
    if str(entry.get("_resourceType", "")).lower() == "websocket":
        return "of sockets"
    gave_up = entry.get("_error") or response.get("_error") or response.get("_failureText")
    return "that the browser gave up" if gave_up or response.get("status") == 0 else ""


def from_entry(entry: dict[str, Any], number: int, own: Collection[str] = ()) -> Exchange:
    """One entry; `own` are the application's hosts. Raises NotAnExchange."""
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
            left_out=_left_out(entry, _netloc(request["url"]), own),
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
    headers = tuple(pair for pair in _headers(response) if pair[0] not in _OF_THE_WIRE)
    if content.get("encoding") == "base64":
        body = base64.b64decode(text or "")
    else:
        body = _written(text or "", dict(headers).get("content-type", ""))
    return Answer(int(response["status"]), headers, body, ms)


def _written(text: str, content_type: str) -> bytes:
    """The text as bytes. The browser has decoded it already, by whatever charset the headers and
    the page name: where they would be read otherwise, a mark says that these bytes are UTF-8."""
    data = text.encode("utf-8", "surrogatepass")
    kind = content_type.lower()
    page, xml = "html" in kind, "xml" in kind
    if text_of(data, content_type, page=page, xml=xml) == text:
        return data
    return codecs.BOM_UTF8 + data
