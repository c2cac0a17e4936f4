"""One process stands still, as if its machine had lost it; then it goes on where it was.

How many connections waited for it is read from the kernel: those of its sockets on which bytes, or
clients that it has not accepted yet, lie unread.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

LOOK_SECONDS = 0.25


def frozen(pids: list[int], seconds: float) -> int:
    """Stop the processes for so long; how many of their connections waited, at most at a time."""
    stopped = [pid for pid in pids if _signal(pid, signal.SIGSTOP)]
    until, most = time.monotonic() + seconds, 0
    try:
        while time.monotonic() < until and any(map(_lives, stopped)):
            most = max(most, waiting(stopped))
            time.sleep(LOOK_SECONDS)
    finally:
        for pid in stopped:
            _signal(pid, signal.SIGCONT)
    return most


def waiting(pids: list[int]) -> int:
    """Sockets of these processes with something unread."""
    own = {inode for pid in pids for inode in _sockets(pid)}
    return len(own & _unread())


def _sockets(pid: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                name = str(entry.readlink())
                if name.startswith("socket:["):
                    found.add(name[len("socket:[") : -1])
    return found


def _unread() -> set[str]:
    """The inodes of TCP sockets with bytes, or with connections, that lie unread."""
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[4].partition(":")[2], 16) > 0:
            found.add(fields[9])
    return found


def _signal(pid: int, number: signal.Signals) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def _lives(pid: int) -> bool:
    """Killed ones are still there until their parent has looked."""
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False
