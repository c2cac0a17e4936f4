"""Move several routes by one edit of the route file, so that they take effect together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chassis.process.files import swap
from facade.routes.file.edit.alone import alone_in
from facade.routes.file.edit.flip import Flip, Flipped, FlipRefused, flip
from facade.routes.file.reading import version_of


class EditedMeanwhile(Exception):
    """The file was edited after the move was decided: the edit takes precedence."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was done: each route's flip, and the version of the file after all of them."""

    flips: tuple[Flipped, ...]
    version: str
    data: bytes


def moved(data: bytes, flips: Sequence[Flip], name: str = "routes.yaml") -> Moved:
    """The bytes of a route file with these routes moved. Raises FlipRefused, RouteFileError."""
    text = data.decode("utf-8")
    made = []
    for change in flips:
        flipped = flip(text, change, name)
        text = flipped.text
        made.append(flipped)
    after = text.encode()
    return Moved(tuple(made), version_of(after), after)


def move_together(path: Path, flips: Sequence[Flip], expected: str) -> Moved:
    """Move routes in the file at `path`, if it is still the version `expected`.

    Raises EditedMeanwhile, FlipRefused, RouteFileError, or OSError when it cannot be replaced.
    """
    target = path.resolve()  # a link stays a link
    with alone_in(target.parent):
        data = target.read_bytes()
        if version_of(data) != expected:
            raise EditedMeanwhile(f"{path.name} is not version {expected} any more")
        try:
            found = moved(data, flips, str(path))
        except UnicodeDecodeError as error:
            raise FlipRefused(f"{path.name} is not UTF-8") from error
        if found.data != data and not swap(target, data, found.data):
            raise EditedMeanwhile(f"{path.name} was edited while it was moved")
        return found
