"""How far the new sides are behind legacy, and which steps of a route must wait for them.

The control process measures and writes `<runtime>/lag.json`; the master reads it when it judges an
edit. Only steps that bring more requests to the new side are held back: the way back is open.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from facade.routes.config.routefile import FULL, RouteConfig
from facade.routes.stages import ORDER, Stage

LAG: Final = "lag.json"
OUTDATED_SECONDS: Final = 6.0  # a measurement older than this says nothing


@dataclass(frozen=True, slots=True)
class Lag:
    """Of one upstream. `seconds` None: it did not say; `at` unix seconds."""

    seconds: float | None
    at: float
    reason: str = ""


Lags = Mapping[str, Lag]


def read_lags(runtime: Path) -> Lags:
    """As last measured; nothing where nothing was."""
    try:
        found = json.loads((runtime / LAG).read_text())
        return {name: Lag(one["seconds"], one["at"], one["reason"]) for name, one in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def hold_back(before: RouteConfig | None, after: RouteConfig, lags: Lags, now: float) -> str | None:
    """Why the step must wait, and what to do; None when it need not."""
    if after.max_lag is None or after.new is None or _share(after) <= _share(before):
        return None
    lag, limit = lags.get(after.new), f"'{after.name}' allows {after.max_lag:g} s"
    if lag is None or now - lag.at > OUTDATED_SECONDS:
        return (
            f"how far {after.new} is behind legacy is not known ({limit}):"
            " the control process measures it; is it up? (fig status)"
        )
    if lag.seconds is None:
        return f"{after.new} does not say how far it is behind legacy ({limit}): {lag.reason}"
    if lag.seconds > after.max_lag:
        return (
            f"{after.new} is {lag.seconds:.1f} s behind legacy, and {limit}:"
            " wait until it has caught up (fig lag --watch), then take the step again"
        )
    return None


def _share(route: RouteConfig | None) -> tuple[int, int]:
    """How much of a route the new side answers, comparable."""
    if route is None or ORDER.index(route.stage) < ORDER.index(Stage.CANARY):
        return 0, 0
    if route.stage is Stage.CANARY:
        return 1, route.percent or 0
    return ORDER.index(route.stage), FULL
