"""Addresses within the shop, escaped as the shop has always written them."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

_IN_SEGMENT = "!$&'()*+,/:;=@"
_IN_QUERY = "!$'()*,/:;?@"


def address(path: str, *segments: str, **parameters: str | int) -> str:
    """`address("/category", "TENTS", sort="name")` is `/category/TENTS?sort=name`."""
    return with_query(
        "/".join([path, *(quote(each, _IN_SEGMENT) for each in segments)]), parameters
    )


def as_sent(location: str) -> str:
    """A path of the shop as a header can carry it: what it cannot carry is escaped."""
    parts = urlsplit(location)
    path, query = quote(parts.path, f"%{_IN_SEGMENT}"), quote(parts.query, f"%?&{_IN_QUERY}+=")
    return urlunsplit(("", "", path, query, quote(parts.fragment, f"%!#?{_IN_SEGMENT}")))


def with_query(path: str, parameters: Mapping[str, str | int]) -> str:
    """The path, with the parameters in their order; `path` is escaped already."""
    return f"{path}?{urlencode(parameters, safe=_IN_QUERY)}" if parameters else path
