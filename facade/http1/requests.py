"""The head of a request: reads all that forwarding needs in one pass, and writes it for a side."""

import re
from typing import Final

from facade.http1.fields import (
    AFTER_TOKEN,
    CHUNKED,
    CODING,
    CONNECTION,
    COOKIE,
    DATE,
    EXPECT,
    FORWARDED,
    HOST,
    KEY,
    LENGTH,
    MOST_DIGITS,
    TRACE,
    UPGRADE,
    USUAL,
    Field,
    LastCookie,
    bad_length,
    check_coding,
    learn,
    lookup,
    persists,
    tokens,
    without_named,
)
from facade.http1.refusal import Refused

_LINE: Final = re.compile(
    rb"([A-Z][A-Z0-9_-]{0,31}) ([\x21\x22\x24-\x7e\x80-\xff]+) HTTP/1\.([01])"
)
_METHOD: Final = re.compile(rb"[A-Za-z][A-Za-z0-9_-]{0,31}")
_LINE_IN_ANY_CASE: Final = re.compile(_LINE.pattern.replace(b"A-Z", b"A-Za-z"))
_VERSION: Final = re.compile(rb"HTTP/\d\.\d")
_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+;=-]*|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?")
_ABSOLUTE: Final = re.compile(rb"https?://([^/?]+)(.*)", re.IGNORECASE | re.DOTALL)
_TRACEPARENT: Final = re.compile(
    rb"[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
_REFUSED_METHODS: Final = frozenset({b"CONNECT", b"TRACE"})


def end_of_head(data: bytes, longest_line: int, largest: int) -> int:
    """Where the empty line after the head begins, or -1 when more must come.

    `data` begins with the request line; the limits are bytes. Raises Refused.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0 or end > largest:
        _check_part(data, longest_line, largest)
        return -1
    if data.find(b"\r\n", 0, longest_line + 2) < 0:
        raise Refused(414, "the request line is too long")
    return end


def _check_part(data: bytes, longest_line: int, largest: int) -> None:
    line_end = data.find(b"\n", 0, longest_line + 2)
    if line_end < 0 and len(data) > longest_line:
        raise Refused(414, "the request line is too long")
    if len(data) > largest:
        raise Refused(431, "the head of the request is too large")
    if data.count(b"\n") != data.count(b"\r\n"):
        raise Refused(400, "a bare LF in the head")


class RequestHead:
    """A request without its body. `lines` are the field lines to forward, without ours."""

    __slots__ = (
        "after",
        "chunked",
        "cookies",
        "expects",
        "fields",
        "forwarded",
        "has_body",
        "host",
        "http11",
        "keep_alive",
        "key",
        "length",
        "lines",
        "method",
        "named",
        "target",
        "trace",
        "upgrade",
    )

    def __init__(self, method: bytes, target: bytes, http11: bool, fields: list[Field]) -> None:
        self.method = method
        self.target = target  # origin-form or `*`, as the client wrote it
        self.http11 = http11
        self.fields = fields
        self.lines: list[bytes] = []
        self.host: bytes | None = None
        self.length: int | None = None
        self.chunked = False
        self.has_body = False  # a body follows, if only an empty chunked one
        self.keep_alive = http11
        self.expects = False  # 100-continue
        self.upgrade: bytes | None = None  # the protocol asked for, where we may pass it on
        self.trace: bytes | None = None  # a valid traceparent
        self.forwarded: list[Field] | None = None  # X-Forwarded-* and the like, as they came
        self.named: list[bytes] | None = None  # tokens of Connection, other than its own
        self.cookies: list[Field] | None = None  # also in `lines`
        self.key: bytes | None = None  # Idempotency-Key; also in `lines`; empty: it is not valid
        self.after: bytes | None = None  # our own token of the client's last write, unverified

    def copied(self) -> "RequestHead":
        """Another head with the same content; its lists are those of this one."""
        other = RequestHead(self.method, self.target, self.http11, self.fields)
        other.lines, other.host, other.length = self.lines, self.host, self.length
        other.chunked, other.has_body, other.key = self.chunked, self.has_body, self.key
        other.keep_alive, other.expects = self.keep_alive, self.expects
        other.upgrade, other.trace, other.forwarded = self.upgrade, self.trace, self.forwarded
        other.named, other.cookies, other.after = self.named, self.cookies, self.after
        return other


def read_request(head: bytes, most_fields: int, cookie: LastCookie | None = None) -> RequestHead:
    """Read a head, without the empty line that ends it. Raises Refused."""
    first, *lines = head.split(b"\r\n")
    match = _LINE.fullmatch(first) or _in_lower_case(first)
    if len(lines) > most_fields:
        raise Refused(431, "too many headers")
    method, target, minor = match.groups()
    new = learn if cookie is None else cookie.learn
    fields = [lookup(line) or new(line) for line in lines]
    request = RequestHead(method, target, minor == b"1", fields)
    forward = request.lines.append
    for field in fields:
        kind = field.kind
        if not kind:  # PASS
            forward(field.line)
        else:
            rule = _RULES.get(kind)
            if rule is not None:
                rule(request, field.value, field)
    _check(request)
    return request


def unconditional(head: RequestHead) -> RequestHead:
    """A head that asks for the whole answer, whatever the client holds of it already; the same one
    where it asks for that anyway."""
    dropped = [field for field in head.fields if field.conditional]
    if not dropped:
        return head
    lines = {field.line for field in dropped}
    whole = head.copied()
    whole.fields = [field for field in head.fields if field not in dropped]
    whole.lines = [line for line in head.lines if line not in lines]
    return whole


def _check(request: RequestHead) -> None:
    """What can be said only once all fields are known."""
    if request.host is None:
        if request.http11:
            raise Refused(400, "no Host header")
        request.host = b""
    if request.chunked and request.length is not None:
        raise Refused(400, "both Content-Length and Transfer-Encoding")
    if request.method in _REFUSED_METHODS:
        raise Refused(405, f"the method {request.method.decode()} is not served here")
    if request.target[:1] != b"/":
        _not_origin_form(request)
    named = request.named
    if named is not None:
        request.keep_alive = persists(named, request.keep_alive)
        request.lines = without_named(request.lines, request.fields, named)
    if request.upgrade is not None and not _may_tunnel(request):
        request.upgrade = None  # an ordinary request


def _may_tunnel(request: RequestHead) -> bool:
    return b"upgrade" in (request.named or ()) and request.http11 and not request.has_body


def _not_origin_form(request: RequestHead) -> None:
    """An absolute target names the host (RFC 9112, 3.2.2); `*` is for OPTIONS alone."""
    if request.target == b"*" and request.method == b"OPTIONS":
        return
    match = _ABSOLUTE.fullmatch(request.target)
    if match is None or not _HOST.fullmatch(match[1]):
        raise Refused(400, "an invalid target")
    request.host = match[1]
    request.target = match[2] if match[2][:1] == b"/" else b"/" + match[2]


def _host(request: RequestHead, value: bytes, _field: Field) -> None:
    if request.host is not None:
        raise Refused(400, "more than one Host header")
    if not _HOST.fullmatch(value):
        raise Refused(400, "an invalid Host header")
    request.host = value


def _length(request: RequestHead, value: bytes, _field: Field) -> None:
    if request.length is not None or not value.isdigit() or len(value) > MOST_DIGITS:
        raise bad_length(request.length)
    request.length = length = int(value)
    request.has_body = request.has_body or length > 0


def _coding(request: RequestHead, value: bytes, _field: Field) -> None:
    check_coding(value, earlier=request.chunked, http11=request.http11)
    request.chunked = request.has_body = True


def _connection(request: RequestHead, value: bytes, _field: Field) -> None:
    if not (request.http11 and value in USUAL):
        request.named = [*(request.named or ()), *tokens(value)]


def _upgrade(request: RequestHead, value: bytes, _field: Field) -> None:
    if tokens(value) == [b"h2c"]:
        return  # we speak only HTTP/1.1, and may ignore the offer
    request.upgrade = value


def _expect(request: RequestHead, value: bytes, _field: Field) -> None:
    if value.lower() != b"100-continue":
        raise Refused(417, "an expectation other than 100-continue")
    request.expects = request.http11


def _trace(request: RequestHead, value: bytes, _field: Field) -> None:
    if request.trace is None and _TRACEPARENT.fullmatch(value):
        request.trace = value


def _date(request: RequestHead, _value: bytes, field: Field) -> None:
    request.lines.append(field.line)


def _forwarded(request: RequestHead, _value: bytes, field: Field) -> None:
    request.forwarded = [*(request.forwarded or ()), field]


def _cookie(request: RequestHead, _value: bytes, field: Field) -> None:
    request.lines.append(field.line)
    if request.cookies is None:
        request.cookies = [field]
    else:
        request.cookies.append(field)


def _key(request: RequestHead, value: bytes, field: Field) -> None:
    request.lines.append(field.line)
    request.key = value if request.key is None else b""


def _after_token(request: RequestHead, value: bytes, _field: Field) -> None:
    request.after = value


_RULES: Final = {
    COOKIE: _cookie,
    AFTER_TOKEN: _after_token,
    HOST: _host,
    LENGTH: _length,
    CODING: _coding,
    CONNECTION: _connection,
    UPGRADE: _upgrade,
    EXPECT: _expect,
    TRACE: _trace,
    DATE: _date,
    FORWARDED: _forwarded,
    KEY: _key,
}


def _in_lower_case(line: bytes) -> re.Match[bytes]:
    """A request line whose method has lower-case letters: another method (RFC 9110, 9.1).

    `head` is refused: a server that reads it as HEAD sends no body. Raises Refused.
    """
    match = _LINE_IN_ANY_CASE.fullmatch(line)
    if match is None:
        raise _bad_request_line(line)
    capitals = match[1].upper()
    if capitals in _REFUSED_METHODS:
        raise Refused(405, f"the method {capitals.decode()} is not served here")
    if capitals == b"HEAD":
        raise Refused(400, "the method HEAD in small letters")
    return match


def _bad_request_line(line: bytes) -> Refused:
    if b"\r" in line or b"\n" in line:
        return Refused(400, "a bare CR or LF in the head")
    parts = line.split(b" ")
    if len(parts) != 3 or not _METHOD.fullmatch(parts[0]) or not _VERSION.fullmatch(parts[2]):
        return Refused(400, "an invalid request line")
    if parts[2] not in (b"HTTP/1.1", b"HTTP/1.0"):
        return Refused(505, "only HTTP/1.0 and HTTP/1.1 are served here")
    return Refused(400, "an invalid target")


def request_bytes(
    request: RequestHead,
    facts: bytes,
    trace: bytes,
    extra: bytes = b"",
    lines: list[bytes] | None = None,
) -> bytes:
    """The head to send upstream; `facts` are lines about the client, `extra` lines of ours.

    `lines` are sent in place of the request's own.
    """
    framing = b""
    if request.length is not None:
        framing = b"Content-Length: %d\r\n" % request.length
    elif request.chunked:
        framing = CHUNKED
    if request.expects and request.has_body:
        framing += b"Expect: 100-continue\r\n"
    if request.upgrade is not None:
        framing += b"Connection: Upgrade\r\nUpgrade: %b\r\n" % request.upgrade
    return b"".join(
        (
            request.method,
            b" ",
            request.target,
            b" HTTP/1.1\r\nHost: ",
            request.host or b"",
            b"\r\n",
            *(request.lines if lines is None else lines),
            facts,
            b"traceparent: ",
            trace,
            b"\r\n",
            framing,
            extra,
            b"\r\n",
        )
    )
