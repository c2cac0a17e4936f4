"""Cut a body out of a stream, and write one in chunks.

`take(data)` returns the body's bytes and, at its end, what follows; the rest is None while the body
goes on. Bytes are not copied where a whole piece belongs to the body. All raise Refused for what is
no body.
"""

import re
from typing import Final, Protocol

from facade.http1.fields import PASS, read_fields
from facade.http1.refusal import Refused

_SIZE_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})(?:;[\t\x20-\x7e\x80-\xff]*)?")
LAST_CHUNK: Final = b"0\r\n\r\n"
LONGEST_SIZE_LINE: Final = 1024
LARGEST_TRAILER: Final = 8 * 1024
# Bytes of size lines and extensions beyond what the data excuses: more is an attack.
MOST_OVERHEAD: Final = 16 * 1024
MOST_SKIPPED: Final = (
    16 * 1024
)  # bytes of an unwanted body that are read rather than opening a new connection

_DATA: Final = 0
_DATA_END: Final = 1
_SIZE: Final = 2
_TRAILER: Final = 3


class Body(Protocol):
    """A body on its way in."""

    @property
    def trailers(self) -> list[bytes]:
        """Lines of trailer fields to forward; complete once `take` has returned a rest."""

    def take(self, data: bytes) -> tuple[bytes, bytes | None]:
        """The body's part of `data`, and what follows the body once it has ended."""


class LengthBody:
    """A body of a known length."""

    __slots__ = ("left",)
    trailers: list[bytes] = []  # noqa: RUF012 - never anything in it

    def __init__(self, length: int) -> None:
        self.left = length

    def take(self, data: bytes) -> tuple[bytes, bytes | None]:
        left = self.left
        size = len(data)
        if size < left:
            self.left = left - size
            return data, None
        self.left = 0
        if size == left:
            return data, b""
        return data[:left], data[left:]


def nearly_over(body: Body, waits: bool) -> bool:
    """Whether it is cheaper to skip what is still to come than to open a new connection. A client
    that `waits` for a word before it sends its body may not send it any more."""
    return isinstance(body, LengthBody) and body.left <= (0 if waits else MOST_SKIPPED)


class UntilClose:
    """A body that ends with its connection."""

    __slots__ = ()
    trailers: list[bytes] = []  # noqa: RUF012 - never anything in it

    def take(self, data: bytes) -> tuple[bytes, bytes | None]:
        return data, None


class ChunkedBody:
    """A body in chunks, each with its size before it, then trailer fields."""

    __slots__ = ("_held", "_left", "_overhead", "_state", "_trailer_bytes", "trailers")

    def __init__(self) -> None:
        self.trailers: list[bytes] = []
        self._held = b""  # an incomplete line
        self._left = 0  # of the chunk's data
        self._overhead = 0
        self._state = _SIZE
        self._trailer_bytes = 0

    def take(self, data: bytes) -> tuple[bytes, bytes | None]:
        if self._held:
            data, self._held = self._held + data, b""
        pieces: list[bytes] = []
        at = 0
        while at < len(data):
            if self._state == _DATA:
                piece = data[at : at + self._left]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
                if not self._left:
                    self._state = _DATA_END
                continue
            end = self._line_end(data, at)
            if end < 0:
                self._held = data[at:]
                break
            line, at = data[at:end], end + 2
            if self._line(line):
                return _join(pieces), data[at:]
        return _join(pieces), None

    def _line_end(self, data: bytes, at: int) -> int:
        """Where the line ends, or -1 when it is not complete; refuses what cannot become one."""
        if self._state == _DATA_END:
            if not b"\r\n".startswith(data[at : at + 2]):
                raise Refused(400, "a chunk is longer than its size")
            return at if len(data) - at >= 2 else -1
        end = data.find(b"\r\n", at)
        line = data[at:end] if end >= 0 else data[at:]
        limit = LONGEST_SIZE_LINE if self._state == _SIZE else LARGEST_TRAILER
        if len(line) > limit:
            raise Refused(400, "a line between the chunks is too long")
        if b"\n" in line or b"\r" in line[:-1] or (end >= 0 and b"\r" in line):
            raise Refused(400, "a bare CR or LF between the chunks")
        return end

    def _line(self, line: bytes) -> bool:
        """Take one line; True when it was the last of the body."""
        if self._state == _DATA_END:
            self._state = _SIZE
        elif self._state == _SIZE:
            self._size_line(line)
        elif line:
            self._trailer_line(line)
        else:
            return True
        return False

    def _size_line(self, line: bytes) -> None:
        match = _SIZE_LINE.fullmatch(line)
        if match is None:
            raise Refused(400, "an invalid chunk size")
        self._left = int(match[1], 16)
        self._overhead = max(0, self._overhead + len(line) + 2 - 16 - 2 * self._left)
        if self._overhead > MOST_OVERHEAD:
            raise Refused(400, "the chunks carry more overhead than data")
        self._state = _DATA if self._left else _TRAILER

    def _trailer_line(self, line: bytes) -> None:
        self._trailer_bytes += len(line)
        if self._trailer_bytes > LARGEST_TRAILER:
            raise Refused(431, "the trailer is too large")
        (field,) = read_fields([line])
        if field.kind == PASS:
            self.trailers.append(field.line)


def _join(pieces: list[bytes]) -> bytes:
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def chunk(data: bytes) -> bytes:
    """Data as one chunk; data must not be empty."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def last_chunk(trailers: list[bytes]) -> bytes:
    """The end of a chunked body, with its trailer fields."""
    return b"".join((b"0\r\n", *trailers, b"\r\n")) if trailers else LAST_CHUNK
