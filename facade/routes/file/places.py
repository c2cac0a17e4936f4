"""The position of each value of a route file, and the problems found while reading it.

Paths are tuples such as ("routes", 3, "stage").
"""

from collections.abc import Iterator

import yaml

from facade.routes.config.routefile import RouteConfig, RouteFile
from facade.routes.file.problems import Problem, Severity

Path = tuple[str | int, ...]


class Reading:
    """The result of reading one file: the position of each value, and the problems."""

    def __init__(self) -> None:
        self.problems: list[tuple[Path, Problem]] = []
        self.marks: dict[Path, yaml.Mark] = {}
        self._wrong: set[Path] = set()

    def fresh(self) -> "Reading":
        """The same places with nothing found yet."""
        other = Reading()
        other.marks = self.marks
        return other

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of a path, or of the nearest thing around it that was written."""
        while path and path not in self.marks:
            path = path[:-1]
        mark = self.marks.get(path)
        return (mark.line + 1, mark.column + 1) if mark else (1, 1)

    def report(
        self, path: Path, message: str, *, severity: Severity = "error", at: yaml.Mark | None = None
    ) -> None:
        """Note a problem at a path (or at the mark given); an error makes the path wrong."""
        line, column = (at.line + 1, at.column + 1) if at else self.place(path)
        self.problems.append((path, Problem(line, column, _label(path), message, severity)))
        if severity == "error":
            self._wrong.add(path)

    def is_good(self, *path: str | int) -> bool:
        """Whether nothing at this path, or around it, was wrong."""
        return not any(path[:end] in self._wrong for end in range(len(path) + 1))


def _label(path: Path) -> str:
    """What people call a path: within a route it starts at the route's own keys."""
    keys = path[2:] if path[:1] == ("routes",) else path
    return ".".join(str(key) for key in keys if isinstance(key, str))


def readable(file: RouteFile, reading: Reading, *keys: str) -> Iterator[tuple[int, RouteConfig]]:
    """The routes whose values at these keys could be read, with their position."""
    for index, route in enumerate(file.routes):
        if all(reading.is_good("routes", index, key) for key in keys):
            yield index, route
