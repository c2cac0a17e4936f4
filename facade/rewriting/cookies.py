"""Domain and Path of the cookies that an upstream gives, as a browser at the facade takes them."""

from collections.abc import Callable, Mapping
from typing import Final

from facade.rewriting.references import is_below, name_of

# Such a cookie has no Domain and the path `/`, or browsers refuse it.
_FIXED: Final = b"__host-"


class CookieRewrite:
    """What changes in the Set-Cookie headers of one upstream."""

    __slots__ = ("_domains", "_names", "_path", "_paths")

    def __init__(
        self,
        names: frozenset[bytes],
        domains: Mapping[bytes, bytes],
        paths: Mapping[bytes, bytes],
        path: Callable[[bytes], bytes],
    ) -> None:
        """`names` are the hosts that the upstream takes for its own; `domains` and `paths` what
        the route file names one by one; `path` makes a client's path of one of the upstream's."""
        self._names = names
        self._domains, self._paths = domains, paths
        self._path = path

    def value(self, value: bytes, asked: bytes) -> bytes:
        """The header's value for a client that asked this host; every other attribute stays."""
        pair, *attributes = value.split(b";")
        if not attributes or pair.strip().lower().startswith(_FIXED):
            return value
        kept = [pair]
        for attribute in attributes:
            name, equals, text = attribute.partition(b"=")
            word = name.strip().lower() if equals else b""
            changed: bytes | None = text.strip()
            if word == b"domain":
                changed = self._domain(text.strip(), asked)
            elif word == b"path":
                changed = self._path_of(text.strip())
            if changed == text.strip():
                kept.append(attribute)
            elif changed is not None:
                kept.append(name + b"=" + changed)
        return b";".join(kept)

    def _domain(self, domain: bytes, asked: bytes) -> bytes | None:
        """The Domain; None: the cookie has none, and is of the host that was asked alone."""
        name = name_of(domain.removeprefix(b"."))
        given = self._domains.get(name)
        if given is not None:
            return given
        foreign = not _covers(name, asked)
        return None if foreign and any(_covers(name, own) for own in self._names) else domain

    def _path_of(self, path: bytes) -> bytes:
        """The Path. `/` stays: the other side's pages may need the cookie, too."""
        for below, by in self._paths.items():
            if is_below(path, below):
                return by + path[len(below) :] or b"/"
        return path if path[:1] != b"/" or path == b"/" else self._path(path)


def _covers(domain: bytes, host: bytes) -> bool:
    return host == domain or host.endswith(b"." + domain)
