"""A folder in memory, for the files of a database that goes with the tests.

Databases are created and dropped by the hundred, each three hundred files. On a disk a tenth of the
processor time of the tests goes to the file system, which looks for inodes that were not freed
lately; in memory there are none to look for.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = Path("/dev/shm")
FREE = 4 * 1024**3  # bytes, without which the disk is taken
PREFIX = "fig-tests-"


@contextmanager
def folder_in_memory(otherwise: Path) -> Iterator[Path]:
    """A new folder that is removed at the end; below `otherwise` where memory has no room."""
    _sweep()
    room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= FREE
    prefix = f"{PREFIX}{os.getpid()}-"
    made = Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if room else otherwise))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def _sweep() -> None:
    """Remove what tests that were killed left in memory."""
    for left in MEMORY.glob(f"{PREFIX}*"):
        with suppress(ValueError, PermissionError):
            pid = int(left.name.split("-")[2])
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                shutil.rmtree(left, ignore_errors=True)
