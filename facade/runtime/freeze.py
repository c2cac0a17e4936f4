"""`routes.freeze` beside `routes.yaml`: while it is there, nothing moves a route by itself.

Its content is optional: `fig freeze` writes a name and a reason, `touch routes.freeze` suffices.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from chassis.process.files import read_object, write_whole


@dataclass(frozen=True, slots=True)
class Frozen:
    """The name of the person who stopped automatic moves, and the reason; `at` in unix seconds."""

    who: str
    why: str
    at: float


def place(routes: Path) -> Path:
    """The file that freezes a route file."""
    target = routes.resolve()
    return target.with_name(f"{target.stem}.freeze")


def frozen(routes: Path) -> Frozen | None:
    """None where automatic moves are allowed."""
    path = place(routes)
    try:
        status = path.stat()
    except OSError:
        return None
    found = read_object(path) or {}
    return Frozen(
        str(found.get("who", "somebody")),
        str(found.get("why", f"{path.name} is there")),
        status.st_mtime,
    )


def write_freeze(routes: Path, who: str, why: str, at: float) -> None:
    """Stop every automatic move of this file's routes. Raises OSError."""
    write_whole(place(routes), json.dumps(asdict(Frozen(who, why, at))), lasting=True)


def remove_freeze(routes: Path) -> bool:
    """Allow them again; whether they were stopped. Raises OSError."""
    try:
        place(routes).unlink()
    except FileNotFoundError:
        return False
    return True
