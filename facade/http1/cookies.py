"""Cookies: read one of a request or an answer, take one out. Values stay as they were written."""

from facade.http1.fields import COOKIE, Field
from facade.http1.requests import RequestHead
from facade.http1.responses import ResponseHead


def value_of(head: RequestHead, name: bytes) -> bytes | None:
    """The value of the first cookie of this name; None when there is none, or an empty one."""
    for field in head.cookies or ():
        if name not in field.value:
            continue
        for pair in field.value.split(b";"):
            found, equals, value = pair.partition(b"=")
            if equals and found.strip() == name:
                return value.strip() or None
    return None


def given(head: ResponseHead, name: bytes) -> bytes | None:
    """The value that an answer gives this cookie; None when it gives or leaves none."""
    value = None
    for field in head.fields:
        if field.name == b"set-cookie":
            found, equals, text = field.value.partition(b";")[0].partition(b"=")
            if equals and found.strip() == name:
                value = text.strip() or None
    return value


def remove(head: RequestHead, name: bytes) -> None:
    """Take a cookie out of the head, so that no side sees it."""
    for field in head.cookies or ():
        if name in field.value:
            left = _without(field, name)
            head.fields = [left if one is field else one for one in head.fields]
            head.lines = _replaced(head.lines, field, left)
            head.cookies = [field for field in head.fields if field.kind == COOKIE]


def lines_without(head: RequestHead, name: bytes) -> list[bytes]:
    """The lines to forward, without a cookie; the head itself keeps it."""
    lines = head.lines
    for field in head.cookies or ():
        if name in field.value:
            lines = _replaced(lines, field, _without(field, name))
    return lines


def _replaced(lines: list[bytes], old: Field, new: Field) -> list[bytes]:
    """A line that is not there was named by Connection, and ends here."""
    found = []
    for line in lines:
        if line != old.line:
            found.append(line)
        elif new.value:
            found.append(new.line)
    return found


def _without(field: Field, name: bytes) -> Field:
    pairs = field.value.split(b";")
    kept = [pair for pair in pairs if pair.strip() and pair.partition(b"=")[0].strip() != name]
    value = b";".join(kept).strip()
    return Field(COOKIE, field.name, value, b"Cookie: %b\r\n" % value)
