"""The stages of a route and the steps between them: a table plus a lookup."""

from enum import StrEnum


class Stage(StrEnum):
    """The stages of a route on its way from the old side to the new one, in order."""

    LEGACY = "legacy"
    SHADOW = "shadow"
    CANARY = "canary"
    NEW = "new"
    RETIRED = "retired"


# One step forward or one step back; nothing leads out of `retired`.
EDGES: dict[Stage, tuple[Stage, ...]] = {
    Stage.LEGACY: (Stage.SHADOW,),
    Stage.SHADOW: (Stage.LEGACY, Stage.CANARY),
    Stage.CANARY: (Stage.SHADOW, Stage.NEW),
    Stage.NEW: (Stage.CANARY, Stage.RETIRED),
    Stage.RETIRED: (),
}

# Stages in which the new side answers clients.
BEYOND_LEGACY: frozenset[Stage] = frozenset({Stage.CANARY, Stage.NEW, Stage.RETIRED})

ORDER: tuple[Stage, ...] = tuple(Stage)


def allowed(now: Stage, then: Stage) -> bool:
    """Whether a route may go from `now` to `then` in one step (staying is always allowed)."""
    return now is then or then in EDGES[now]


def walk(now: Stage, then: Stage) -> tuple[Stage, ...]:
    """The steps from `now` to `then`, without `now`; empty when there is none to take."""
    if now is Stage.RETIRED:
        return ()
    start, end = ORDER.index(now), ORDER.index(then)
    return ORDER[start + 1 : end + 1] if end > start else ORDER[end:start][::-1]
