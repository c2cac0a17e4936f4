"""Notice that a file has changed: a look at its status every few milliseconds, then at its bytes.

A file that was replaced (another inode) is whole and taken at once; one that is being written in
place is taken when two looks found the same bytes, so that half a save is not judged. A file that
is away for a moment is waited for.
"""

import asyncio
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

POLL_SECONDS: Final = 0.02
# Within this time of a change, another one may leave size and time as they are: look at the bytes.
_UNSURE_NS: Final = 1_000_000_000

_Signature = tuple[int, int, int, int]  # device, inode, size, mtime


class FileWatcher:
    """Calls `on_change(bytes)` with each new content; the content at the start counts as known."""

    def __init__(
        self,
        path: Path,
        on_change: Callable[[bytes], None],
        *,
        known: bytes | None,
        clock_ns: Callable[[], int],
    ) -> None:
        """`known` is what the caller already has (None: nothing); `clock_ns` is `time.time_ns`."""
        self._path, self._on_change, self._clock_ns = path, on_change, clock_ns
        self._known = None if known is None else sha256(known).digest()
        self._seen: _Signature | None = None
        self._pending: bytes | None = None  # hash of bytes that are not yet trusted to be whole

    @property
    def pending(self) -> bool:
        """Whether it found bytes that a second look has to find again."""
        return self._pending is not None

    def poll(self) -> bool:
        """Look once; returns whether a change was handed over."""
        signature = _signature(self._path)
        if signature is None:
            return False
        settled = self._clock_ns() - signature[3] > _UNSURE_NS
        if signature == self._seen and settled and self._pending is None:
            return False
        replaced = self._seen is not None and signature[:2] != self._seen[:2]
        self._seen = signature
        return self._look_inside(whole=replaced or settled)

    def _look_inside(self, *, whole: bool) -> bool:
        try:
            data = self._path.read_bytes()
        except OSError:
            return False
        digest = sha256(data).digest()
        if digest == self._known:
            self._pending = None
            return False
        if not whole and digest != self._pending:
            self._pending = digest
            return False
        self._known, self._pending = digest, None
        self._on_change(data)
        return True


def _signature(path: Path) -> _Signature | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - half the cost of Path.stat, and it is asked often
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


async def watch(watcher: FileWatcher, every: float = POLL_SECONDS) -> None:
    """Poll until cancelled; `every` is in seconds."""
    while True:
        watcher.poll()
        await asyncio.sleep(every)
