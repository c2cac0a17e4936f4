"""What is wrong with a route file: every problem at once, each with its place and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem; line and column count from 1, `where` is the key's path inside its entry."""

    line: int
    column: int
    where: str
    message: str
    severity: Severity = "error"
    route: str | None = None

    def render(self, file: str) -> str:
        """`routes.yaml:12:7: stage: unknown stage 'canry' (expected one of …)`."""
        label = f"{self.where}: " if self.where else ""
        warning = "warning: " if self.severity == "warning" else ""
        return f"{file}:{self.line}:{self.column}: {warning}{label}{self.message}"

    def in_route(self, route: str | None) -> "Problem":
        """The same problem, said to lie in a route."""
        return replace(self, route=route)

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "line": self.line,
            "column": self.column,
            "where": self.where,
            "message": self.message,
            "severity": self.severity,
            "route": self.route,
        }


class RouteFileError(Exception):
    """The route file cannot be used; `problems` says why, in the order of the file."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = in_order(problems)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """One line for each problem, ready to show."""
        return [problem.render(self.file) for problem in self.problems]


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems as they come in the file."""
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))


def one_of(expected: Iterable[str]) -> str:
    """`expected one of a, b, c`."""
    return "expected one of " + ", ".join(expected)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)`, or nothing when no known word is near."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean '{near[0]}'?)" if near else ""


def unknown(what: str, word: str, known: Iterable[str]) -> str:
    """`unknown upstream 'x' (did you mean 'y'?)`, or else the list of what is known."""
    words = tuple(known)
    return f"unknown {what} '{word}'" + (did_you_mean(word, words) or f" ({one_of(words)})")
