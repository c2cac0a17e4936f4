"""Secret values out of forms with parts, HTML, XML, tables and plain text."""

import csv
import io
import re
from collections.abc import Callable

from facade.compare.secrets import MASK, without_secrets
from facade.sidecar.scrub.json import Unreadable

IsSecret = Callable[[str], bool]

_BOUNDARY = re.compile(r"""boundary=("?)([^";]+)\1""", re.IGNORECASE)
_PART_KIND = re.compile(rb"content-type:[ \t]*([^\r\n]+)", re.IGNORECASE)
_PART_NAME = re.compile(rb"""[ ;]name=("?)([^";\r\n]+)\1""", re.IGNORECASE)
_TAG = re.compile(rb"<(?:input|meta|button|option)\b[^>]*>", re.IGNORECASE)
_DATA = re.compile(rb"""\sdata-(?P<name>[\w-]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)""")
_SCRIPT = re.compile(rb"(<script\b[^>]*>)(.*?)(</script\s*>)", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = re.compile(
    rb"""(?P<name>[\w:-]+)\s*=\s*(?:"(?P<two>[^"]*)"|'(?P<one>[^']*)'|(?P<bare>[^\s"'>]+))"""
)
_ELEMENT = re.compile(rb"<(?P<name>[\w.:-]+)(?:\s[^>]*)?>(?P<text>[^<]+)</(?P=name)\s*>")
_XML_ATTRIBUTE = re.compile(
    rb"""(?P<name>[\w.:-]+)\s*=\s*(?P<sign>["'])(?P<text>[^<]*?)(?P=sign)"""
)
_MASK = MASK.encode()
_TEXT = "text/plain"  # a part that says nothing of its kind (RFC 7578, 4.4)


Body = Callable[[bytes, str], bytes]  # body, content type -> the body without secrets


def multipart(body: bytes, content_type: str, is_secret: IsSecret, inside: Body) -> bytes:
    """A form whose fields are parts; a part with a content type of its own is scrubbed by that,
    `inside`, and dropped where that is of an unknown kind. Raises Unreadable."""
    found = _BOUNDARY.search(content_type)
    mark = b"--" + found[2].encode("latin-1") if found else b""
    if not found or mark not in body:
        raise Unreadable("a form without its boundary")
    return mark.join(_part(part, is_secret, inside) for part in body.split(mark))


def _part(part: bytes, is_secret: IsSecret, inside: Body) -> bytes:
    head, gap, content = part.partition(b"\r\n\r\n")
    if not gap:
        return part
    name, kind = _PART_NAME.search(head), _PART_KIND.search(head)
    if name is not None and is_secret(name[2].decode("utf-8", "replace")):
        return head + gap + _MASK + b"\r\n"
    try:
        clean = inside(content.removesuffix(b"\r\n"), kind[1].decode("latin-1") if kind else _TEXT)
    except Unreadable:
        clean = _MASK
    return head + gap + clean + b"\r\n"


def table(body: bytes, is_secret: IsSecret) -> bytes:
    """Comma-separated values: the columns whose heads say secret."""
    text = body.decode("utf-8", "surrogateescape")
    sign = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    hidden = [at for at, head in enumerate(rows[0] if rows else []) if is_secret(head)]
    if not hidden:
        return plain(body)
    for row in rows[1:]:
        for at in hidden:
            if at < len(row) and row[at]:
                row[at] = MASK
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sign, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogateescape")


def plain(body: bytes) -> bytes:
    """Any text: what is assigned to a secret name in it, and signed tokens."""
    text = body.decode("utf-8", "surrogateescape")
    return without_secrets(text).encode("utf-8", "surrogateescape")


def html(body: bytes, is_secret: IsSecret) -> bytes:
    """A page: the values of its inputs for passwords, tokens and the like, attributes whose names
    say secret, and what its scripts assign to such names."""
    body = _TAG.sub(lambda found: _tag(found[0], is_secret), body)
    body = _DATA.sub(lambda found: _data(found, is_secret), body)
    return _SCRIPT.sub(lambda found: found[1] + plain(found[2]) + found[3], body)


def _data(found: re.Match[bytes], is_secret: IsSecret) -> bytes:
    if not is_secret(found["name"].decode("ascii")):
        return found[0]
    return b" data-" + found["name"] + b'="' + _MASK + b'"'


def _tag(tag: bytes, is_secret: IsSecret) -> bytes:
    attributes = {found["name"].lower(): _value(found) for found in _ATTRIBUTE.finditer(tag)}
    name = attributes.get(b"name", b"").decode("utf-8", "replace")
    if attributes.get(b"type", b"").lower() != b"password" and not (name and is_secret(name)):
        return tag

    def masked(found: re.Match[bytes]) -> bytes:
        if found["name"].lower() not in (b"value", b"content"):
            return found[0]
        return found["name"] + b'="' + _MASK + b'"'

    return _ATTRIBUTE.sub(masked, tag)


def _value(found: re.Match[bytes]) -> bytes:
    return found["two"] or found["one"] or found["bare"] or b""


def xml(body: bytes, is_secret: IsSecret) -> bytes:
    """A document: the text of elements and the values of attributes by their names."""

    def masked(found: re.Match[bytes]) -> bytes:
        name = found["name"].rpartition(b":")[2].decode("utf-8", "replace")
        if not is_secret(name):
            return found[0]
        start, end = (at - found.start() for at in found.span("text"))
        return found[0][:start] + _MASK + found[0][end:]

    return _XML_ATTRIBUTE.sub(masked, _ELEMENT.sub(masked, body))
