"""Decide which side answers a request: its key, the key's bucket, the side. Pure.

A bucket is one of 10,000; the new side takes the first ones, so that growing only adds users.
`tests/unit/facade/routes/bucket_vectors.json` fixes the function for other languages.
"""

from dataclasses import dataclass
from typing import Final

from mmh3 import hash as murmur3_32

from facade.routes.config.limitfile import KeySource
from facade.routes.config.routefile import FacadeOptions
from facade.routes.keys import Extractor, Headers
from facade.routes.route import (
    NO_KEY,
    OWN_WRITE,
    PERCENT,
    UNAVAILABLE,
    Decision,
    Route,
)
from facade.routes.sessions import (
    SessionCookies,
    is_sticky,
    key_of,
    names_of,
    pairs_of,
    sticky_key,
    sticky_value,
)

BUCKETS: Final = 10_000


@dataclass(slots=True)
class Key:
    """The value a request is bucketed by, and the source it was found at; never changed."""

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


def bucket_of(seed: str, key: str) -> int:
    """The bucket, 0..9999, of `key` under `seed` (both UTF-8): evenly spread, the same anywhere."""
    return (int(murmur3_32(seed + key, 0, False)) * BUCKETS) >> 32


def random_bucket(draw: float) -> int:
    """The bucket of a request without a key; `draw` lies in [0, 1)."""
    return int(draw * BUCKETS)


def decide(route: Route, key: Key | None, *, new_available: bool, draw: float) -> Decision:
    """The side that answers.

    `key` matters only when `route.needs_key`; `new_available`: breaker and pool of the new side let
    a request through; `draw` in [0, 1) is the chance for a request without a key. Only a route that
    may fall back is diverted from a new side that is away: a write may have been tried before.
    """
    decision = route.settled or _by_percent(route, key, draw)
    if new_available or not route.fallback or decision.side == "legacy":
        return decision
    return diverted(route, decision)


def diverted(route: Route, decision: Decision) -> Decision:
    """Legacy in place of the new side that was decided and cannot be asked."""
    return Decision("legacy", route.legacy, decision.bucket, UNAVAILABLE, False)


def own_write(route: Route, decision: Decision) -> Decision:
    """The new side, for a client whose last write legacy may not have yet."""
    if decision.side == "new" or route.new is None:
        return decision
    return Decision("new", route.new, decision.bucket, OWN_WRITE, False)


def _by_percent(route: Route, key: Key | None, draw: float) -> Decision:
    if key is None:
        bucket, reason, sticky = random_bucket(draw), NO_KEY, False
    else:
        bucket, reason, sticky = bucket_of(route.seed, key.value), PERCENT, True
    if bucket < route.threshold and route.new is not None:
        return Decision("new", route.new, bucket, reason, sticky)
    return Decision("legacy", route.legacy, bucket, reason, sticky)


def sampled(route: Route, draw: float) -> bool:
    """Whether this request is also asked on the other side; `draw` lies in [0, 1)."""
    return draw * BUCKETS < route.sample


def compile_key(source: KeySource, template: str, options: FacadeOptions) -> tuple[str, Extractor]:
    """The extractor of one source, beside its name for people."""
    return str(source), _extractor(source, template, options)


def _extractor(source: KeySource, template: str, options: FacadeOptions) -> Extractor:
    if source.kind == "path":
        return _path_segment(template.split("/").index("{" + source.name + "}"))
    if source.kind == "header":
        return _header(source.name.lower().encode("ascii"))
    if source.kind == "client":
        return lambda _headers, _path, client: client or None
    if source.kind == "cookie":
        return _cookie(source.name)
    if options.session is None:
        return _cookie(options.session_cookie)
    found = _session(SessionCookies(names_of(options)))
    return _sticky(found) if is_sticky(options) else found


def _path_segment(index: int) -> Extractor:
    return lambda _headers, path, _client: path.split("/")[index]


def _header(wanted: bytes) -> Extractor:
    def extract(headers: Headers, _path: str, _client: str) -> str | None:
        for name, value in headers:
            if name == wanted:
                return value.strip().decode("utf-8", "replace")
        return None

    return extract


def _cookie(name: str) -> Extractor:
    """The value of the cookie of this name; pieces and further ones of the name belong to it."""
    wanted, whole = name.encode("ascii"), _session(SessionCookies((name,)))
    prefix = wanted + b"="

    def extract(headers: Headers, path: str, client: str) -> str | None:
        lines = [value for name, value in headers if name == b"cookie" and wanted in value]
        if not lines:
            return None
        if len(lines) == 1 and lines[0].count(wanted) == 1:
            return _cookie_value(lines[0], prefix) or whole(headers, path, client)
        return whole(headers, path, client)

    return extract


def _session(cookies: SessionCookies) -> Extractor:
    def extract(headers: Headers, _path: str, _client: str) -> str | None:
        pairs = [pair for name, value in headers if name == b"cookie" for pair in pairs_of(value)]
        return key_of(cookies.among(pairs))

    return extract


def _sticky(session: Extractor) -> Extractor:
    """By our own cookie, which stays the same while the session's changes with each answer."""

    def extract(headers: Headers, path: str, client: str) -> str | None:
        given = sticky_value(value for name, value in headers if name == b"cookie")
        if given is not None:
            return given
        found = session(headers, path, client)
        return None if found is None else sticky_key(found)

    return extract


def _cookie_value(line: bytes, prefix: bytes) -> str | None:
    """The cookie's value in a line that has the name once; None where it belongs to another one."""
    before, found, rest = line.partition(prefix)
    before = before.rstrip()
    if not found or (before and not before.endswith(b";")):
        return None
    return rest.partition(b";")[0].strip().strip(b'"').decode("utf-8", "replace")
