"""What a step, a store and a state promise in the small: the places that other tests pass by."""

import asyncio
import gc
import time
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from chassis.saga import MemoryStore, Phase, Saga, State, Step, logic, operator
from chassis.saga.assembled import ProcessClock, toward_the_monolith
from chassis.saga.attempt import Circumstances, attempt
from chassis.saga.callees import FIRST_SECONDS, Callees
from chassis.saga.definition import Context, Retry, nothing
from chassis.saga.logic import Done, Move, Refusal, Unknown
from chassis.saga.state import Mode
from chassis.saga.storage.storetime import StoreTime
from tests.rigs.sagas.faults import VirtualClock

RETRY = Retry(deadline=10.0, answers=2)
SAGA = Saga(
    "k",
    [Step("a", nothing, undo=nothing, retry=RETRY), Step("b", nothing, pivot=True, retry=RETRY)],
)
BARE = Saga("k", [Step("b", nothing, pivot=True), Step("c", nothing)])  # no undo at its first step


def settle(state: State, outcome: logic.Outcome, saga: Saga = SAGA) -> State:
    return logic.settle(saga, state, outcome, 1.0, lambda: 1.0)


def at(position: int, **more: Any) -> State:
    return State("s", "k", {}, position=position, mode=Mode.BEGUN, attempts=1, since=1.0, **more)


# the rules


def test_an_attempt_without_an_answer_is_called_unknown() -> None:
    state = settle(at(0), Unknown("no answer"))
    assert (state.mode, state.doubt) == (Mode.UNKNOWN, True)


def test_the_step_after_one_in_doubt_begins_without_doubt() -> None:
    state = settle(at(0, doubt=True, tried=1.0, waits_for="x", told=("unknown",)), Done({}))
    assert (state.position, state.mode, state.doubt, state.tried) == (1, Mode.READY, False, 0.0)
    assert (state.attempts, state.since, state.waits_for, state.told) == (0, 0.0, "", ())


def test_on_the_way_back_a_first_step_without_an_undo_is_passed_over() -> None:
    state = settle(at(0, reach=0), Refusal("no"), BARE)
    assert (state.phase, state.position) == (Phase.UNDONE, -1)


def test_steps_are_passed_over_one_by_one() -> None:
    state = settle(at(1, reach=1), Refusal("no"))
    assert (state.phase, state.position) == (Phase.BACKWARD, 0)


def test_a_new_saga_has_all_of_its_budget_of_bad_answers() -> None:
    bad = Unknown("500", answered=True)
    once = settle(logic.begin(State("s", "k", {}), Move.DO, 1.0), bad)
    assert (once.phase, once.answers, once.again) == (Phase.FORWARD, 1, 0)
    assert settle(once, bad).phase is Phase.PARKED


def test_what_cannot_go_back_yet_is_due_at_once() -> None:
    waiting = at(1, doubt=True, due=99.0)
    assert logic.recall(SAGA, waiting).due == 0.0


# what a step gets to see

FIELDS = {
    "saga_id": "other",
    "request": {"r": 1},
    "results": {"x": {}},
    "tried": 7.0,
    "reason": "why",
    "recalled": True,
    "given_up": True,
    "approved": True,
    "doubt": True,
}


@pytest.mark.parametrize("name", FIELDS)
async def test_a_step_sees_what_is_stored(name: str) -> None:
    seen: list[Context] = []

    async def call(context: Context) -> None:
        seen.append(context)

    state = State("s", "k", {}).changed(**{name: FIELDS[name]})
    await attempt(
        Saga("k", [Step("a", call, undo=call)]), state, Move.DO, Circumstances(4.0, 9.0, call)
    )
    (context,) = seen
    assert getattr(context, name) == FIELDS[name]
    assert (context.age, context.until, context.promise) == (4.0, 9.0, call)


# who is away


def test_a_longer_pause_is_spread_over_its_second_half() -> None:
    callees = Callees(spread=lambda: 0.5)
    callees.away("x", 0.0)
    assert callees.to_try(FIRST_SECONDS) == ["x"]
    callees.away("x", 1.0)  # the one that was taken up found so
    callees.away("x", 1.1)  # another one, which was under way: in one pause they count as one
    ends = 1.0 + 2 * FIRST_SECONDS * 0.75
    assert callees.to_try(ends - 1e-6) == []
    assert callees.to_try(ends) == ["x"]


# times and stores


@pytest.mark.parametrize(("took", "believed"), [(0.25, True), (0.26, False)])
async def test_an_answer_after_more_than_a_quarter_of_a_second_is_not_believed(
    took: float, believed: bool
) -> None:
    world = VirtualClock()

    async def now() -> float:
        return world.now()

    known = StoreTime(now, world)
    await known.ask()
    await world.sleep(took)
    known.heard(world.now() + 30.0, 0.0)
    assert known.now() == world.now() + (30.0 if believed else 0.0)


async def test_the_oldest_are_found_first_also_when_the_clock_was_set_back() -> None:
    clock = iter([20.0, 10.0])
    store = MemoryStore(lambda: next(clock))
    for name in ("new", "old"):
        await store.create(State(name, "k", {}), "me", 1.0)
    found = await store.find([Phase.FORWARD], 9)
    assert [saved.state.saga_id for saved in found] == ["old", "new"]


async def test_a_process_has_the_time_of_its_machine() -> None:
    clock = ProcessClock()
    before = time.monotonic()
    assert before <= clock.monotonic() <= time.monotonic()
    await clock.sleep(0.0)


# an order that went on after its answer


@pytest.mark.parametrize("how", ["failed", "cancelled", "done"])
async def test_how_such_an_order_came_out_is_no_error(how: str) -> None:
    complaints: list[Any] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: complaints.append(context))
    future: asyncio.Future[State] = loop.create_future()
    future.add_done_callback(operator._heard)
    if how == "failed":
        future.set_exception(ValueError("too late to be reported"))
    elif how == "cancelled":
        future.cancel()
    else:
        future.set_result(State("s", "k", {}))
    await asyncio.sleep(0)
    del future
    gc.collect()
    assert complaints == []


# put together


def test_toward_the_monolith_all_share_one_runner_and_the_breakers_are_measured() -> None:
    metrics: Any = CollectorRegistry()
    ground: Any = SimpleNamespace(metrics=metrics, pool=None, instance="here")
    made = toward_the_monolith(ground, {"k": SAGA}, {})
    assert made.starter.under_way == 0
    assert made.operator.runner is made.runner
    assert made.operator.sagas == {"k": SAGA}
    assert any(family.name.startswith("legacy_breaker") for family in metrics.collect())
