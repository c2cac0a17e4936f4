"""Objections against a step, for people: those that differ only in a name are printed once."""

from collections.abc import Iterable
from typing import Protocol

PLACES = {"stage": "ROUTE", "domain": "DOMAIN"}


class Objection(Protocol):
    """One reason, and what can be done about it."""

    @property
    def kind(self) -> str:
        """`stage`, `domain`, …"""

    @property
    def about(self) -> str:
        """The name of the route, domain, … that it is about."""

    @property
    def words(self) -> str:
        """The reason."""

    @property
    def remedy(self) -> str:
        """What to do next."""


def listed(objections: Iterable[Objection]) -> str:
    """Indented lines: the reason, the names if several share it, and what to do next."""
    groups: dict[tuple[str, str], list[Objection]] = {}
    for one in objections:
        groups.setdefault(_without_name(one), []).append(one)
    lines = []
    for (words, remedy), alike in groups.items():
        if len(alike) == 1:
            words, remedy = alike[0].words, alike[0].remedy
        lines.append(f"  {words}")
        if len(alike) > 1:
            lines.append(f"    {len(alike)} of them: {', '.join(one.about for one in alike)}")
        lines.append(f"    next: {remedy}")
    return "\n".join(lines)


def _without_name(one: Objection) -> tuple[str, str]:
    """The reason and the remedy with a placeholder for the name; unchanged without a quoted
    name."""
    place, quoted = PLACES.get(one.kind), f"'{one.about}'"
    if place is None or quoted not in one.words:
        return one.words, one.remedy
    words = one.words.replace(quoted, place)
    # The name comes after the command's own words, which a route may be called by, too.
    if one.remedy.endswith(f" {one.about}"):
        return words, f"{one.remedy.removesuffix(one.about)}{place}"
    before, name, after = one.remedy.rpartition(f" {one.about} ")
    return words, f"{before} {place} {after}" if name else one.remedy
