"""The request as an upstream gets it that lives at another address than its clients ask."""

from typing import Final
from urllib.parse import quote

from facade.http1.requests import RequestHead
from facade.routes.config.routefile import UpstreamConfig
from facade.routes.matching.paths import is_plain, path_of, resolved

PREFIX: Final = b"x-forwarded-prefix"
# Of a path that was decoded: what need not be encoded again.
_KEPT: Final = "/!$&'()*+,;=:@~"
_LOST: Final = "\ufffd"


class RequestRewrite:
    """What changes in the head of each request to one upstream."""

    __slots__ = ("_add", "_any_case", "_host", "_line", "_strip")

    def __init__(self, config: UpstreamConfig, *, any_case: bool = False) -> None:
        """With `any_case` the prefix may be written in capitals as well."""
        self._host = None if config.host is None else config.host.encode("ascii")
        self._strip, self._add = config.prefix.strip, config.prefix.add
        self._any_case = any_case
        self._line = b"X-Forwarded-Prefix: %b\r\n" % self._strip.encode("ascii")

    @classmethod
    def of(cls, config: UpstreamConfig, *, any_case: bool = False) -> "RequestRewrite | None":
        """The rewriting that an upstream's options ask for; None: its requests stay as they are."""
        if config.host is None and not (config.prefix.strip or config.prefix.add):
            return None
        return cls(config, any_case=any_case)

    def head(self, head: RequestHead) -> RequestHead:
        """A head for the upstream; the one given is not changed."""
        other = head.copied()
        if self._host is not None:
            other.host = self._host
        other.target = self.target(head.target)
        if self._strip and other.target != head.target:
            hidden = {f.line for f in head.fields if f.name.replace(b"_", b"-") == PREFIX}
            other.lines = [line for line in head.lines if line not in hidden]
            other.lines.append(self._line)
        return other

    def words(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Headers as texts, with the Host that the upstream is asked with."""
        if self._host is None:
            return headers
        host = self._host.decode("ascii")
        return tuple((name, host if name.lower() == "host" else text) for name, text in headers)

    def target(self, target: bytes) -> bytes:
        """The target with its path as the upstream knows it; the query stays as it is.

        What is below the prefix stays as it was written. Where the prefix itself is written in
        another way (`//shop/x`, `/%73hop/x`), the path is sent as it is read. A path that is read
        as one outside of the prefix is not changed.
        """
        if not (self._strip or self._add) or target == b"*":
            return target
        path, mark, query = target.partition(b"?")
        path = path_of(path)
        rest = self._below(path) if self._strip else path
        if rest is None:
            return target
        return (self._add.encode("ascii") + rest or b"/") + mark + query

    def _below(self, path: bytes) -> bytes | None:
        """What follows the prefix; None where the path is not below it."""
        length = len(self._strip)
        written = path[:length].decode("latin-1"), path[length:]
        literal = self._same(written[0]) and written[1][:1] in (b"", b"/")
        if is_plain(path):
            return written[1] if literal else None
        meant = resolved(path)
        if not (self._same(meant[:length]) and meant[length : length + 1] in ("", "/")):
            return None
        if literal and resolved(written[1] or b"/") == (meant[length:] or "/"):
            return written[1]
        if _LOST in meant:
            return None  # its bytes are not known any more
        return quote(meant[length:], safe=_KEPT).encode("ascii")

    def _same(self, text: str) -> bool:
        if self._any_case:
            return text.lower() == self._strip.lower()
        return text == self._strip
