"""The data plane as C modules, where `make compile` built them: the sources they were built from,
and whether these have changed.

Python imports a C module (`requests.cpython-311-x86_64-linux-gnu.so`) before the source beside it.
So every process of ours first compares each source with the one that was compiled: an edit acts,
or is refused; it is never passed over.
"""

import json
import sys
from hashlib import sha256
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Final, TypedDict

ROOT: Final = Path(__file__).parents[1]
SUFFIX: Final = EXTENSION_SUFFIXES[0]  # of the C modules that this Python imports
GROUP: Final = "strangler_fig_plane"
LIBRARY: Final = f"{GROUP}__mypyc{SUFFIX}"  # all compiled code; the C modules only name it
MANIFEST: Final = f"chassis/plane{SUFFIX.rpartition('.')[0]}.json"
BAD_BUILD: Final = 2  # the exit code


class Manifest(TypedDict):
    """What was compiled: paths below the root, and the SHA-256 of each source."""

    compiled: dict[str, str]
    read: dict[str, str]  # not compiled, but constants of theirs stand in what is


def digest(source: Path) -> str:
    """The SHA-256 of a source; empty where there is none."""
    try:
        return sha256(source.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def c_module(source: str) -> str:
    """The path of the C module that is imported in place of a source."""
    return source.removesuffix(".py") + SUFFIX


def complaint(root: Path = ROOT) -> str | None:
    """Why the C modules below this folder must not run; None where they may, or there are none."""
    manifest = root / MANIFEST
    if not manifest.exists() and not (root / LIBRARY).exists():
        return None
    try:
        built: Manifest = json.loads(manifest.read_bytes())
        pieces = [LIBRARY, *map(c_module, built["compiled"])]
        sources = {**built["compiled"], **built["read"]}
    except (OSError, ValueError, KeyError, TypeError):
        return f"{MANIFEST} does not say what the C modules were built from"
    for name, expected in sources.items():
        if digest(root / name) != expected:
            return f"{name} is not the source that its C module was built from"
    missing = [name for name in pieces if not (root / name).exists()]
    return f"{missing[0]} is missing: a part of the C modules is not the build" if missing else None


def refuse_stale(root: Path = ROOT) -> None:
    """End the process with the reason and the remedy where C modules and sources disagree."""
    why = complaint(root)
    if why is None:
        return
    remedy = "install the wheel again"
    if (root / "Makefile").exists():
        remedy = "run `make compile`, or `make uncompile` to run the sources"
    print(f"{why}: {remedy}", file=sys.stderr)  # noqa: T201
    raise SystemExit(BAD_BUILD)


def build_of(module: str) -> str:
    """Which build of an imported module runs: "compiled" or "python"."""
    file = sys.modules[module].__file__ or ""
    return "compiled" if file.endswith(SUFFIX) else "python"
