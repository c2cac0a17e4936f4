"""What moves routes automatically, for the terminal: guards, walks, overrides, a freeze."""

from collections.abc import Mapping
from typing import Any

from chassis.cli.tables import duration, table

GUARDS = ("guard of", "says", "because")
_OVER = ("done", "aborted")


def text(moves: Mapping[str, Any] | None) -> str:
    """Empty where nothing is watched and nothing moves."""
    if not moves:
        return ""
    parts = [*_warnings(moves), _guards(moves["guards"]), *map(walk, _active(moves["walks"]))]
    return "\n\n".join(filter(None, parts))


def _warnings(moves: Mapping[str, Any]) -> list[str]:
    found = []
    if moves["stopped"]:
        found.append(f"NOTHING MOVES BY ITSELF: {moves['stopped']}")
    if moves["override"]:
        override = moves["override"]
        where = ", ".join(f"{name} at {to}" for name, to in override["routes"].items())
        found.append(f"OVERRIDE until the route file is edited: {where}\n  {override['why']}")
    if moves["journal_away"]:
        found.append(f"THE JOURNAL CANNOT BE WRITTEN: {moves['journal_away']}")
    for retreat in moves["retreats"]:
        goals = ", ".join(f"{name} to {to}" for name, to in retreat["goals"].items())
        blocked = f"\n  waits: {retreat['blocked']}" if retreat["blocked"] else ""
        found.append(f"MOVING BACK {goals}: {retreat['why']}{blocked}")
    return found


def _guards(guards: list[Mapping[str, Any]]) -> str:
    """Those that have something to say; the others in one line."""
    loud = [one for one in guards if one["kind"] in ("back", "pause") or one["stage"] != "legacy"]
    if not loud:
        return f"{len(guards)} guards watch; all their routes are in legacy" if guards else ""
    return table(GUARDS, [(one["route"], one["kind"], one["words"]) for one in loud])


def _active(walks: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for one in walks if one["state"] not in _OVER]


def walk(one: Mapping[str, Any]) -> str:
    way = " → ".join([one["stands"], *one["steps"]])
    left = "" if one["seconds"] is None else f", about {duration(one['seconds'])} left"
    return f"{one['state']} {', '.join(one['routes'])}: {way}{left}\n  {one['words']}"
