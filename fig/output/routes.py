"""The routes of a facade, for the terminal, from its `/api/status`."""

from collections.abc import Mapping
from typing import Any

from chassis.cli.tables import table
from fig.output import breakers, composed, limits, machines, moves, unmatched

# "fell back": of what was meant for new in the last ten seconds
ROUTES = (
    *("route", "stage", "new side", "requests", "req/s"),
    *("failed", "fell back %", "pairs", "differ"),
)


def text(facade: Mapping[str, Any], every: bool, file: str = "") -> str:
    """Version and table of the routes, and paths without a route; `every`: unmoved routes too."""
    reload = facade.get("reload") or {}
    version = f"routes: {facade.get('file') or file} (version {facade.get('version')})"
    version += _build(facade)
    if not reload.get("ok", True):
        version += "\nthe last edit was refused:\n" + "\n".join(map(str, reload["errors"]))
    moving = [route for route in facade["routes"] if route["new"] or every]
    rows = [_route(route) for route in moving]
    if len(moving) < len(facade["routes"]):
        rows.append(_others([route for route in facade["routes"] if not route["new"]]))
    rows.append(unmatched.row(facade["unmatched"]))
    identity = facade.get("identity")
    if identity is not None:
        version += f"\nidentity of clients: from {identity['upstream']} (GET {identity['ask']})"
    owners = domains(facade.get("domains") or {})
    version += f"\n{owners}" if owners else ""
    moving_by_itself = moves.text(facade.get("moves"))
    limited = limits.text(facade.get("limits") or ())
    joined = composed.text(facade.get("composed") or ())
    machine = machines.text(facade.get("machines") or {})
    shapes = unmatched.shapes(facade["unmatched"])
    parts = (version, table(ROUTES, rows), limited, machine, joined, moving_by_itself, shapes)
    return "\n\n".join(filter(None, parts))


def domains(known: Mapping[str, Mapping[str, Any]]) -> str:
    """`owners: goods new (window open), orders legacy`; empty where there are none."""
    owners_of = [
        f"{name} {one['owner']}" + (f" (window {one['window']})" if one.get("window") else "")
        for name, one in known.items()
    ]
    return f"owners: {', '.join(owners_of)}" if owners_of else ""


def _build(facade: Mapping[str, Any]) -> str:
    builds = {worker.get("build") for worker in facade.get("workers") or ()}
    words = {"compiled": "compiled", "python": "as Python"}
    said = " and ".join(word for build, word in words.items() if build in builds)
    return said and f"\nthe workers run the data plane {said}"


def alone(facade: Mapping[str, Any], every: bool) -> str:
    """A facade without our stack: its breakers, then its routes."""
    toward = breakers.of_facade(facade.get("upstreams") or {})
    return "\n\n".join(filter(None, (toward, text(facade, every))))


def _route(route: dict[str, Any]) -> tuple[str | int | float | None, ...]:
    requests, rates, pairs = route["requests"], route["rates"], route["compare"]
    both = sum(rates.values())
    share = f"{rates['new'] / both:.0%} of traffic" if both else "–"
    percent = route["percent"]
    stage = route["stage"] + (f" {percent:g} %" if percent is not None else "")
    return (
        route["name"],
        stage,
        share if route["new"] else "",
        sum(requests.values()),
        round(both, 1),
        sum(route["failures"].values()),
        None if route["fallback_share"] is None else round(100 * route["fallback_share"], 1),
        pairs["completed"],
        pairs["mismatched"],
    )


def _others(routes: list[dict[str, Any]]) -> tuple[str | int | float | None, ...]:
    """The routes that have not begun to move, in one row."""
    return (
        f"and {len(routes)} more",
        "legacy",
        "(--all lists them)",
        sum(sum(route["requests"].values()) for route in routes),
        round(sum(sum(route["rates"].values()) for route in routes), 1),
        sum(sum(route["failures"].values()) for route in routes),
        None,
        None,
        None,
    )
