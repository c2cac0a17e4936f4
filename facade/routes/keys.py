"""What a request is known by: read from its path, headers, cookies or the client's address."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from facade.routes.routefile import KeySource

# Names in lower case, as the inbound side collects them.
Headers = Iterable[tuple[bytes, bytes]]
# (headers, resolved path, client address) -> value, or None when the request has none.
Extractor = Callable[[Headers, str, str], str | None]


class Key(NamedTuple):
    """The value a request is bucketed by, and the source it was found at."""

    value: str
    source: str


def identify(
    extractors: tuple[tuple[str, Extractor], ...], headers: Headers, path: str, client: str
) -> Key | None:
    """The first key the request has, in the order of the route; None when it has none.

    `headers` are (lower-case name, value) pairs, `path` is the resolved path of the lookup,
    `client` the client's address without its port.
    """
    for source, extract in extractors:
        value = extract(headers, path, client)
        if value:
            return Key(value, source)
    return None


def compile_key(source: KeySource, template: str, session_cookie: str) -> tuple[str, Extractor]:
    """The extractor of one source, beside its name for people."""
    return str(source), _extractor(source, template, session_cookie)


def _extractor(source: KeySource, template: str, session_cookie: str) -> Extractor:
    if source.kind == "path":
        return _path_segment(template.split("/").index("{" + source.name + "}"))
    if source.kind == "header":
        return _header(source.name.lower().encode("ascii"))
    if source.kind == "client":
        return lambda _headers, _path, client: client or None
    return _cookie((source.name or session_cookie).encode("ascii"))


def _path_segment(index: int) -> Extractor:
    return lambda _headers, path, _client: path.split("/")[index]


def _header(wanted: bytes) -> Extractor:
    def extract(headers: Headers, _path: str, _client: str) -> str | None:
        for name, value in headers:
            if name == wanted:
                return value.strip().decode("utf-8", "replace")
        return None

    return extract


def _cookie(wanted: bytes) -> Extractor:
    prefix = wanted + b"="

    def extract(headers: Headers, _path: str, _client: str) -> str | None:
        for name, value in headers:
            if name == b"cookie" and prefix in value:
                found = _cookie_value(value, prefix)
                if found is not None:
                    return found
        return None

    return extract


def _cookie_value(line: bytes, prefix: bytes) -> str | None:
    start = line.find(prefix)
    while start >= 0:
        before = line[:start].rstrip()
        if not before or before.endswith(b";"):
            value = line[start + len(prefix) :].partition(b";")[0]
            return value.strip().strip(b'"').decode("utf-8", "replace")
        start = line.find(prefix, start + 1)
    return None
