"""What a new route file changes, in a line each: `invoice: shadow → canary 10 %`."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import islice
from typing import Any

from facade.routes.config.routefile import RouteConfig, RouteFile

MOST_LINES = 20
POINTS = 100.0  # basis points in a percent


def changes(before: RouteFile, after: RouteFile) -> list[str]:
    """One line for each thing that changed, routes first; of more than MOST_LINES, the number."""
    lines = [*_all(before, after)]
    if len(lines) > MOST_LINES:
        return [*islice(lines, MOST_LINES), f"and {len(lines) - MOST_LINES} more changes"]
    return lines or ["nothing changed but comments or layout"]


def stands(route: RouteConfig) -> str:
    """`shadow`, `canary 12.5 %`, `composed`."""
    if route.compose:
        return "composed"
    share = "" if route.percent is None else f" {route.percent / POINTS:g} %"
    return f"{route.stage}{share}"


def _all(before: RouteFile, after: RouteFile) -> Iterator[str]:
    old = {route.name: route for route in before.routes}
    new = {route.name: route for route in after.routes}
    for name in {**old, **new}:
        if name not in new:
            yield f"{name}: {stands(old[name])} → no route: its paths go to legacy"
        elif name not in old:
            yield f"{name}: a new route, {stands(new[name])}"
        elif old[name] != new[name]:
            yield from _route(old[name], new[name])
    if [*filter(new.get, old)] != [*filter(old.get, new)]:
        yield "the order of the routes"
    yield from _named("upstream", before.upstreams, after.upstreams)
    yield from _named("domain", before.domains, after.domains)
    yield from _named("limit", before.limits, after.limits)
    if before.machines.keys != after.machines.keys:
        yield "machines: changed: keys"
    yield from _named("issuer", before.machines.issuers, after.machines.issuers)
    yield from _named("compare_rules", before.compare_rules, after.compare_rules)
    if before.facade != after.facade:
        yield f"facade: {_fields(before.facade, after.facade)}"


def _route(before: RouteConfig, after: RouteConfig) -> Iterator[str]:
    if stands(before) != stands(after):
        yield f"{after.name}: {stands(before)} → {stands(after)}"
    others = _fields(before, after, but=("stage", "percent"))
    if others:
        yield f"{after.name}: {others}"


def _named(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in {**before, **after}:
        if name not in after:
            yield f"{kind} {name}: gone"
        elif name not in before:
            yield f"{kind} {name}: new"
        elif before[name] != after[name]:
            yield f"{kind} {name}: {_fields(before[name], after[name])}"


def _fields(before: Any, after: Any, but: tuple[str, ...] = ()) -> str:
    """`changed: timeout, fallback`, or empty."""
    names = [one.name for one in fields(before) if one.name not in but]
    changed = [one for one in names if getattr(before, one) != getattr(after, one)]
    return f"changed: {', '.join(changed)}" if changed else ""
