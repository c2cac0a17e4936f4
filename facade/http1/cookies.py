"""Cookies: read one of a request or an answer, take one out. Values stay as they were written."""

from collections.abc import Callable
from typing import Final

from facade.http1.fields import COOKIE, Field
from facade.http1.requests import RequestHead
from facade.http1.responses import ResponseHead

# The dashboard's cookie. Cookies know no port: a browser sends it to the public one as well.
OF_THE_ADMIN_PORT: Final = b"fig_admin"


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


def given(head: ResponseHead) -> list[tuple[bytes, bytes]]:
    """Names and values of the cookies that an answer gives; of one name, the last."""
    found: dict[bytes, bytes] = {}
    for field in head.fields:
        if field.name == b"set-cookie":
            name, equals, value = field.value.partition(b";")[0].partition(b"=")
            if equals:
                found[name.strip()] = value.strip()
    return list(found.items())


def remove(head: RequestHead, name: bytes) -> None:
    """Take a cookie out of the head, so that no side sees it."""
    for field in head.cookies or ():
        if name in field.value:
            left = _without(field, name.__eq__)
            head.fields = [left if one is field else one for one in head.fields]
            head.lines = _replaced(head.lines, field, left)
            head.cookies = [field for field in head.fields if field.kind == COOKIE]


def lines_without(head: RequestHead, covers: Callable[[bytes], bool]) -> list[bytes]:
    """The lines to forward, without the cookies of these names; the head itself keeps them."""
    lines = head.lines
    for field in head.cookies or ():
        left = _without(field, covers)
        if left.value != field.value:
            lines = _replaced(lines, field, left)
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


def _without(field: Field, covers: Callable[[bytes], bool]) -> Field:
    pairs = field.value.split(b";")
    kept = [pair for pair in pairs if pair.strip() and not covers(pair.partition(b"=")[0].strip())]
    if len(kept) == len(pairs):
        return field
    value = b";".join(kept).strip()
    return Field(COOKIE, field.name, value, b"Cookie: %b\r\n" % value)
