"""Whether the evidence speaks against giving the new side more requests. Pure.

What is judged is `GET /api/compare` of the running facade and the expected differences of the route
file. No evidence is no objection: a route need not be compared to be moved, and writes never are.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from facade.compare.rules import is_overdue
from facade.routes.routefile import FULL, CompareRules, RouteConfig
from facade.routes.stages import ORDER, Stage

TARGET = 0.001  # pairs that may differ where the route has no guard
_MOST_CAUSES = 3


def promotes(before: RouteConfig, stage: Stage, percent: int | None) -> bool:
    """Whether the step gives the new side more requests to answer."""
    if ORDER.index(stage) < ORDER.index(Stage.CANARY):
        return False
    if stage is Stage.CANARY and before.stage is Stage.CANARY:
        return percent is not None and percent > (before.percent or 0)
    return ORDER.index(stage) > ORDER.index(before.stage)


def objections(
    route: RouteConfig, rules: CompareRules | None, evidence: Mapping[str, Any] | None, today: date
) -> list[str]:
    """Why the route should stay where it is; empty when nothing is known against it.

    `evidence` is the route's part of `GET /api/compare`, None when no facade runs.
    """
    found = [
        f"{known.path} was expected to differ until {known.until} only ({known.owner}: {known.why})"
        for known in (rules.expect if rules else ())
        if is_overdue(known, today)
    ]
    return found + (_parked(evidence) + _mismatches(route, evidence) if evidence else [])


def _parked(evidence: Mapping[str, Any]) -> list[str]:
    """Pairs that our own code could not judge may hold anything."""
    count = int(evidence.get("parked_count", 0))
    if not count:
        return []
    names = [f"{one['request_id']} ({one['cause']})" for one in evidence["parked"][:_MOST_CAUSES]]
    return [f"{count:,} pairs could not be judged, look at them first: {', '.join(names)}"]


def _mismatches(route: RouteConfig, evidence: Mapping[str, Any]) -> list[str]:
    compared, mismatched = int(evidence["compared"]), int(evidence["mismatched"])
    guard = route.guard.max_mismatch if route.guard else None
    allowed = TARGET if guard is None else guard / FULL
    if not mismatched or mismatched / compared <= allowed:
        return []
    causes = [str(cause["title"]) for cause in evidence["causes"][:_MOST_CAUSES]]
    share = f"{mismatched:,} of {compared:,} pairs differ ({mismatched / compared:.2%}"
    return [f"{share}, {allowed:.2%} may): {'; '.join(causes) or 'causes unknown'}"]
