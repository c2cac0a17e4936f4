"""When sessions were last to be forgotten, in memory that all workers of one facade share.

Who logs out through one worker is logged out in all of them at once. The memory is mapped before
the workers are forked; it holds a time for each of some thousand slots, and a session's slot is a
hash of its cookie. Two sessions in one slot cost a question to legacy, never a wrong answer.
"""

import mmap
from zlib import crc32

SLOTS = 8192
_BYTES = 8  # a time in monotonic seconds, which every process of a machine reads alike


class Forgotten:
    """Make it before the fork."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._slots = slots
        self._times = memoryview(mmap.mmap(-1, slots * _BYTES)).cast("d")

    def note(self, session: bytes, now: float) -> None:
        """Whatever was known of this cookie until now may be wrong."""
        self._times[crc32(session) % self._slots] = now

    def since(self, session: bytes, moment: float) -> bool:
        """Whether it was to be forgotten at this time or later."""
        return self._times[crc32(session) % self._slots] >= moment > 0.0
