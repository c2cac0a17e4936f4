"""Puts the C modules of a checkout beside their sources, and takes them away again."""

import shutil
import tempfile
from pathlib import Path

from chassis.compiled import LIBRARY, MANIFEST, SUFFIX, c_module, complaint
from compiling import sources
from compiling.build import build

FOLDERS = sorted({pattern.split("/")[0] for pattern in sources.PATTERNS})


def put(root: Path) -> int:
    """Compile, and replace what was there at once; returns how many modules were compiled."""
    with tempfile.TemporaryDirectory(prefix="fig-compile-") as folder:
        files = build(root, Path(folder))
        take_away(root)
        for place, file in files.items():
            # A running process keeps the file that it has mapped: never written over, replaced.
            new = root / f"{place}.new"
            shutil.copyfile(file, new)
            new.replace(root / place)
    return len(files) - 2  # without the library and the manifest


def take_away(root: Path) -> int:
    """Remove every C module of this Python below the folders; returns how many files there were."""
    found = [path for top in FOLDERS for path in (root / top).rglob(f"*{SUFFIX}")]
    found += [path for path in (root / LIBRARY, root / MANIFEST) if path.exists()]
    for path in found:
        path.unlink()
    return len(found)


def for_wheel(root: Path, folder: Path) -> dict[str, Path]:
    """The files of `build`: those in place where they are of the sources as they stand now, else
    compiled in the empty folder."""
    if (root / MANIFEST).exists() and complaint(root) is None:
        places = [LIBRARY, *map(c_module, sources.compiled(root)), MANIFEST]
        return {place: root / place for place in places}
    return build(root, folder)
