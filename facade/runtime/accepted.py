"""`accepted.json` in the runtime folder: the route file as last taken, for the next start."""

from dataclasses import dataclass
from pathlib import Path

import orjson

from chassis.process.files import read_object, write_whole
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import Loaded, load

ACCEPTED = "accepted.json"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A route file that was in force; `place` is the path that it was read from."""

    place: Path
    loaded: Loaded
    data: bytes

    def is_of(self, routes: Path) -> bool:
        """Whether it was read from this path."""
        return self.place == routes.resolve()


def write_accepted(runtime: Path, routes: Path, data: bytes) -> None:
    """The file at `routes` is in force with these bytes. Raises OSError."""
    kept = {"file": str(routes.resolve()), "text": data.decode()}
    write_whole(runtime / ACCEPTED, orjson.dumps(kept), lasting=True)


def read_accepted(runtime: Path, name: str) -> Accepted | None:
    """What was in force when the facade stopped; None where the folder does not have it."""
    kept = read_object(runtime / ACCEPTED) or {}
    try:
        data = str(kept["text"]).encode()
        return Accepted(Path(str(kept["file"])), load(data, name), data)
    except (KeyError, RouteFileError):
        return None
