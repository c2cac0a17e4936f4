"""`override.json` in the runtime folder: positions that take the place of the route file's.

Written by the control process where it must move a route and cannot write the file. It counts for
one version of the file: the next edit that the facade takes ends it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from chassis.process.files import read_object, write_whole
from facade.routes.file.edit.flip import Flip, way
from facade.routes.file.edit.together import moved
from facade.routes.file.reading import load, version_of
from facade.routes.stages import Stage

OVERRIDE = "override.json"


@dataclass(frozen=True, slots=True)
class Override:
    """`routes`: name to stage and basis points in canary; `at` in unix seconds."""

    file: str  # the version of the route file it counts for
    routes: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)
    why: str = ""
    at: float = 0.0


def read_override(runtime: Path) -> Override | None:
    """None where there is none, or it is damaged."""
    found = read_object(runtime / OVERRIDE)
    try:
        if found is None:
            return None
        routes = {
            str(name): (Stage(stage).value, None if percent is None else int(percent))
            for name, (stage, percent) in found["routes"].items()
        }
        return Override(str(found["file"]), routes, str(found["why"]), float(found["at"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def write_override(runtime: Path, override: Override) -> None:
    """Ask for these positions, until the file changes. Raises OSError."""
    write_whole(runtime / OVERRIDE, json.dumps(asdict(override)), lasting=True)


def remove_override(runtime: Path) -> None:
    """The file counts again. Raises OSError."""
    (runtime / OVERRIDE).unlink(missing_ok=True)


def overridden(data: bytes, override: Override | None) -> bytes:
    """The bytes of the table in force: the file's, with the override where it counts for them.

    Raises FlipRefused, RouteFileError where the override cannot be put in their place.
    """
    if override is None or override.file != version_of(data):
        return data
    for name, (stage, percent) in override.routes.items():
        change = Flip(name, Stage(stage), percent)
        data = moved(data, way(load(data).file, change)).data
    return data
