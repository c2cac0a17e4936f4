"""The answer of an upstream that knows itself by another address than its clients ask.

An address of the upstream's own becomes a path, which is right under whatever name and scheme the
client asked. One that changes the scheme (a redirect from http to https) keeps that scheme, with
the host that the client asked.
"""

import re
from typing import Final

from facade.http1.fields import Field
from facade.http1.responses import ResponseHead
from facade.rewriting.cookies import CookieRewrite
from facade.rewriting.references import (
    halves,
    is_below,
    place_of,
    places,
    rooted,
    split,
)
from facade.routes.config.addressfile import Replacement, Rewrite
from facade.routes.config.routefile import UpstreamConfig

_REFRESH: Final = re.compile(
    rb"([\d.]*[;,\s]+(?:url\s*=\s*)?)(['\"]?)(.*?)(['\"]?)", re.IGNORECASE | re.DOTALL
)
_SAID: Final = re.compile(rb"\r\n(x-forwarded-(?:host|proto)): ([^,\r\n]*)", re.IGNORECASE)
_HOST, _PROTO = b"x-forwarded-host", b"x-forwarded-proto"


class Asked:
    """The address that a client asked."""

    __slots__ = ("host", "proto")

    def __init__(self, host: str, proto: str) -> None:
        """`host` as the client wrote it, `proto` is http or https."""
        self.proto = proto.lower().encode("latin-1")
        place = place_of(host.encode("latin-1", "replace"), self.proto)
        self.host = b"" if place is None else place[0]  # without its port

    @classmethod
    def of(cls, sent: bytes) -> "Asked":
        """As the head `sent` said to the side that got it."""
        said: dict[bytes, str] = {}
        for name, value in _SAID.findall(sent.partition(b"\r\n\r\n")[0]):
            said.setdefault(name.lower(), value.strip().decode("latin-1"))
        return cls(said.get(_HOST, ""), said.get(_PROTO, "http"))


class AnswerRewrite:
    """What changes in the heads of one upstream's answers."""

    __slots__ = ("_add", "_cookies", "_own", "_replaced", "_scheme", "_strip")

    def __init__(self, config: UpstreamConfig, options: Rewrite) -> None:
        self._own = places((*config.urls, *options.own), config.host)
        # The scheme it is asked by: what it says under this one, it says of itself.
        secure = any(url.startswith("https:") for url in config.urls)
        self._scheme = b"https" if secure else b"http"
        self._strip = config.prefix.strip.encode("ascii")
        self._add = config.prefix.add.encode("ascii")
        self._replaced = _bytes(options.redirects)
        self._cookies = CookieRewrite(
            frozenset(name for name, _ in self._own),
            _bytes(options.cookie_domains),
            _bytes(options.cookie_paths),
            self._path,
        )

    @classmethod
    def of(cls, config: UpstreamConfig) -> "AnswerRewrite | None":
        """The rewriting that an upstream's options ask for; None: its answers stay as they are."""
        options, prefix = config.rewrite, config.prefix
        if options is None and (config.host is not None or prefix.strip or prefix.add):
            options = Rewrite()
        return cls(config, options) if options is not None and options.allowed else None

    def head(self, head: ResponseHead, sent: bytes) -> None:
        """Change a head that answers the request `sent`."""
        asked: Asked | None = None
        for at, field in enumerate(head.fields):
            if field.name not in _REWRITTEN:
                continue
            asked = asked or Asked.of(sent)
            value = self.value(field.name, field.value, asked)
            if value != field.value:
                name = field.line.partition(b":")[0]
                changed = Field(field.kind, field.name, value, b"%b: %b\r\n" % (name, value))
                head.fields[at] = changed
                head.lines = [changed.line if one == field.line else one for one in head.lines]

    def words(
        self, headers: tuple[tuple[str, str], ...], asked: Asked
    ) -> tuple[tuple[str, str], ...]:
        """The same for headers as texts, their names in small letters."""
        return tuple(
            (name, self.value(name.encode(), value.encode("latin-1"), asked).decode("latin-1"))
            if name.encode() in _REWRITTEN
            else (name, value)
            for name, value in headers
        )

    def value(self, name: bytes, value: bytes, asked: Asked) -> bytes:
        """The value of a header of this name (in small letters) for the client."""
        if name == b"set-cookie":
            return self._cookies.value(value, asked.host)
        if name != b"refresh":
            return self._reference(value, asked)
        found = _REFRESH.fullmatch(value)
        if found is None:
            return value
        return found[1] + found[2] + self._reference(found[3], asked) + found[4]

    def _reference(self, reference: bytes, asked: Asked) -> bytes:
        parts = split(reference)
        if parts is None and reference[:1] != b"/":
            return reference
        whole = reference
        if parts is not None:
            whole = (parts[0] and parts[0] + b":") + b"//" + parts[1].lower() + parts[2]
        for prefix, by in self._replaced.items():
            same_kind = (parts is None) == (prefix[:4] != b"http")
            if same_kind and is_below(halves(whole)[0], prefix):
                rest = whole[len(prefix) :]
                return by + rest if by else rooted(rest if rest[:1] == b"/" else b"/" + rest)
        if parts is None:
            path = self._path(reference)
            return reference if path == reference else rooted(path)
        scheme, authority, rest = parts
        return self._absolute(scheme or asked.proto, authority, rest, asked) or reference

    def _absolute(self, scheme: bytes, authority: bytes, rest: bytes, asked: Asked) -> bytes | None:
        """The reference for an address with a host; None: it stays."""
        place = place_of(authority, scheme)
        path = self._path(rest if rest[:1] == b"/" else b"/" + rest)
        if place in self._own:
            kept = scheme in (asked.proto, self._scheme) or not asked.host
            return rooted(path) if kept else b"%b://%b%b" % (scheme, asked.host, path)
        if place is not None and place[0] == asked.host and path != rest:
            return b"%b://%b%b" % (scheme, authority, path) if self._strip or self._add else None
        return None

    def _path(self, reference: bytes) -> bytes:
        """A path of the upstream's as clients write it; one that they know already stays."""
        path, rest = halves(reference)
        if self._add and is_below(path, self._add):
            return (self._strip + path[len(self._add) :] or b"/") + rest
        if self._add or is_below(path, self._strip):
            return reference
        return self._strip + reference


_REWRITTEN: Final = frozenset({b"location", b"content-location", b"refresh", b"set-cookie"})


def _bytes(replacements: tuple[Replacement, ...]) -> dict[bytes, bytes]:
    return {one.of.encode("ascii"): one.by.encode("ascii") for one in replacements}
