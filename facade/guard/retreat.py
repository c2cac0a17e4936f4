"""The edits that move a route toward legacy, together with those that share its seed.

Each edit is one step along the allowed edges for all of them. The first takes every client off the
new side (canary at 0 %), so clients are safe before the rest of the way is gone.
"""

from collections.abc import Iterable, Mapping

from facade.guard.position import Position, of
from facade.routes.config.routefile import RouteConfig
from facade.routes.file.edit.flip import Flip
from facade.routes.stages import Stage

NOBODY = Position(Stage.CANARY, 0)


def company(routes: Iterable[RouteConfig], name: str) -> tuple[RouteConfig, ...]:
    """The route and those that move with it: they have its seed and a new side."""
    known = tuple(routes)
    seed = next((one.seed or one.name for one in known if one.name == name), None)
    return tuple(
        one
        for one in known
        if (one.seed or one.name) == seed and one.new is not None and one.stage is not Stage.RETIRED
    )


def targets(routes: Iterable[RouteConfig], name: str, to: Stage) -> dict[str, Position]:
    """Where each route of the company goes; those that stand there or nearer are left out.

    A route without a sample cannot be in shadow: it stays in canary, at 0 %.
    """
    found: dict[str, Position] = {}
    for route in company(routes, name):
        goal = Position(to)
        if route.compare is None:
            goal = NOBODY
        if of(route).rank > goal.rank:
            found[route.name] = goal
    return found


def next_edit(routes: Iterable[RouteConfig], goals: Mapping[str, Position]) -> tuple[Flip, ...]:
    """The next edit toward these goals from where the routes stand; empty when all are there.

    A route that has been moved nearer to legacy meanwhile is left where it is.
    """
    flips: list[Flip] = []
    for route in routes:
        goal = goals.get(route.name)
        if goal is None or of(route).rank <= goal.rank:
            continue
        step = _one_step(of(route), goal)
        flips.append(Flip(route.name, step.stage, step.percent))
    return tuple(flips)


def _one_step(now: Position, goal: Position) -> Position:
    if now.stage is Stage.NEW or (now.stage is Stage.CANARY and now.percent):
        return max(NOBODY, goal, key=lambda one: one.rank) if goal.stage is Stage.CANARY else NOBODY
    if now.stage is Stage.CANARY:
        return Position(Stage.SHADOW)
    return Position(Stage.LEGACY)
