"""Outlives the supervisor by moments: ends what it leaves when it is killed. Run as a script.

stdin says `+PGID` when a process group begins and `-PGID` when it is gone. When stdin ends, the
groups still there are asked to end, the youngest first, and killed after `GRACE` seconds.
The kernel's parent-death signal ends the direct children; this ends the rest, and those that
ignore the signal.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE = 4.0
POLL = 0.05


def listen(lines: Iterable[str]) -> list[int]:
    """The groups that are left when the lines end, in the order of their start."""
    groups: list[int] = []
    for line in lines:
        group = int(line[1:])
        if line[0] == "+":
            groups.append(group)
        elif group in groups:
            groups.remove(group)
    return groups


def send(group: int, number: int) -> bool:
    """Whether the group exists (0 only asks)."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def clear(groups: list[int]) -> None:
    """Ask, wait, kill."""
    left = [group for group in reversed(groups) if send(group, signal.SIGTERM)]
    deadline = time.monotonic() + GRACE
    while left and time.monotonic() < deadline:
        time.sleep(POLL)
        left = [group for group in left if send(group, 0)]
    for group in left:
        send(group, signal.SIGKILL)


if __name__ == "__main__":
    for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(_number, signal.SIG_IGN)
    with contextlib.suppress(KeyboardInterrupt):
        clear(listen(sys.stdin))
