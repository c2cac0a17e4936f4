"""A saga of three steps with its pivot in the middle, for tests of the rules alone."""

from chassis.saga import logic
from chassis.saga.definition import Context, Data, Retry, Saga, Step, nothing
from chassis.saga.state import Mode, Phase, State


async def do(_: Context) -> Data:
    return {}


async def ask(_: Context) -> Data | None:
    return None


RETRY = Retry(deadline=10.0, first=1.0, most=4.0)
SAGA = Saga(
    "s",
    [
        Step("a", do, undo=nothing, retry=RETRY),
        Step("b", do, ask=ask, pivot=True, retry=RETRY),
        Step("c", do, retry=RETRY),
    ],
)


def at(position: int, **more: object) -> State:
    fields: dict[str, object] = {"mode": Mode.BEGUN, "attempts": 1, "since": 100.0, **more}
    return State("id", "s", {}, position=position, **fields)  # type: ignore[arg-type]


def settled(state: State, outcome: logic.Outcome, now: float = 101.0) -> State:
    return logic.settle(SAGA, state, outcome, now, lambda: 1.0)


BACK = State(
    "id", "s", {}, phase=Phase.BACKWARD, position=0, reason="b: no", since=100.0, attempts=1
)
