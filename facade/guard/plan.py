"""The steps of a walk: through which positions, and where a person's word is needed."""

from collections.abc import Iterable, Sequence

from facade.guard.position import Position
from facade.routes.config.walkfile import STEP_NEW, Plan
from facade.routes.file.kinds.quantities import Share
from facade.routes.file.kinds.values import Wrong
from facade.routes.stages import Stage


class NoWay(ValueError):
    """There is no walk to where it was asked for; the message says why and what to do."""


def steps(plan: Plan, start: Position, goal: Position) -> tuple[Position, ...]:
    """The positions after `start` up to and with `goal`. Raises NoWay."""
    if goal.stage is Stage.RETIRED:
        raise NoWay("nothing leads back out of retired, so no walk leads into it: use fig flip")
    if goal.rank <= start.rank:
        raise NoWay(f"it stands at {start} already; for the way back use fig flip --walk")
    shares = sorted({share for share in plan.steps if share > 0})
    way = [Position(Stage.SHADOW), *(Position(Stage.CANARY, share) for share in shares)]
    way += [Position(Stage.NEW)]
    between = [one for one in way if start.rank < one.rank < goal.rank]
    return (*between, goal)


def asks(plan: Plan, step: Position) -> bool:
    """Whether a person has to approve before this step is taken."""
    if step.stage is Stage.NEW:
        return STEP_NEW in plan.approve
    return step.stage is Stage.CANARY and step.percent in plan.approve


def parse_shares(text: str) -> tuple[int, ...]:
    """`1, 5, 25%` in basis points. Raises NoWay."""
    try:
        found = tuple(Share().parse(part.strip()) for part in text.split(",") if part.strip())
    except Wrong as wrong:
        raise NoWay(f"the plan '{text}': {wrong}") from None
    if not found:
        raise NoWay(f"the plan '{text}' has no step: expected shares such as 1,5,25,50,100")
    return found


def approvals(words: Iterable[str]) -> tuple[int, ...]:
    """`25%` and `new`, as in `approve` of the route file. Raises NoWay."""
    given: Sequence[str] = [word for word in words if word]
    return tuple(STEP_NEW if word == "new" else parse_shares(word)[0] for word in given)
