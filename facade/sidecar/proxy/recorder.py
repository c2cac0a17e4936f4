"""Recorded exchanges go to a file, and to the next one when it is large; the oldest go."""

import re
from pathlib import Path

from facade.sidecar.plan.plan import Recording

_DIGITS = 4


class Recorder:
    """Appends whole records. An exchange is never split over two files."""

    def __init__(self, recording: Recording) -> None:
        """Opens a file. A recording that is there already goes on in its next file: the last one
        may end in half a record, and nothing behind that could be read."""
        self.recording = recording
        self.flows = 0
        self.bytes = 0
        self._first = Path(recording.file)
        self._first.parent.mkdir(parents=True, exist_ok=True)
        known = series(self._first)
        self._open(_next(self._first, known[-1]) if known else self._first)

    @property
    def path(self) -> Path:
        """The file that is written now."""
        return self._path

    def add(self, record: bytes) -> None:
        """Write one record through to the operating system. Raises OSError."""
        if self._size and self._size + len(record) > self.recording.rotate_bytes:
            self._file.close()
            self._open(_next(self._first, self._path))
        self._file.write(record)
        self._file.flush()  # a kill may cost the last record, not the last buffer
        self._size += len(record)
        self.flows += 1
        self.bytes += len(record)

    def close(self) -> None:
        """The file is whole."""
        self._file.close()

    def _open(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab")
        path.chmod(0o600)  # it holds what people wrote to the shop
        self._size = 0
        for old in series(self._first)[: -self.recording.keep]:
            old.unlink(missing_ok=True)


def series(first: Path) -> list[Path]:
    """The files of a recording that exist, in order: shop.flows, shop.0002.flows, …"""
    later = re.compile(rf"{re.escape(first.stem)}\.(\d{{{_DIGITS},}}){re.escape(first.suffix)}")
    found = [path for path in first.parent.glob("*") if later.fullmatch(path.name)]
    found.sort(key=lambda path: _number(first, path))
    return [first, *found] if first.exists() else found


def _next(first: Path, path: Path) -> Path:
    return first.with_name(f"{first.stem}.{_number(first, path) + 1:0{_DIGITS}}{first.suffix}")


def _number(first: Path, path: Path) -> int:
    if path == first:
        return 1
    return int(path.name[len(first.stem) + 1 :].partition(".")[0])
