"""Answers the facade gives by itself: a page for a person, a problem (RFC 9457) for a program."""

from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import Any, Final

import orjson

from facade.http1.fields import Field

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{status} {phrase}</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}}
small{{color:#666}}</style></head>
<body><h1>{phrase}</h1><p>{detail}</p><p><small>{status}{request}</small></p></body></html>
"""
Members = Mapping[str, Any] | None  # of a problem, beside the usual ones or in their place
REQUEST_ID: Final = b"Fig-Request-Id"  # the same as in the body, also where there is none
_PHRASES: Final = {499: "Client Closed Request"}


def phrase_of(status: int) -> str:
    """The usual words for a status."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


def serving(*, draining: bool, close: bool, bodiless: bool) -> bytes:
    """The answer to whether this worker serves: 200, or 503 while it drains."""
    status, body = (503, b"draining\n") if draining else (200, b"serving\n")
    return b"".join(
        (
            b"HTTP/1.1 %d %b\r\n" % (status, phrase_of(status).encode()),
            b"Content-Type: text/plain\r\nContent-Length: %d\r\n" % len(body),
            b"Cache-Control: no-store\r\n",
            b"Connection: close\r\n" if close else b"",
            b"\r\n",
            b"" if bodiless else body,
        )
    )


def wants_page(fields: list[Field]) -> bool:
    """Whether the client would rather read HTML than JSON, by its Accept header."""
    return any(field.name == b"accept" and b"text/html" in field.value for field in fields)


def problem(
    status: int,
    detail: str,
    *,
    request_id: str = "",
    page: bool = False,
    close: bool = False,
    bodiless: bool = False,
    extra: bytes = b"",
    members: Members = None,
) -> bytes:
    """A whole response; `bodiless` answers HEAD, `extra` are further header lines, `members` those
    of the problem that differ from the usual ones, or are not usual."""
    phrase = phrase_of(status)
    if page:
        kind = b"text/html; charset=utf-8"
        mark = f" · {escape(request_id)}" if request_id else ""
        body = _PAGE.format(
            status=status, phrase=escape(phrase), detail=escape(detail), request=mark
        ).encode()
    else:
        kind = b"application/problem+json"
        fields = {"type": "about:blank", "title": phrase, "status": status, "detail": detail}
        named = {"request_id": request_id} if request_id else {}
        body = orjson.dumps({**fields, **(members or {}), **named})
    return b"".join(
        (
            b"HTTP/1.1 %d %b\r\n" % (status, phrase.encode()),
            b"Content-Type: %b\r\nContent-Length: %d\r\n" % (kind, len(body)),
            b"Cache-Control: no-store\r\n",
            b"%b: %b\r\n" % (REQUEST_ID, request_id.encode()) if request_id else b"",
            b"Connection: close\r\n" if close else b"",
            extra,
            b"\r\n",
            b"" if bodiless else body,
        )
    )
