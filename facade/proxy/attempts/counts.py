"""How many attempts there were, in the memory that all workers of the host share.

    account or address ─▶ digest ─▶ attempts, and until when they count

The first attempt begins a time in which all are counted; after it, the count starts again at 0.
"""

import struct
from collections.abc import Sequence
from typing import Final

from facade.runtime.memory import HostMemory, Memory, Table

SLOTS: Final = 65_536
_RECORD: Final = struct.Struct("<Id")  # attempts, unix seconds

Wanted = Sequence[tuple[bytes, int]]  # digests, and how many attempts each may have


class AttemptCounts:
    """The counts of the host, as one worker uses them. Methods raise OSError."""

    def __init__(self, memory: HostMemory) -> None:
        self._shared = memory
        self._opened: tuple[Memory, Table] | None = None

    def take(self, wanted: Wanted, within: float) -> float:
        """Count one attempt of each; where one has no more left, count none.

        Returns for how many seconds none is left; 0: there was one. `within` is in seconds.
        """
        if (opened := self._open()) is None:
            return 0.0
        memory, table = opened
        with memory.locked():
            now = memory.clock()
            known = {digest: _read(table, digest) for digest, _ in wanted}
            ends = [known[digest][1] for digest, most in wanted if known[digest][0] >= most]
            if ends:
                return max(1.0, max(ends) - now)
            for digest, (number, end) in known.items():
                _write(table, digest, number + 1, end or now + within)
        return 0.0

    def give_back(self, digests: Sequence[bytes], ended: Sequence[bytes] = ()) -> None:
        """These attempts do not count; of `ended` none does any more."""
        if (opened := self._open()) is None:
            return
        memory, table = opened
        with memory.locked():
            for digest in ended:
                table.drop(digest)
            for digest in digests:
                number, end = _read(table, digest)
                if number > 1:
                    _write(table, digest, number - 1, end)
                elif number:
                    table.drop(digest)

    def _open(self) -> tuple[Memory, Table] | None:
        if self._opened is None and (memory := self._shared.open()) is not None:
            self._opened = memory, memory.table("attempts", SLOTS, _RECORD.size)
        return self._opened


def _read(table: Table, digest: bytes) -> tuple[int, float]:
    record = table.get(digest)
    if record is None or len(record) != _RECORD.size:
        return 0, 0.0
    number, end = _RECORD.unpack(record)
    return number, end


def _write(table: Table, digest: bytes, number: int, end: float) -> None:
    table.put(digest, _RECORD.pack(number, end), end)
