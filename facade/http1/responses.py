"""The head of a response: read once, with everything that forwarding needs to know of it."""

import re

from facade.http1.fields import (
    CODING,
    CONNECTION,
    COOKIE,
    DATE,
    DECLINED,
    EXPECT,
    FORWARDED,
    HOST,
    LENGTH,
    LONGEST_REMEMBERED,
    TRACE,
    UPGRADE,
    USUAL,
    Field,
    learn,
    lookup,
    persists,
    tokens,
    without_named,
)
from facade.http1.framing import check_coding, length_of
from facade.http1.refusal import Refused

MOST_REMEMBERED = 256
_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?")


class ResponseHead:
    """A response without its body. `lines` are the field lines to forward, without ours."""

    __slots__ = (
        "chunked",
        "dated",
        "declined",
        "fields",
        "http11",
        "keep_alive",
        "length",
        "lines",
        "named",
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
        self.named: list[bytes] | None = None

    def has_body(self, method: bytes) -> bool:
        """Whether a body follows in answer to this method (RFC 9112, 6.3)."""
        status = self.status
        return not (method == b"HEAD" or status in (204, 304) or status < 200 or self.length == 0)


def read_response(head: bytes, most_fields: int) -> ResponseHead:
    """Read a head, without the empty line that ends it. Raises Refused."""
    first, *lines = head.split(b"\r\n")
    status, reason, http11 = _status_lines.get(first) or _read_status_line(first)
    if len(lines) > most_fields:
        raise Refused(502, "too many headers")
    fields = [lookup(line) or learn(line) for line in lines]
    response = ResponseHead(status, reason, http11, fields)
    forward = response.lines.append
    for field in fields:
        kind = field[0]
        if not kind:  # PASS
            forward(field[3])
        elif kind == DATE:
            response.dated = True
            forward(field[3])
        else:
            rule = _RULES.get(kind)
            if rule is not None:
                rule(response, field[2], field)
    if response.chunked and response.length is not None:
        raise Refused(502, "both Content-Length and Transfer-Encoding")
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
    response.length = length_of(value, response.length)


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


def _pass(response: ResponseHead, _value: bytes, field: Field) -> None:
    response.lines.append(field.line)


_RULES = {
    LENGTH: _length,
    CODING: _coding,
    CONNECTION: _connection,
    UPGRADE: _upgrade,
    DECLINED: _declined,
    # Of no meaning in a response, so nobody's business.
    HOST: _pass,
    COOKIE: _pass,
    EXPECT: _pass,
    TRACE: _pass,
    FORWARDED: _pass,
}
