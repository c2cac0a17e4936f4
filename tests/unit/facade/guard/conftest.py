"""Evidence as tests write it: a few counts by name."""

from typing import Any

from facade.guard.limits import Evidence
from facade.guard.window import Counted, PairCounts, SideCounts
from facade.proxy.counting import histogram
from facade.routes.stages import Stage


def timed(milliseconds: float, count: int) -> list[int]:
    """A histogram of `count` answers that took so long."""
    counts = histogram.empty()
    counts[histogram.slot(milliseconds)] = count
    return counts


def evidence(stage: Stage = Stage.CANARY, share: float = 0.25, **given: Any) -> Evidence:
    """`new` and `legacy` are (requests, errors) or SideCounts; the rest are counts of pairs."""
    pace, calm = float(given.pop("pace", 0.0)), bool(given.pop("calm", False))
    new, legacy = (_side(given.pop(name, (0, 0))) for name in ("new", "legacy"))
    return Evidence(stage, share, PairCounts(**given), Counted(new, legacy), pace, calm)


def _side(given: Any) -> SideCounts:
    return given if isinstance(given, SideCounts) else SideCounts(*given)
