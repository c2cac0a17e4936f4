"""What the processes say: a file each with bounded size, and lines with a coloured prefix."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

FILE_BYTES = 5_000_000  # then it becomes NAME.log.1 and a new one begins
LINE_BYTES = 64_000  # a longer line is cut there
COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
RESET = "\x1b[0m"
NAME_WIDTH = 15


def path_of(folder: Path, name: str) -> Path:
    """A process's log file."""
    return folder / f"{name}.log"


def tail(path: Path, lines: int) -> list[str]:
    """The last lines of a log; none when there is no file."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - lines * 400))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except OSError:
        return []


class LogFile:
    """Append-only with a bound on its size."""

    def __init__(self, path: Path, most: int = FILE_BYTES) -> None:
        self._path = path
        self._most = most
        self._file = path.open("ab", buffering=0)
        if self._file.tell() > most:
            self._turn_over()

    def write(self, chunk: bytes) -> None:
        """Append; turn the file over first when it is full."""
        if self._file.tell() + len(chunk) > self._most and self._file.tell():
            self._turn_over()
        self._file.write(chunk)

    def _turn_over(self) -> None:
        self._file.close()
        self._path.replace(self._path.with_name(self._path.name + ".1"))
        self._file = self._path.open("ab", buffering=0)

    def close(self) -> None:
        self._file.close()


class Lines:
    """Cuts chunks of bytes into lines of text."""

    def __init__(self, each: Callable[[str], None]) -> None:
        self._each = each
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Hands on every line that is complete now."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._each(line.decode(errors="replace").rstrip("\r"))
        if len(self._rest) > LINE_BYTES:
            self.close()

    def close(self) -> None:
        """Hands on what has no end of line."""
        if self._rest:
            self._each(self._rest.decode(errors="replace"))
            self._rest = b""


class Console:
    """Prefixes every line with the name of its process; colours where a person looks on."""

    def __init__(self, out: TextIO = sys.stdout, colour: bool = True) -> None:
        self._out = out
        self._colour = colour
        self._prefixes: dict[str, str] = {}

    def line(self, name: str, text: str) -> None:
        if name not in self._prefixes:
            code = COLOURS[len(self._prefixes) % len(COLOURS)]
            prefix = f"{name:<{NAME_WIDTH}} │ "
            self._prefixes[name] = f"\x1b[{code}m{prefix}{RESET}" if self._colour else prefix
        self._out.write(f"{self._prefixes[name]}{text}\n")
        self._out.flush()
