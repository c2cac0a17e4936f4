"""The composed routes of a facade, for the terminal: what became of their parts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chassis.cli.tables import table

HEAD: Final = ("composed route", "part", "", "there", "missing")


def text(routes: Sequence[Mapping[str, Any]]) -> str:
    """A row for each part, a line for each route; empty where no route is composed."""
    rows: list[tuple[str | int, ...]] = []
    for route in routes:
        for index, part in enumerate(route["parts"]):
            missing = ", ".join(f"{number} {why}" for why, number in part["missing"].items())
            optional = "optional" if part["optional"] else ""
            name = "" if index else route["name"]
            rows.append((name, f"{part['name']}: {part['get']}", optional, part["there"], missing))
    return "\n".join([table(HEAD, rows), *map(_answers, routes)]) if rows else ""


def _answers(route: Mapping[str, Any]) -> str:
    """`page: 12 answers, 10 2xx, 2 5xx; 3 without an optional part`."""
    kinds = "".join(f", {number} {kind}" for kind, number in route["status"].items())
    partial = f"; {route['partial']} without an optional part" if route["partial"] else ""
    return f"{route['name']}: {route['requests']} answers{kinds}{partial}"
