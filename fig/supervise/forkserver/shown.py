"""What `ps` and /proc show of a process that was forked: the kernel reads it from the memory in
which its first command and environment were laid down, so they are written over there.
"""

import ctypes
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOM = 8192  # bytes, each for a command and for an environment
ROOM_VARIABLE = "FIG_FORK_ROOM"
_ARG_START = 45  # of /proc/PID/stat behind the name: start and end of the command, of the rest


def room() -> tuple[str, dict[str, str]]:
    """What makes room: the last argument of the fork server, and a variable of its environment."""
    return " " * ROOM, {ROOM_VARIABLE: " " * ROOM}


def show(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Write both over the old ones, as far as they fit. Call it when nothing uses the old
    environment any more, so after each of its variables was unset."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    command, command_end, rest, rest_end = map(int, fields[_ARG_START : _ARG_START + 4])
    _write(command, command_end, words)
    _write(rest, rest_end, (f"{name}={value}" for name, value in environment.items()))


def _write(start: int, end: int, texts: Iterable[str]) -> None:
    if not 0 < start < end:
        return
    data = laid_down(texts, end - start)
    ctypes.memmove(start, data, len(data))


def laid_down(texts: Iterable[str], size: int) -> bytes:
    """Each text closed by NUL, whole or not at all, filled up with NULs to the size."""
    data = b""
    for text in texts:
        closed = text.encode(errors="surrogateescape") + b"\0"
        if len(data) + len(closed) > size:
            break
        data += closed
    return data.ljust(size, b"\0")
