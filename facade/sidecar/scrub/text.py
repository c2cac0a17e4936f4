"""Secret values out of forms with parts, HTML and XML."""

import re
from collections.abc import Callable

from facade.compare.masking import MASK
from facade.sidecar.scrub.json import Unreadable

IsSecret = Callable[[str], bool]

_BOUNDARY = re.compile(r"""boundary=("?)([^";]+)\1""", re.IGNORECASE)
_PART_NAME = re.compile(rb"""[ ;]name=("?)([^";\r\n]+)\1""", re.IGNORECASE)
_TAG = re.compile(rb"<(?:input|meta|button|option)\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"""(?P<name>[\w:-]+)\s*=\s*(?:"(?P<two>[^"]*)"|'(?P<one>[^']*)'|(?P<bare>[^\s"'>]+))"""
)
_ELEMENT = re.compile(rb"<(?P<name>[\w.:-]+)(?:\s[^>]*)?>(?P<text>[^<]+)</(?P=name)\s*>")
_XML_ATTRIBUTE = re.compile(
    rb"""(?P<name>[\w.:-]+)\s*=\s*(?P<sign>["'])(?P<text>[^<]*?)(?P=sign)"""
)
_MASK = MASK.encode()


def multipart(body: bytes, content_type: str, is_secret: IsSecret) -> bytes:
    """A form whose fields are parts. Raises Unreadable."""
    found = _BOUNDARY.search(content_type)
    mark = b"--" + found[2].encode("latin-1") if found else b""
    if not found or mark not in body:
        raise Unreadable("a form without its boundary")
    return mark.join(_part(part, is_secret) for part in body.split(mark))


def _part(part: bytes, is_secret: IsSecret) -> bytes:
    head, gap, _ = part.partition(b"\r\n\r\n")
    name = _PART_NAME.search(head)
    if not gap or name is None or not is_secret(name[2].decode("utf-8", "replace")):
        return part
    return head + gap + _MASK + b"\r\n"


def html(body: bytes, is_secret: IsSecret) -> bytes:
    """A page: the values of its inputs for passwords, tokens and the like."""
    return _TAG.sub(lambda found: _tag(found[0], is_secret), body)


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
