"""The machines that a facade admits or refuses, for the terminal."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chassis.cli.tables import table
from fig.output.limits import most

HEAD: Final = ("route", "machines", "let in", "refused", "would refuse", "why", "most of")


def text(machines: Mapping[str, Any]) -> str:
    """A row for each route with `allow`, and what is wrong with the sources; empty: none."""
    rows = [
        (
            one["route"],
            one["mode"],
            one["passed"],
            one["refused"],
            one["would_refuse"],
            ", ".join(f"{reason} {number}" for reason, number in one["reasons"].items()),
            most(one["who"]),
        )
        for one in machines.get("routes", ())
    ]
    return "\n".join([*([table(HEAD, rows)] if rows else []), *_complaints(machines)])


def _complaints(machines: Mapping[str, Any]) -> Iterator[str]:
    for one in machines.get("routes", ()):
        if one["unchecked"]:
            yield f"{one['route']}: {one['unchecked']} not checked, no key is known yet"
    for one in machines.get("sources", ()):
        if one["error"]:
            yield f"{one['name']}: {one['error']}"
        elif one["keys"] is None:
            yield f"{one['name']}: no key is known yet ({one['place']})"
        if one["unknown"]:
            yield f"{one['name']}: {one['unknown']} tokens signed by an unknown key"
