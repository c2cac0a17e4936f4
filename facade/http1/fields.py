"""One field line of a head: its name, its value, the part it plays in forwarding; the framing.

Clients and servers repeat themselves, so the verdict on a whole line is remembered: most lines
cost one lookup. Lines that carry credentials are never remembered, but for the `Cookie` line that
a connection repeats (`LastCookie`).
"""

from dataclasses import dataclass, field
from typing import Final

from facade.http1.refusal import Refused

# What a field is to us. PASS is forwarded as it is; every other kind has a rule of its own.
PASS: Final = 0
HOST: Final = 1
LENGTH: Final = 2
CODING: Final = 3
CONNECTION: Final = 4
UPGRADE: Final = 5
EXPECT: Final = 6
TRACE: Final = 7
FORWARDED: Final = 8
DATE: Final = 9
DECLINED: Final = 10
COOKIE: Final = 11
AFTER_TOKEN: Final = 12
DROP: Final = 13
KEY: Final = 14
OWNER: Final = 15

_KINDS: Final = {
    b"host": HOST,
    b"content-length": LENGTH,
    b"transfer-encoding": CODING,
    b"connection": CONNECTION,
    b"upgrade": UPGRADE,
    b"expect": EXPECT,
    b"traceparent": TRACE,
    b"date": DATE,
    b"cookie": COOKIE,
    b"fig-declined": DECLINED,
    b"fig-owner": OWNER,
    b"fig-after-token": AFTER_TOKEN,
    b"idempotency-key": KEY,
    # said by proxies before us: believed only when we trust them
    b"forwarded": FORWARDED,
    b"x-forwarded-for": FORWARDED,
    b"x-forwarded-host": FORWARDED,
    b"x-forwarded-proto": FORWARDED,
    b"x-forwarded-port": FORWARDED,
    b"x-real-ip": FORWARDED,
    # for this connection only
    b"keep-alive": DROP,
    b"proxy-connection": DROP,
    b"proxy-authenticate": DROP,
    b"proxy-authorization": DROP,
    b"te": DROP,
    b"http2-settings": DROP,
}
# With these an answer may be "unchanged", a part, or a difference to what the client holds.
_CONDITIONAL: Final = frozenset(
    {b"if-none-match", b"if-modified-since", b"if-match", b"if-unmodified-since", b"if-range"}
    | {b"range", b"a-im"}
)
_OURS: Final = (b"fig-", b"x-fig-")  # said between our own processes, never by a client
# Never remembered: lines that carry credentials, and lines that no other request repeats.
_NOT_REMEMBERED: Final = frozenset(
    {b"cookie", b"set-cookie", b"authorization", b"x-api-key", b"idempotency-key"}
)

_TOKEN: Final = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FORBIDDEN: Final = bytes((*range(9), *range(10, 32), 127))

LONGEST_REMEMBERED: Final = 160
MOST_REMEMBERED: Final = 4096
MOST_DIGITS: Final = 18  # of a length

# Lines that we write ourselves.
VIA: Final = b"Via: 1.1 fig\r\n"
CHUNKED: Final = b"Transfer-Encoding: chunked\r\n"
CLOSE: Final = b"Connection: close\r\n"
KEEP_ALIVE: Final = b"Connection: keep-alive\r\n"


@dataclass(slots=True)
class Field:
    """A field line; `line` is it as we would write it, with its end. It is never changed."""

    kind: int
    name: bytes  # lower case
    value: bytes
    line: bytes
    # Of these, made once for all requests that repeat the line.
    pair: tuple[bytes, bytes] = field(init=False, repr=False)  # name and value
    conditional: bool = field(init=False, repr=False)  # it may say what the client holds

    def __post_init__(self) -> None:
        self.pair = self.name, self.value
        # Servers behind WSGI and CGI read `_` in a name as `-`.
        self.conditional = self.name.replace(b"_", b"-") in _CONDITIONAL


def kind_of(name: bytes) -> int:
    """The part a field of this lower-case name plays."""
    if b"_" in name:
        # WSGI and CGI read `_` as `-`: what is special under either spelling is dropped.
        return DROP if kind_of(name.replace(b"_", b"-")) != PASS else PASS
    return _KINDS.get(name, DROP if name.startswith(_OURS) else PASS)


def parse(line: bytes) -> Field:
    """Read one field line, without its end. Raises Refused when it is none."""
    name, colon, value = line.partition(b":")
    if not colon or not name or name.translate(None, _TOKEN):
        raise Refused(400, _bad_name(line))
    value = value.strip(b" \t")
    if len(value.translate(None, _FORBIDDEN)) != len(value):
        raise Refused(400, "a control character in a header's value")
    lower = name.lower()
    return Field(kind_of(lower), lower, value, b"%b: %b\r\n" % (name, value))


def _bad_name(line: bytes) -> str:
    if line[:1] in (b" ", b"\t"):
        return "a folded header"
    if b"\r" in line or b"\n" in line:
        return "a bare CR or LF in the head"
    return "a header without a valid name"


_remembered: dict[bytes, Field] = {}
lookup = _remembered.get


def learn(line: bytes) -> Field:
    """Read a line that is not remembered, and remember it where that may help."""
    field = parse(line)
    if len(line) <= LONGEST_REMEMBERED and field.name not in _NOT_REMEMBERED:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[line] = field
    return field


class LastCookie:
    """Remembers the `Cookie` line that came last on a connection, for that connection alone: a
    browser repeats its own, with every request."""

    __slots__ = ("_field", "_line")

    def __init__(self) -> None:
        self._line = b""
        self._field: Field | None = None

    def learn(self, line: bytes) -> Field:
        """The same as `learn` returns."""
        if self._field is not None and line == self._line:
            return self._field
        field = learn(line)
        if field.kind == COOKIE:
            self._line, self._field = line, field
        return field


def read_fields(lines: list[bytes]) -> list[Field]:
    """The fields of these lines. Raises Refused for the first that is none."""
    return [lookup(line) or learn(line) for line in lines]


def tokens(value: bytes) -> list[bytes]:
    """The members of a comma-separated list, in lower case, empty ones left out."""
    return [part for part in (member.strip(b" \t") for member in value.lower().split(b",")) if part]


# in HTTP/1.1 a Connection that says nothing
USUAL: Final = frozenset({b"keep-alive", b"Keep-Alive"})
_CONNECTION_WORDS: Final = frozenset({b"close", b"keep-alive", b"upgrade"})


def persists(named: list[bytes], default: bool) -> bool:
    """Whether the connection outlives the message, by the words of Connection."""
    if b"close" in named:
        return False
    return default or b"keep-alive" in named


def without_named(lines: list[bytes], fields: list[Field], named: list[bytes]) -> list[bytes]:
    """The lines without those of fields that Connection names: they end at this connection."""
    names = set(named) - _CONNECTION_WORDS
    if not names:
        return lines
    dropped = {field.line for field in fields if field.name in names}
    return [line for line in lines if line not in dropped]


def bad_length(earlier: int | None) -> Refused:
    """Why a Content-Length is refused: there was one before, even the same, or it is no number."""
    if earlier is not None:
        return Refused(400, "more than one Content-Length")
    return Refused(400, "an invalid Content-Length")


def check_coding(value: bytes, *, earlier: bool, http11: bool) -> None:
    """Raises Refused unless this is the only coding, `chunked`, of an HTTP/1.1 message."""
    if earlier:
        raise Refused(400, "more than one Transfer-Encoding")
    if not http11:
        raise Refused(400, "a Transfer-Encoding in an HTTP/1.0 message")
    if value.lower() != b"chunked":
        raise Refused(400, "a transfer coding other than chunked")
