"""Addresses as answers write them: `https://host:port/path`, `//host/path`, `/path`."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

_ABSOLUTE: Final = re.compile(rb"(?:(https?):)?//([^/?#\\@]+)(.*)", re.IGNORECASE | re.DOTALL)
_AUTHORITY: Final = re.compile(rb"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::(\d{0,5}))?", re.IGNORECASE)
_PATH_ENDS: Final = re.compile(rb"[?#]")
_DEFAULT_PORTS: Final = {b"http": 80, b"https": 443}

# A host in small letters, and its port; None: the usual one of whichever scheme is written.
Place = tuple[bytes, int | None]


def split(reference: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Scheme in small letters (may be empty), authority, and the rest; None: it names no host."""
    found = _ABSOLUTE.fullmatch(reference)
    return None if found is None else ((found[1] or b"").lower(), found[2], found[3])


def place_of(authority: bytes, scheme: bytes) -> Place | None:
    """The place that an authority names under this scheme; None for one that names none."""
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        return None
    port = int(found[2]) if found[2] else None
    return name_of(found[1]), None if port == _DEFAULT_PORTS.get(scheme) else port


def name_of(host: bytes) -> bytes:
    """A host's name as it is compared: small letters, no dot at the end."""
    return host.lower().removesuffix(b".")


def places(urls: Iterable[str], host: str | None) -> frozenset[Place]:
    """What an upstream at these addresses takes for its own: each address, and the Host that it
    is asked with, alone or with the port of an address."""
    found: set[Place] = set()
    for url in urls:
        parts = urlsplit(url)
        place = place_of(parts.netloc.encode("ascii", "replace"), parts.scheme.encode("ascii"))
        if place is None:
            continue  # a socket's path
        found.add(place)
        if host is not None and ":" not in host:
            found.add((name_of(host.encode("ascii")), place[1]))
    if host is not None:
        own = place_of(host.encode("ascii"), b"")
        if own is not None:
            found.add(own)
    return frozenset(found)


def halves(reference: bytes) -> tuple[bytes, bytes]:
    """The path of a reference without scheme and host, and the query and fragment behind it."""
    end = _PATH_ENDS.search(reference)
    return (reference, b"") if end is None else (reference[: end.start()], reference[end.start() :])


def is_below(path: bytes, prefix: bytes) -> bool:
    """Whether a path is the prefix, or lies below it."""
    return path.startswith(prefix) and path[len(prefix) :][:1] in (b"", b"/")


def rooted(path: bytes) -> bytes:
    """A path that browsers take for one: `//x`, `/\\x` and `/<tab>/x` would name a host."""
    return b"/." + path if path[1:2] in (b"/", b"\\", b"\t") else path
