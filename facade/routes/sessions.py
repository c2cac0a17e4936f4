"""The session's cookie as frameworks write it: by the usual names, whole or cut in pieces.

A session too long for one cookie is cut: `name.0`, `name_1`, `nameC1`. All pieces together are one
session, and so are all cookies of one name, since programs do not agree on which of them counts.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from facade.routes.config.routefile import FacadeOptions

# The usual names of each framework; `*` means any characters. The first that a client has counts.
PRESETS: Final = {
    "django": ("sessionid",),
    "rails": ("_*_session",),
    "laravel": ("laravel_session", "*_session"),
    "express": ("connect.sid",),
    "php": ("PHPSESSID",),
    "aspnet": (
        ".AspNetCore.Session",
        "ASP.NET_SessionId",
        ".AspNetCore.Identity.Application",
        ".AspNetCore.Cookies",
    ),
    "flask": ("session",),
}
# Frameworks that write another value with each answer, or now and then.
CHANGING: Final = frozenset({"rails", "laravel", "aspnet", "flask"})
STICKY_COOKIE: Final = "fig_client"
STICKY_SECONDS: Final = 90 * 24 * 3600
_PIECE: Final = rb"(?:[._-]\d{1,3}|C\d{1,3})?"
_STICKY: Final = re.compile(rb"[0-9a-f]{32}")

Pair = tuple[bytes, bytes]  # a cookie's name and value


def names_of(options: FacadeOptions) -> tuple[str, ...]:
    """The names of the session's cookie, the first that a client has counts."""
    session = options.session
    return (options.session_cookie,) if session is None else PRESETS[session.preset]


def is_sticky(options: FacadeOptions) -> bool:
    """Whether clients are known by a cookie of ours, since the session's changes."""
    session = options.session
    if session is None or session.sticky is not None:
        return session is not None and bool(session.sticky)
    return session.preset in CHANGING


class SessionCookies:
    """Finds the session among a client's cookies."""

    __slots__ = ("_one", "_patterns", "names")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        # the name, where there is only one: most cookies are distinguished without a pattern
        plain = len(names) == 1 and "*" not in names[0]
        self._one = names[0].encode("ascii") if plain else b""
        self._patterns = [
            re.compile(re.escape(name.encode("ascii")).replace(rb"\*", rb"[^=;\s]*") + _PIECE)
            for name in names
        ]

    def covers(self, name: bytes) -> bool:
        """Whether a cookie of this name is the session, or a piece of it."""
        if self._one and (name == self._one or self._one not in name):
            return name == self._one
        return any(pattern.fullmatch(name) for pattern in self._patterns)

    def find(self, lines: Iterable[bytes]) -> bytes | None:
        """The session as a Cookie header writes it, `name=value; …`; None where there is none.

        `lines` are values of Cookie headers.
        """
        held = [line for line in lines if self._one in line]
        if self._one and len(held) == 1 and held[0].count(self._one) == 1:
            for pair in held[0].split(b";"):
                name, equals, value = pair.partition(b"=")
                if equals and name.strip() == self._one:
                    value = value.strip()
                    return b"%b=%b" % (self._one, value) if value else None
        found = self.among([pair for line in held for pair in pairs_of(line)])
        return b"; ".join(b"%b=%b" % pair for pair in found) or None

    def among(self, pairs: list[Pair]) -> list[Pair]:
        """The session's cookies among these, pieces in order; those without a value left out."""
        for pattern in self._patterns:
            found = [pair for pair in pairs if pair[1] and pattern.fullmatch(pair[0])]
            if found:
                return sorted(found, key=_in_order)
        return []


def _in_order(pair: Pair) -> tuple[int, bytes]:
    """Pieces are numbered: the tenth comes after the ninth."""
    return len(pair[0]), pair[0]


def pairs_of(line: bytes) -> list[Pair]:
    """Names and values of a Cookie header."""
    pairs = (pair.partition(b"=") for pair in line.split(b";"))
    return [(name.strip(), value.strip()) for name, equals, value in pairs if equals]


def key_of(found: list[Pair]) -> str | None:
    """The key of a client: the value of its one cookie, or all cookies."""
    if not found:
        return None
    if len(found) == 1:
        return found[0][1].strip(b'"').decode("utf-8", "replace")
    return "; ".join(f"{name.decode('latin-1')}={value.decode('latin-1')}" for name, value in found)


def sticky_value(lines: Iterable[bytes]) -> str | None:
    """The client's key in our own cookie; None where there is no valid one."""
    for line in lines:
        for name, value in pairs_of(line):
            if name == STICKY_COOKIE.encode() and _STICKY.fullmatch(value):
                return value.decode("ascii")
    return None


def sticky_key(session: str) -> str:
    """The sticky key of a client with this session; the session cannot be derived from it."""
    return blake2b(session.encode("utf-8"), digest_size=16, person=b"fig_client").hexdigest()


def sticky_line(key: str) -> bytes:
    """The header that gives a client our cookie."""
    text = f"Set-Cookie: {STICKY_COOKIE}={key}; Max-Age={STICKY_SECONDS}; Path=/; HttpOnly"
    return f"{text}; SameSite=Lax\r\n".encode("ascii")
