"""What the runner promises, whatever goes wrong at whatever instant."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.saga import Phase, Runner, Saga, State, Step
from chassis.saga.definition import Context, Retry, nothing
from chassis.saga.runner import Limits
from chassis.saga.storage.store import Lease, LeaseLost, MemoryStore
from tests.rigs.sagas.due import run_due
from tests.rigs.sagas.faults import Fault, VirtualClock
from tests.rigs.sagas.hanging import Hanging
from tests.rigs.sagas.rehearsal import SHAPES, Rehearsal, Shape, planned

CRASHES = [Fault.NONE, Fault.CRASH_BEFORE, Fault.CRASH_AFTER]
EACH_STEP = [(name, step) for name, shape in SHAPES.items() for step in shape.names]


def plans(shape: Shape) -> st.SearchStrategy[dict[tuple[str, str], list[Fault]]]:
    """Up to three faults for each kind of message that such a saga may send."""
    messages = [(step, "do") for step in shape.names] + [(step, "ask") for step in shape.asked]
    messages += [(step, "undo") for step in shape.names[: shape.turn]]
    return st.fixed_dictionaries(
        {message: st.lists(st.sampled_from(list(Fault)), max_size=3) for message in messages}
    )


save_plans = st.lists(st.sampled_from(CRASHES), max_size=12)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize(("name", "step"), EACH_STEP)
async def test_one_fault_at_one_step(name: str, step: str, fault: Fault) -> None:
    shape = SHAPES[name]
    world = Rehearsal(shape=shape)
    planned(world, {(step, "do"): [fault]})

    state = await world.play()

    world.check(state)
    expected = Phase.DONE
    if fault is Fault.REFUSED:
        may_go_back = not shape.onward and shape.names.index(step) <= shape.turn
        expected = Phase.UNDONE if may_go_back else Phase.PARKED
    assert state.phase is expected, state


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.REFUSED])
@pytest.mark.parametrize("step", ["reserve", "authorise"])
async def test_one_fault_while_compensating(step: str, fault: Fault) -> None:
    world = Rehearsal()
    planned(world, {("write", "do"): [Fault.REFUSED], (step, "undo"): [fault]})

    state = await world.play()

    world.check(state)
    assert state.phase is Phase.UNDONE
    assert state.reason == "write: write says no"
    assert state.answer == {"from": "write"}


@pytest.mark.parametrize("instant", range(6))
@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("promises", [False, True])
async def test_death_around_each_save(
    promises: bool, name: str, instant: int, fault: Fault
) -> None:
    faults = [Fault.NONE] * instant + [fault]
    world = Rehearsal(save_faults=faults, shape=SHAPES[name], promises=promises)

    state = await world.play()

    world.check(state)
    assert state.phase is Phase.DONE


@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=200, deadline=None)
@given(data=st.data(), saves=save_plans)
async def test_all_done_or_all_undone(name: str, data: st.DataObject, saves: list[Fault]) -> None:
    promises = data.draw(st.booleans())
    world = Rehearsal(save_faults=saves, shape=SHAPES[name], promises=promises)
    planned(world, data.draw(plans(world.shape)))

    state = await world.play()

    world.check(state)
    if state.phase is Phase.PARKED:
        await _a_person_helps(world, state)


async def _a_person_helps(world: Any, parked: State) -> None:
    """What was parked says why, and goes on when told to."""
    for callee in world.callees:
        callee.faults = {"do": [], "ask": [], "undo": []}
    world.store.faults = []
    state = parked
    for _ in world.shape.names:  # each may have said no to one that died since
        if state.phase is Phase.PARKED:
            state = await _helped(world, state)
    assert state.phase in (Phase.DONE, Phase.UNDONE), state
    world.check(state)


async def _helped(world: Any, parked: State) -> State:
    assert any(step in parked.reason for step in world.shape.names), parked.reason
    if "(after the pivot)" in parked.reason:
        world.callees[parked.position].barred = False  # whatever made it say no was mended
    await world.clock.sleep(60.0)
    state: State = await world.runner().order("saga-1", "resume")
    return state if state.phase.ended else await world.play_on()


async def test_the_story_tells_every_decision() -> None:
    world = Rehearsal()
    planned(world, {("authorise", "do"): [Fault.UNANSWERED], ("write", "do"): [Fault.REFUSED]})

    await world.play()

    story = [(entry.step, entry.what) for entry in await world.store.story("saga-1")]
    assert story == [
        ("quote", "do"),
        ("quote", "done"),
        ("reserve", "do"),
        ("reserve", "done"),
        ("authorise", "do"),
        ("authorise", "unknown"),
        ("authorise", "do"),
        ("authorise", "done"),
        ("write", "do"),
        ("write", "refusal"),
        ("authorise", "undo"),
        ("authorise", "done"),
        ("reserve", "undo"),
        ("reserve", "done"),
        ("quote", "undo"),
        ("quote", "done"),
    ]


async def test_all_that_a_dead_instance_may_have_begun_is_undone() -> None:
    """It died over a later step than was stored, and the first one changes its mind."""
    world = Rehearsal()
    dies = {("quote", "do"): [Fault.NONE, Fault.REFUSED], ("authorise", "do"): [Fault.CRASH_AFTER]}
    planned(world, dies)

    state = await world.play()

    world.check(state)
    assert (state.phase, state.reason) == (Phase.UNDONE, "quote: quote says no")
    assert world.callees[2].most == 1
    assert world.callees[2].barred


async def test_a_turn_is_stored_before_anything_is_undone() -> None:
    """Or the instance that takes over would go forward once more, over what has been undone."""
    world = Rehearsal()
    planned(world, {("write", "do"): [Fault.REFUSED], ("authorise", "undo"): [Fault.CRASH_AFTER]})

    state = await world.play()

    world.check(state)
    assert state.phase is Phase.UNDONE
    assert world.callees[3].most == 0


class Counting(MemoryStore):
    """Counts what it stores."""

    commits = 0

    async def create(self, *given: Any) -> Any:
        self.commits += 1
        return await super().create(*given)

    async def save(self, *given: Any) -> Any:
        self.commits += 1
        return await super().save(*given)


@pytest.mark.parametrize(
    ("plan", "commits"),
    [
        ({}, 3),  # made, before the pivot, at the end
        ({("write", "do"): [Fault.REFUSED]}, 4),  # and at the turn
        ({("reserve", "do"): [Fault.LOST]}, 4),  # and at the pause
    ],
)
async def test_a_saga_is_stored_as_often_as_it_must_be(
    plan: dict[tuple[str, str], list[Fault]], commits: int
) -> None:
    clock = VirtualClock()
    store = Counting(clock.now)
    world = Rehearsal(inner=store, clock=clock)
    planned(world, plan)

    world.check(await world.play())

    assert store.commits == commits


async def test_no_step_begins_that_the_lease_might_not_outlast() -> None:
    clock = VirtualClock()
    store = Counting(clock.now)

    async def slow(_: Any) -> None:
        await clock.sleep(6.0)

    steps = [Step(name, slow, undo=nothing, retry=Retry(timeout=8.0)) for name in "abc"]
    runner = Runner(store, {"slow": Saga("slow", steps)}, clock, "me")

    await runner.start(State("s", "slow", {}))

    assert store.commits == 3  # the lease of 15 s is renewed before the third


async def test_a_second_start_of_the_same_saga_does_nothing() -> None:
    world = Rehearsal()
    first = await world.runner().start(State("saga-1", "rehearsal", {}))
    second = await world.runner().start(State("saga-1", "rehearsal", {}))

    assert first is not None and first.phase is Phase.DONE
    assert second is None
    assert [callee.most for callee in world.callees] == [0, 1, 1, 1, 1]


async def test_who_is_told_to_stop_gives_its_lease_back_and_another_goes_on_at_once() -> None:
    step, store = Hanging(), MemoryStore()
    starting = asyncio.create_task(step.runner(store, "old").start(State("s", "hang", {})))
    await step.begun.wait()
    assert await run_due(step.runner(store, "new")) == 0  # not while it is in its hands

    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert step.cancelled == 1
    assert await run_due(step.runner(store, "new")) == 1
    assert (await store.load("s")).state.phase is Phase.DONE


async def test_what_was_taken_over_is_given_back_too() -> None:
    step, store = Hanging(), MemoryStore()
    await store.create(State("s", "hang", {}), "dead", 0.0)
    carrying = asyncio.create_task(step.runner(store, "old").run_forever())
    await step.begun.wait()

    carrying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await carrying

    assert step.cancelled == 1
    assert await run_due(step.runner(store, "new")) == 1
    assert (await store.load("s")).state.phase is Phase.DONE


async def test_a_slow_saga_holds_up_no_other() -> None:
    store, slow, ended = MemoryStore(), asyncio.Event(), asyncio.Event()
    left = {f"s{n}" for n in range(5)}

    async def do(context: Context) -> None:
        if context.saga_id == "slow":
            await slow.wait()
        left.discard(context.saga_id)
        if not left:
            ended.set()

    saga = Saga("k", [Step("do", do, undo=nothing, retry=Retry(timeout=14.0))])
    for name in ["slow", *sorted(left)]:
        await store.create(State(name, "k", {}), "dead", 0.0)
    limits = Limits(at_once=2, drain=0.01)
    runner = Runner(store, {"k": saga}, VirtualClock(), "me", limits)
    running = asyncio.create_task(runner.run_forever())

    await asyncio.wait_for(ended.wait(), 10.0)

    assert (await store.load("slow")).state.phase is Phase.FORWARD
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_a_stopped_holder_still_writes_is_void() -> None:
    store = MemoryStore()
    old = await store.create(State("s", "k", {}), "old", 10.0)
    assert old is not None
    await store.release(old)

    with pytest.raises(LeaseLost):
        await store.save(old, State("s", "k", {}), [], 10.0)
    (new,) = await store.claim("new", 10.0, most=5)
    await store.release(old)  # long ago somebody else's
    await store.save(new, State("s", "k", {}), [], 10.0)


async def test_a_store_that_is_away_does_not_keep_us_from_stopping() -> None:
    class Away(MemoryStore):
        async def release(self, lease: Lease) -> None:
            raise ConnectionError("gone")

    step, store = Hanging(), Away()
    starting = asyncio.create_task(step.runner(store, "old").start(State("s", "hang", {})))
    await step.begun.wait()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting


async def test_a_stale_holder_cannot_write() -> None:
    clock = VirtualClock()
    store = MemoryStore(clock.now)
    old = await store.create(State("s", "k", {}), "old", 10.0)
    assert old is not None
    await clock.sleep(11.0)
    (new,) = await store.claim("new", 10.0, most=5)

    with pytest.raises(LeaseLost):
        await store.save(old, State("s", "k", {}), [], 10.0)
    await store.save(new, State("s", "k", {}), [], 10.0)


def test_an_attempt_must_fit_into_the_lease() -> None:
    async def do(_: Any) -> None: ...

    saga = Saga("slow", [Step("wait", do, undo=nothing, retry=Retry(timeout=60.0))])
    with pytest.raises(ValueError, match="wait may take longer than the lease"):
        Runner(MemoryStore(), {"slow": saga}, VirtualClock(), "me")
