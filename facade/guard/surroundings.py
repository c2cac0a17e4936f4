"""What is around a route: its breakers, its new side's lag and instances; and our own failures.

A new side that is gone is a cause to go back where clients are on it. A failure of ours (nothing
is compared, a worker is silent, the feed stands still) is none: the route holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from facade.guard.verdict import Finding, Kind

BREAKER, LAG, REGISTRY, OURS = "breaker", "lag", "registry", "ours"
BEHIND_SECONDS = 3.0  # over its limit for so long
GONE_SECONDS = 1.0  # without an instance for so long: a restart of one process is shorter
_OPEN, _TRYING = "open", ("half-open", "ramp")


@dataclass(frozen=True, slots=True)
class Behind:
    """How far a read model is behind legacy; times in seconds."""

    seconds: float | None  # None: it does not say
    limit: float
    over_for: float = 0.0  # how long it has been over the limit
    stands: bool = False  # its watermark does not move: the feed, not the new side


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`breakers` and `legacy_breakers`: state by route class, in the worst worker."""

    exposed: bool  # clients are on the new side
    upstream: str = ""
    breakers: Mapping[str, str] | None = None
    legacy_breakers: Mapping[str, str] | None = None
    why_open: str = ""
    behind: Behind | None = None
    gone_for: float | None = None  # seconds without a registered instance; None: there are some
    ours: str = ""  # what fails on our side, in words; empty: nothing


def findings(around: Surroundings) -> list[Finding]:
    """What speaks against going on; empty where all is well."""
    found = [_breaker(around), _lag(around), _registry(around)]
    if around.ours:
        found.append(Finding(OURS, Kind.HOLD, around.ours))
    return [one for one in found if one is not None]


def _breaker(around: Surroundings) -> Finding | None:
    states = list((around.breakers or {}).values())
    if _OPEN in states:
        words = f"the breaker of {around.upstream} opened"
        words += f" ({around.why_open})" if around.why_open else ""
        if _OPEN in (around.legacy_breakers or {}).values():
            return Finding(
                BREAKER, Kind.PAUSE, f"{words}, and so did legacy's: going back helps no one"
            )
        return Finding(BREAKER, Kind.BACK if around.exposed else Kind.PAUSE, words)
    if any(state in _TRYING for state in states):
        return Finding(BREAKER, Kind.PAUSE, f"the breaker of {around.upstream} lets few through")
    return None


def _lag(around: Surroundings) -> Finding | None:
    behind = around.behind
    if behind is None:
        return None
    if behind.seconds is None:
        return Finding(LAG, Kind.HOLD, f"{around.upstream} does not say how far behind it is")
    if behind.seconds <= behind.limit:
        return None
    numbers: dict[str, int | float | str | None] = {
        "seconds": round(behind.seconds, 3), "may": behind.limit,
    }  # fmt: skip
    words = f"{around.upstream} is {behind.seconds:.1f} s behind legacy, {behind.limit:g} s may"
    if behind.stands:
        words += "; its watermark stands still, so the feed is at fault (fig lag): it declines"
        return Finding(LAG, Kind.HOLD, words, numbers)
    long = around.exposed and behind.over_for >= BEHIND_SECONDS
    return Finding(LAG, Kind.BACK if long else Kind.PAUSE, words, numbers)


def _registry(around: Surroundings) -> Finding | None:
    if around.gone_for is None:
        return None
    words = f"no instance of {around.upstream} is registered"
    long = around.exposed and around.gone_for >= GONE_SECONDS
    return Finding(REGISTRY, Kind.BACK if long else Kind.PAUSE, words)
