"""Sagas that cannot go on by themselves, and who may stop them: budgets, people, and who asked."""

import asyncio

import pytest

from chassis.saga import MemoryStore, Phase, Retry, State, Store
from chassis.saga.logic import GIVEN_UP, RECALLED
from chassis.saga.runner import Limits
from chassis.saga.storage.store import LeaseLost
from tests.rigs.sagas.due import run_due
from tests.rigs.sagas.faults import Fault, InstanceClock, VirtualClock
from tests.rigs.sagas.hanging import Hanging
from tests.rigs.sagas.rehearsal import Rehearsal, planned


@pytest.mark.parametrize("step", ["write", "capture"])
async def test_server_errors_for_ever_end_with_a_person_and_few_calls(step: str) -> None:
    world = Rehearsal()
    callee = next(each for each in world.callees if each.name == step)
    callee.sick = True
    state = await world.play()
    assert state.phase is Phase.PARKED
    assert step in state.reason
    assert callee.calls <= 2 * Retry().answers  # each is asked about as well


@pytest.mark.parametrize("step", ["quote", "reserve", "authorise"])
async def test_server_errors_before_the_pivot_end_with_nothing(step: str) -> None:
    world = Rehearsal()
    callee = next(each for each in world.callees if each.name == step)
    callee.faults["do"] = [Fault.BROKEN] * 99
    state = await world.play()
    world.check(state)
    assert state.phase is Phase.UNDONE


async def test_an_instance_whose_clock_is_ahead_takes_nothing_out_of_others_hands() -> None:
    step, world = Hanging(), VirtualClock()
    store = MemoryStore(world.now)
    right, ahead = InstanceClock(world, 0.0, 0.0), InstanceClock(world, 20.0, 1e6)
    starting = await _until_it_hangs(step, store, right)

    assert await run_due(step.runner(store, "new", ahead)) == 0
    await world.sleep(Limits().lease + 0.1)
    assert await run_due(step.runner(store, "new", ahead)) == 1

    await _stopped(starting)


async def _until_it_hangs(
    step: Hanging, store: Store, clock: InstanceClock | None = None
) -> "asyncio.Task[State | None]":
    runner = step.runner(store, "old", clock)
    starting = asyncio.create_task(runner.start(State("s", "hang", {})))
    await step.begun.wait()
    return starting


async def _stopped(starting: "asyncio.Task[State | None]") -> None:
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)


async def test_a_person_parks_a_saga_that_is_in_other_hands() -> None:
    step, store = Hanging(), MemoryStore()
    starting = await _until_it_hangs(step, store)

    parked = await step.runner(store, "new").order("s", "park")

    assert (parked.phase, parked.reason) == (Phase.PARKED, "a person parked it")
    assert await run_due(step.runner(store, "new")) == 0
    resumed = await step.runner(store, "new").order("s", "resume")
    assert resumed.phase is Phase.DONE
    with pytest.raises(ValueError, match="is done: there is nothing to stop"):
        await step.runner(store, "new").order("s", "park")
    story = [entry.what for entry in await store.story("s")]
    assert story[:2] == ["a person said park", "a person said resume"]
    await _stopped(starting)


async def test_an_open_saga_is_parked_before_a_person_undoes_it() -> None:
    step, store = Hanging(), MemoryStore()
    starting = await _until_it_hangs(step, store)
    runner = step.runner(store, "new")
    with pytest.raises(LeaseLost):
        await runner.order("s", "compensate")
    await runner.order("s", "park")
    assert (await runner.order("s", "compensate")).phase is Phase.UNDONE
    await _stopped(starting)


@pytest.mark.parametrize(
    ("fault", "phase"),
    [
        (Fault.NOT_YET, Phase.UNDONE),  # it was away: nothing has happened
        (Fault.LOST, Phase.UNDONE),  # nobody knew, and then it was certain
        (Fault.UNANSWERED, Phase.DONE),  # it had happened, and the steps are published
        (Fault.LATE, Phase.DONE),
    ],
)
async def test_a_recalled_saga_goes_back_once_it_is_certain(fault: Fault, phase: Phase) -> None:
    world = Rehearsal()
    no_answers = [Fault.LOST] * 6
    planned(world, {("write", "do"): [fault] + [Fault.NOT_YET] * 9, ("write", "ask"): no_answers})
    pending = await world.runner().start(State("saga-1", "rehearsal", {}))
    assert pending is not None and pending.phase is Phase.FORWARD

    await world.runner().recall("saga-1")

    state = await world.play_on()
    world.check(state)
    assert (state.phase, state.recalled) == (phase, True)
    if phase is Phase.UNDONE:
        assert state.reason == f"write: {RECALLED}"
        assert (await world.runner().recall("saga-1")).phase is Phase.UNDONE
    else:
        with pytest.raises(ValueError, match="past its pivot"):
            await world.runner().recall("saga-1")


@pytest.mark.parametrize(
    ("fault", "phase"),
    [
        (Fault.NOT_YET, Phase.UNDONE),
        (Fault.LOST, Phase.UNDONE),
        (Fault.BROKEN, Phase.UNDONE),  # a server error is no answer
        (Fault.UNANSWERED, Phase.DONE),
        (Fault.LATE, Phase.DONE),
    ],
)
async def test_a_person_gives_up_a_saga_in_doubt_and_it_goes_back_once_it_is_certain(
    fault: Fault, phase: Phase
) -> None:
    world = Rehearsal()
    no_answers = [Fault.LOST] * 6
    planned(world, {("write", "do"): [fault] + [Fault.NOT_YET] * 9, ("write", "ask"): no_answers})
    pending = await world.runner().start(State("saga-1", "rehearsal", {}))
    assert pending is not None and pending.phase is Phase.FORWARD
    await world.runner().order("saga-1", "park")

    await world.runner().order("saga-1", "compensate")

    state = await world.play_on()
    world.check(state)
    assert state.phase is phase
    if fault is Fault.NOT_YET:  # nothing was in doubt
        assert state.reason.startswith("a person parked it")
    else:
        assert state.given_up
        assert phase is Phase.DONE or state.reason == f"write: {GIVEN_UP}"
