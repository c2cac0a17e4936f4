"""What a request says, read as the shop has always read it: of what is repeated, the first."""

import codecs
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote

# Bytes that are no UTF-8 stay as they were sent: `%FF`.
KEEP = "storefront.keep"
_ESCAPED = re.compile(r"\\([0-3][0-7]{2}|.)")  # within a cookie in quotes


def _kept(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return quote(error.object[error.start : error.end], safe=""), error.end


codecs.register_error(KEEP, _kept)


def first_parameters(query: bytes) -> Mapping[str, str]:
    """Of a query string or a form's body, names in the order they came."""
    found: dict[str, str] = {}
    text = query.decode("utf-8", KEEP)
    for name, value in parse_qsl(text, keep_blank_values=True, errors=KEEP):
        found.setdefault(name, value)
    return found


def first_cookies(lines: Iterable[str]) -> Mapping[str, str]:
    """Of the `Cookie` headers."""
    found: dict[str, str] = {}
    for line in lines:
        for part in line.split(";"):
            name, equals, value = part.partition("=")
            if equals and name.strip():
                found.setdefault(name.strip(), _unquoted(value.strip()))
    return found


def _unquoted(value: str) -> str:
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    return _ESCAPED.sub(_unescaped, value[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    return found[1] if len(found[1]) == 1 else chr(int(found[1], 8))
