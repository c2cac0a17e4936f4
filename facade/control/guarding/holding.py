"""One process per route file acts: it holds a lock in the folder beside it."""

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path

from facade.runtime.statefolder import folder_of


def place(routes: Path) -> Path:
    """The file that is locked; it stays, and says who acts."""
    return folder_of(routes) / "guard.lock"


class Holding:
    """Whether this process is the one that acts on the file."""

    def __init__(self, routes: Path, name: str) -> None:
        self._path, self._name = place(routes), name
        self._held: int | None = None
        self.why_not = ""  # why somebody else acts; empty while we do
        self.by_override = False  # the folder cannot be written: moves are overrides

    def take(self) -> bool:
        """Whether we act now; cheap to ask again and again."""
        if self._held is not None or self.by_override:
            return True
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            self.by_override, self.why_not = True, ""
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.why_not = f"another facade acts on this file ({_holder(descriptor)})"
            os.close(descriptor)
            return False
        self._held, self.why_not = descriptor, ""
        with suppress(OSError):  # it only says which
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps({"name": self._name, "pid": os.getpid()}).encode(), 0)
        return True

    def release(self) -> None:
        """Let another one act."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        return f"{holder['name']}, pid {holder['pid']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it does not say which"
