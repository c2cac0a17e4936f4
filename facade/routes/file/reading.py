"""Read a route file: bytes in, a checked RouteFile out, or every problem at once with its place."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import yaml

from facade.routes.config.routefile import RouteFile
from facade.routes.file.checks import check
from facade.routes.file.form import FILE
from facade.routes.file.kinds.structures import read
from facade.routes.file.places import Reading
from facade.routes.file.problems import Problem, RouteFileError, in_order

MOST_BYTES = 4 * 1024 * 1024
VERSION_DIGITS = 12

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A good route file, its warnings, and the positions of its values."""

    name: str
    file: RouteFile
    warnings: tuple[Problem, ...]
    reading: Reading

    @property
    def warning_lines(self) -> list[str]:
        """One line for each warning, ready to show."""
        return [warning.render(self.name) for warning in self.warnings]


def load_path(path: Path, *, today: date | None = None) -> Loaded:
    """Read the file at `path`; raises RouteFileError, also when it cannot be opened."""
    try:
        data = path.read_bytes()
    except OSError as error:
        hint = (
            "; `fig init` writes one, --routes names another"
            if isinstance(error, FileNotFoundError)
            else ""
        )
        problem = Problem(1, 1, "", f"cannot read the file: {error.strerror or error}{hint}")
        raise RouteFileError(str(path), [problem]) from error
    return load(data, str(path), today=today)


def load(data: bytes, name: str = "routes.yaml", *, today: date | None = None) -> Loaded:
    """Read the bytes of a route file called `name`; raises RouteFileError with every problem.

    `today` judges the end dates of expected differences (default: the machine's day).
    """
    root = compose(data, name)
    reading = Reading()
    values = read(FILE, root, reading, ())
    file = RouteFile(version=version_of(data), **values)
    check(file, reading, today or date.today())  # noqa: DTZ011 - end dates are days on the wall
    problems = with_routes(reading, file)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise RouteFileError(name, errors)
    return Loaded(name, file, in_order(problems), reading)


def version_of(data: bytes) -> str:
    """The version of a file with these bytes."""
    return sha256(data).hexdigest()[:VERSION_DIGITS]


def with_routes(reading: Reading, file: RouteFile) -> list[Problem]:
    """The problems found, each with the name of the route it lies in."""
    found = []
    for path, problem in reading.problems:
        route = None
        if path[:1] == ("routes",) and len(path) > 1 and isinstance(path[1], int):
            route = file.routes[path[1]].name or None
        found.append(problem.in_route(route))
    return found


def compose(data: bytes, name: str) -> yaml.Node:
    """The YAML nodes of a file; raises RouteFileError when it is not one YAML document."""
    if len(data) > MOST_BYTES:
        raise RouteFileError(name, [Problem(1, 1, "", "the file is larger than 4 MiB")])
    try:
        root = yaml.compose(data.decode("utf-8"), Loader=_Loader)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise RouteFileError(name, [Problem(line, column, "", "expected UTF-8 text")]) from error
    except yaml.MarkedYAMLError as error:
        raise RouteFileError(name, [_syntax(error)]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise RouteFileError(name, [Problem(1, 1, "", f"not YAML: {error}")]) from error
    if root is None:
        raise RouteFileError(name, [Problem(1, 1, "", "the file is empty; expected 'upstreams'")])
    return root


def _syntax(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = ", ".join(part for part in (error.context, error.problem) if part)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(line, column, "", f"not YAML: {said}")
