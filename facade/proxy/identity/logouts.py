"""The logout list: when sessions last logged in or out, in memory that all workers share.

A customer who logs out through one worker is logged out in all of them at once. The memory is
mapped before the workers are forked. It holds a time for each of 8192 slots; a session's slot is a
hash of its cookie. Two sessions in one slot cost a request to legacy, never a wrong answer.
"""

import mmap
from typing import Final
from zlib import crc32

SLOTS: Final = 8192
_BYTES: Final = 8  # a time in monotonic seconds, which every process of a machine reads alike


class LogoutList:
    """A time for each slot; make it before the fork."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._slots = slots
        self._times = memoryview(mmap.mmap(-1, slots * _BYTES)).cast("d")

    def note(self, session: bytes, now: float) -> None:
        """What was known of this cookie until `now` (monotonic seconds) may be wrong."""
        self._times[crc32(session) % self._slots] = now

    def since(self, session: bytes, moment: float) -> bool:
        """Whether the cookie was noted at this time or later."""
        noted = float(self._times[crc32(session) % self._slots])
        return noted > 0.0 and noted >= moment  # a moment before the machine started is negative
