"""Heads of answers that are malformed in ways a proxy may correct (RFC 9112).

Browsers and other proxies read such answers, and RFC 9112 defines what each of them means. The head
is rewritten as it should have been and then read as strictly as any other; a head with two meanings
stays refused. Requests are never corrected.
"""

import re
from typing import Final

from facade.http1.fields import MOST_DIGITS, tokens
from facade.http1.refusal import Refused
from facade.http1.responses import ResponseHead, read_response

# The kinds that are counted; the number is the section of RFC 9112, or of RFC 9110.
BARE_LF: Final = "bare LF"  # 2.2: a line may end without CR
STATUS_LINE: Final = "status line"  # 4 and 2.3: blanks between its words, 1.2 for 1.1, the reason
COLON: Final = "blank before colon"  # 5.1: must be removed
FOLDED: Final = "folded line"  # 5.2: one line, with a blank
CONTROL: Final = "control character"  # RFC 9110, 5.5: a blank in its place
LENGTHS: Final = "repeated length"  # 6.3: equal ones are one
CODINGS: Final = "repeated coding"  # 7.1: chunked twice was applied once
IDENTITY: Final = "identity coding"  # RFC 2616, 3.6: no coding at all
BOTH: Final = "length beside coding"  # 6.3: the coding wins, the length is removed

_LINE_END: Final = re.compile(rb"\r?\n")
_END: Final = re.compile(rb"\n\r?\n")
_BLANKS: Final = b" \t"
_CONTROLS: Final = bytes((*range(1, 9), *range(10, 32), 127))  # NUL is not mended
_TO_BLANK: Final = bytes(0x20 if code in _CONTROLS else code for code in range(256))
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.(\d)[ \t]+([1-9]\d\d)(?:[ \t]+([^\x00\r\n]*))?[ \t]*")
_STRICT_LINE: Final = re.compile(rb"HTTP/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?")


def read_loosely(
    data: bytes, largest: int, most_fields: int, method: bytes
) -> tuple[ResponseHead, bytes] | None:
    """Read the head at the begin of `data`, mended where that is allowed.

    Returns the head and what follows it; None where it is not complete. Raises Refused.
    """
    end = _END.search(data)
    if end is None or end.start() > largest:
        if len(data) > largest:
            raise Refused(502, "the head is too large")
        return None
    kinds: list[str] = []
    head = _mended(data[: end.start()].removesuffix(b"\r"), kinds)
    response = read_response(head, most_fields, method)
    if kinds:
        response.mended = tuple(dict.fromkeys(kinds))
        response.keep_alive = False
    return response, data[end.end() :]


def _mended(head: bytes, kinds: list[str]) -> bytes:
    """The head as it should have been; the kinds of its faults are appended to `kinds`."""
    if head.count(b"\n") != head.count(b"\r\n"):
        kinds.append(BARE_LF)
    first, *lines = _LINE_END.split(head)
    fields = [_field(line, kinds) for line in _unfolded(lines, kinds)]
    return b"\r\n".join((_status_line(first, kinds), *_framing(fields, kinds)))


def _status_line(line: bytes, kinds: list[str]) -> bytes:
    if _STRICT_LINE.fullmatch(line):
        return line
    match = _STATUS_LINE.fullmatch(line)
    if match is None:
        return line  # refused by the strict reader
    minor, status, reason = match.groups()
    reason = (reason or b"").translate(_TO_BLANK)
    kinds.append(STATUS_LINE)
    return b"HTTP/1.%b %b %b" % (minor if minor == b"0" else b"1", status, reason)


def _unfolded(lines: list[bytes], kinds: list[str]) -> list[bytes]:
    whole: list[bytes] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and whole:
            kinds.append(FOLDED)
            whole[-1] += b" " + line.strip(_BLANKS)
        else:
            whole.append(line)
    return whole


def _field(line: bytes, kinds: list[str]) -> tuple[bytes, bytes]:
    """Name and value. A line without a colon, or with any other bad name, stays refused."""
    name, colon, value = line.partition(b":")
    if not colon:
        raise Refused(502, "a header without a valid name")
    bare = name.rstrip(_BLANKS)
    if bare != name:
        kinds.append(COLON)
    value = value.strip(_BLANKS)
    clean = value.translate(_TO_BLANK)
    if clean != value:
        kinds.append(CONTROL)
    return bare, clean


def _framing(fields: list[tuple[bytes, bytes]], kinds: list[str]) -> list[bytes]:
    """The field lines, with at most one that delimits the body."""
    lengths = [value for name, value in fields if name.lower() == b"content-length"]
    codings = [value for name, value in fields if name.lower() == b"transfer-encoding"]
    framing: list[bytes] = []
    if codings:
        framing = _coding(codings, bool(lengths), kinds)
        if lengths and framing:
            kinds.append(BOTH)
    elif lengths:
        framing = [b"Content-Length: " + _length(lengths, kinds)]
    others = [
        b"%b: %b" % (name, value)
        for name, value in fields
        if name.lower() not in (b"content-length", b"transfer-encoding")
    ]
    return [*others, *framing]


def _length(values: list[bytes], kinds: list[str]) -> bytes:
    """Equal lengths are one; others are refused, and so is none at all."""
    said = [part for value in values for part in tokens(value)]
    if not said or len(set(said)) > 1 or not said[0].isdigit() or len(said[0]) > MOST_DIGITS:
        raise Refused(502, "an invalid Content-Length")
    if values != [said[0]]:
        kinds.append(LENGTHS)
    return said[0]


def _coding(values: list[bytes], beside_length: bool, kinds: list[str]) -> list[bytes]:
    """`chunked` once, or nothing where only `identity` is named and no length contradicts that."""
    said = [part for value in values for part in tokens(value)]
    real = [coding for coding in said if coding != b"identity"]
    if len(real) < len(said):
        kinds.append(IDENTITY)
    if not said or set(real) - {b"chunked"} or (beside_length and not real):
        raise Refused(502, "a transfer coding other than chunked")
    if len(real) > 1:
        kinds.append(CODINGS)
    return [b"Transfer-Encoding: chunked"] if real else []
