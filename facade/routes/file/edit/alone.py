"""One edit at a time: edits of files in one folder wait for each other, and replace by rename."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from chassis.process.files import swap

ATTEMPTS = 5  # where other programs edit the file meanwhile


class Edit(Protocol):
    """A text, what it was before, and whether it says something else now."""

    @property
    def text(self) -> str: ...
    @property
    def was(self) -> str: ...
    @property
    def changed(self) -> bool: ...


E = TypeVar("E", bound=Edit)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other edits of files in this folder waiting; the lock leaves nothing behind."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def edited(path: Path, edit: Callable[[str], E], refused: type[Exception]) -> E:
    """Edit the file at `path`. Raises what `edit` raises, `refused` where the file keeps changing,
    or OSError when the file cannot be replaced."""
    target = path.resolve()  # a link stays a link
    with alone_in(target.parent):
        for _ in range(ATTEMPTS):
            data = target.read_bytes()
            # What is not UTF-8 is refused by `edit`, with its place.
            made = edit(data.decode("utf-8", "replace"))
            if not made.changed or swap(target, data, made.text.encode()):
                return made
    raise refused(f"{path.name} keeps changing while it is edited; try again")


def take_back(path: Path, made: Edit) -> bool:
    """Put the old text back, unless the file was edited since; returns whether it was done.

    A refused text must not stay in the file: it would block every later edit, also the way back of
    other routes. Raises OSError.
    """
    target = path.resolve()
    with alone_in(target.parent):
        return swap(target, made.text.encode(), made.was.encode())
