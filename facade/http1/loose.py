"""A chunked body of an answer, read as RFC 9112 lets a proxy read it.

Requests are read strictly.
"""

from collections.abc import Callable
from typing import Final

from facade.http1.bodies import ChunkedBody
from facade.http1.refusal import Refused

# The kinds that are counted, each once for an answer.
PADDED: Final = "padded chunk size"  # blanks behind it (7.1.1), or zeros before it
TRAILER: Final = "malformed trailer"  # RFC 9110, 6.5.1: trailers may be left out, so all are
LONGEST_PADDING: Final = 64  # bytes


class LooseChunkedBody(ChunkedBody):
    """Reads sizes with padding, and leaves out a trailer that holds a line that is no field."""

    __slots__ = ("_kinds", "_mended")

    def __init__(self, mended: Callable[[str], None]) -> None:
        """`mended` is called with the kind of a fault that was corrected, once for each kind."""
        super().__init__()
        self._mended = mended
        self._kinds: set[str] = set()

    def _note(self, kind: str) -> None:
        if kind not in self._kinds:
            self._kinds.add(kind)
            self._mended(kind)

    def _size_line(self, line: bytes) -> None:
        size, semicolon, extension = line.partition(b";")
        bare = size.rstrip(b" \t")
        if len(bare) > 15:
            bare = bare.lstrip(b"0") or b"0"
        if bare != size and len(size) - len(bare) <= LONGEST_PADDING:
            self._note(PADDED)
            line = bare + semicolon + extension
        super()._size_line(line)

    def _trailer_line(self, line: bytes) -> None:
        try:
            super()._trailer_line(line)
        except Refused as refused:
            if refused.status == 431:  # too large
                raise
            self._note(TRAILER)
        if TRAILER in self._kinds:
            self.trailers.clear()
