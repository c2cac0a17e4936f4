"""Linux's notification that something in a folder has changed (inotify), in place of polling.

It is a hint: network file systems give none, so the waiting process also looks from time to time.
Where the system has no inotify there is no descriptor.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

_MODIFY: Final = 0x2
_CLOSE_WRITE: Final = 0x8
_MOVED_TO: Final = 0x80
_CREATE: Final = 0x100
_DELETE: Final = 0x200
_WANTED: Final = _MODIFY | _CLOSE_WRITE | _MOVED_TO | _CREATE | _DELETE
_BYTES: Final = 65536


class Notices:
    """Of these folders' own files; `descriptor` can be read once there is one, None without."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.descriptor = _watching([*folders]) if sys.platform == "linux" else None

    def take(self) -> None:
        """Read and drop the pending notifications."""
        if self.descriptor is not None:
            with suppress(BlockingIOError):
                while os.read(self.descriptor, _BYTES):
                    pass

    def close(self) -> None:
        """No more."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def _watching(folders: Iterable[Path]) -> int | None:
    library = ctypes.CDLL(None, use_errno=True)
    descriptor = int(library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    if descriptor < 0:  # this user has too many of them
        return None
    watched = [library.inotify_add_watch(descriptor, bytes(each), _WANTED) for each in folders]
    if min(watched) < 0:
        os.close(descriptor)
        return None
    return descriptor
