"""The builds of the data plane that a bench runs side by side: as Python, and as C modules."""

import shutil
from pathlib import Path

from chassis.compiled import LIBRARY, MANIFEST, SUFFIX
from loadtests.bench.machine import PROJECT


def is_compiled() -> bool:
    """Whether this checkout has C modules."""
    return (PROJECT / LIBRARY).exists()


def build() -> str:
    """Which build of the facade this checkout starts, in words."""
    return "compiled" if is_compiled() else "as Python"


def as_python(folder: Path) -> Path:
    """The sources of this checkout's worker in that new folder, without C modules."""
    ignored = shutil.ignore_patterns(f"*{SUFFIX}", Path(MANIFEST).name)
    for name in ("chassis", "contracts", "facade"):
        shutil.copytree(PROJECT / name, folder / name, ignore=ignored)
    return folder
