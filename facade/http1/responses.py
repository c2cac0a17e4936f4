"""The head of a response: reads all that forwarding needs in one pass, writes it for a client."""

import re
from typing import Final

from facade.http1.fields import (
    CHUNKED,
    CODING,
    CONNECTION,
    COOKIE,
    DATE,
    DECLINED,
    EXPECT,
    FORWARDED,
    HOST,
    KEY,
    LENGTH,
    LONGEST_REMEMBERED,
    MOST_DIGITS,
    OWNER,
    TRACE,
    UPGRADE,
    USUAL,
    VIA,
    Field,
    bad_length,
    check_coding,
    learn,
    lookup,
    persists,
    tokens,
    without_named,
)
from facade.http1.refusal import Refused

MOST_REMEMBERED: Final = 256
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_NEVER_A_BODY: Final = frozenset({204, 304})
_LINE: Final = re.compile(rb"HTTP/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?")


class ResponseHead:
    """A response without its body. `lines` are the field lines to forward, without ours."""

    __slots__ = (
        "chunked",
        "dated",
        "declined",
        "fields",
        "has_body",
        "http11",
        "keep_alive",
        "length",
        "lines",
        "mended",
        "named",
        "owner",
        "reason",
        "status",
        "upgrade",
    )

    def __init__(self, status: int, reason: bytes, http11: bool, fields: list[Field]) -> None:
        self.status = status
        self.reason = reason
        self.http11 = http11
        self.fields = fields
        self.lines: list[bytes] = []
        self.length: int | None = None
        self.chunked = False
        self.keep_alive = http11
        self.dated = False
        self.upgrade: bytes | None = None
        self.declined: bytes | None = None  # why a service of ours cannot answer this request
        self.owner: bytes | None = (
            None  # the owner of the written domain, as a service of ours states it
        )
        self.named: list[bytes] | None = None
        self.has_body = False  # a body follows (RFC 9112, 6.3)
        self.mended: tuple[
            str, ...
        ] = ()  # the faults that were corrected, see facade.http1.mending


def read_response(head: bytes, most_fields: int, method: bytes) -> ResponseHead:
    """Read a head, without the empty line that ends it; `method` is the request's.

    Raises Refused.
    """
    first, *lines = head.split(b"\r\n")
    status, reason, http11 = _status_lines.get(first) or _read_status_line(first)
    if len(lines) > most_fields:
        raise Refused(502, "too many headers")
    fields = [lookup(line) or learn(line) for line in lines]
    response = ResponseHead(status, reason, http11, fields)
    forward = response.lines.append
    for field in fields:
        kind = field.kind
        if not kind:  # PASS
            forward(field.line)
        elif kind == DATE:
            response.dated = True
            forward(field.line)
        elif kind == LENGTH:
            _length(response, field.value, field)
        else:
            rule = _RULES.get(kind)
            if rule is not None:
                rule(response, field.value, field)
    if response.chunked and response.length is not None:
        raise Refused(502, "both Content-Length and Transfer-Encoding")
    bodiless = status < 200 or status in _NEVER_A_BODY or method == b"HEAD"
    response.has_body = not bodiless and response.length != 0
    named = response.named
    if named is not None:
        response.keep_alive = persists(named, response.keep_alive)
        response.lines = without_named(response.lines, fields, named)
    return response


_status_lines: dict[bytes, tuple[int, bytes, bool]] = {}


def _read_status_line(line: bytes) -> tuple[int, bytes, bool]:
    """Status, reason, whether it is HTTP/1.1; remembered, for servers have few such lines."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise Refused(502, "an invalid status line")
    minor, status, reason = match.groups()
    parts = int(status), reason or b"", minor == b"1"
    if len(_status_lines) < MOST_REMEMBERED and len(line) <= LONGEST_REMEMBERED:
        _status_lines[line] = parts
    return parts


def _length(response: ResponseHead, value: bytes, _field: Field) -> None:
    if response.length is not None or not value.isdigit() or len(value) > MOST_DIGITS:
        raise bad_length(response.length)
    response.length = int(value)


def _coding(response: ResponseHead, value: bytes, _field: Field) -> None:
    check_coding(value, earlier=response.chunked, http11=response.http11)
    response.chunked = True


def _connection(response: ResponseHead, value: bytes, _field: Field) -> None:
    if not (response.http11 and value in USUAL):
        response.named = [*(response.named or ()), *tokens(value)]


def _upgrade(response: ResponseHead, value: bytes, _field: Field) -> None:
    response.upgrade = value


def _declined(response: ResponseHead, value: bytes, _field: Field) -> None:
    response.declined = value


def _owner(response: ResponseHead, value: bytes, _field: Field) -> None:
    response.owner = value


def _pass(response: ResponseHead, _value: bytes, field: Field) -> None:
    response.lines.append(field.line)


_RULES: Final = {
    LENGTH: _length,
    CODING: _coding,
    CONNECTION: _connection,
    UPGRADE: _upgrade,
    DECLINED: _declined,
    OWNER: _owner,
    # Of no meaning in a response: passed on.
    HOST: _pass,
    COOKIE: _pass,
    EXPECT: _pass,
    TRACE: _pass,
    FORWARDED: _pass,
    KEY: _pass,
}


def response_bytes(response: ResponseHead, framing: bytes, extra: bytes) -> bytes:
    """The head for the client; `framing` are the lines that delimit the body, `extra` ours."""
    return b"".join(
        (
            _status_line(response.status, response.reason),
            *response.lines,
            framing,
            extra,
            VIA,
            b"\r\n",
        )
    )


def interim_bytes(response: ResponseHead) -> bytes:
    """A 1xx response other than 101."""
    return b"".join((_status_line(response.status, response.reason), *response.lines, b"\r\n"))


def switching_bytes(response: ResponseHead) -> bytes:
    """A 101 response: from here on the connection is a tunnel."""
    lines = b"Connection: Upgrade\r\nUpgrade: %b\r\n" % (response.upgrade or b"")
    return response_bytes(response, lines, b"")


def body_framing(response: ResponseHead, http11: bool) -> tuple[bytes, bool, bool]:
    """How the body goes to a client of HTTP/1.1 or 1.0.

    Returns the lines that say so, whether it goes in chunks, and whether closing ends it.
    """
    if response.status == 204:  # sent without a word about a body
        return b"", False, False
    if response.length is not None:
        return b"Content-Length: %d\r\n" % response.length, False, False
    if not response.has_body:
        return (CHUNKED if response.chunked and http11 else b""), False, False
    if http11:
        return CHUNKED, True, False
    return b"", False, True


_written_status_lines: dict[tuple[int, bytes], bytes] = {}
_MOST_WRITTEN: Final = 512


def _status_line(status: int, reason: bytes) -> bytes:
    line = _written_status_lines.get((status, reason))
    if line is None:
        line = b"HTTP/1.1 %d %b\r\n" % (status, reason)
        if len(_written_status_lines) < _MOST_WRITTEN:
            _written_status_lines[status, reason] = line
    return line
