"""The loop that carries due sagas on: a store that fails, how many at once, and how it stops."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chassis.saga import MemoryStore, Phase, Runner, Saga, State, Step
from chassis.saga.definition import Context, nothing
from chassis.saga.runner import Limits
from chassis.saga.storage.store import Lease
from tests.rigs.sagas.due import run_due
from tests.rigs.sagas.faults import VirtualClock

Do = Callable[[Context], Awaitable[None]]


def runner(store: MemoryStore, do: Do, clock: VirtualClock | None = None, **limits: Any) -> Runner:
    sagas = {"k": Saga("k", [Step("do", do, undo=nothing)])}
    return Runner(store, sagas, clock or VirtualClock(), "here", Limits(**limits))


async def _due(store: MemoryStore, *names: str) -> None:
    for name in names:
        await store.create(State(name, "k", {}), "dead", 0.0)


async def _until(event: asyncio.Event, running: "asyncio.Task[Any]") -> None:
    """Until the event is set; a loop that ended before is a failure, with its reason."""
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.wait([waiting, running], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if running.done():
        await running
    assert event.is_set()


async def _stopped(running: "asyncio.Task[Any]") -> None:
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def _turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


class Poor(MemoryStore):
    """Fails in one of its ways for the first times."""

    def __init__(self, way: str, times: int = 2) -> None:
        super().__init__()
        self._way, self._times = way, times

    async def _may_fail(self, way: str) -> None:
        if way == self._way and self._times:
            self._times -= 1
            raise ConnectionError(f"no {way}")

    async def now(self) -> float:
        await self._may_fail("now")
        return await super().now()

    async def claim(self, *given: Any, **more: Any) -> list[Lease]:
        await self._may_fail("claim")
        return await super().claim(*given, **more)


@pytest.mark.parametrize("way", ["now", "claim"])
async def test_a_store_that_fails_is_asked_again_and_it_is_logged(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    store, ended, clock = Poor(way), asyncio.Event(), VirtualClock()

    async def do(_: Context) -> None:
        ended.set()

    await _due(store, "s")
    running = asyncio.ensure_future(runner(store, do, clock, poll=0.5).run_forever())
    await _until(ended, running)
    assert clock.passed >= 2 * 0.5  # not at once: it had a pause
    assert caplog.text.count(f"could not look for due sagas: no {way}") == 2
    await _stopped(running)


@pytest.mark.parametrize("way", ["load", "save"])
async def test_a_saga_whose_store_fails_stops_no_other(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(MemoryStore):
        async def load(self, saga_id: str) -> Any:
            if (way, saga_id) == ("load", "s1"):
                raise ConnectionError("broken row")
            return await super().load(saga_id)

        async def save(self, lease: Lease, *more: Any) -> Any:
            if (way, lease.saga_id) == ("save", "s1"):
                raise ConnectionError("broken row")
            return await super().save(lease, *more)

    store, ended = Broken(), asyncio.Event()

    async def do(context: Context) -> None:
        if context.saga_id == "s2":
            ended.set()

    await _due(store, "s1", "s2")
    running = asyncio.ensure_future(runner(store, do, at_once=1).run_forever())
    await _until(ended, running)
    assert "saga s1: carried on after its lease ends" in caplog.text
    await _stopped(running)


async def test_never_more_are_in_hand_than_may_be_at_once() -> None:
    store, begun = MemoryStore(), set()
    first, second = asyncio.Event(), asyncio.Event()

    async def do(context: Context) -> None:
        begun.add(context.saga_id)
        (first if len(begun) == 1 else second).set()
        await asyncio.Event().wait()

    await _due(store, "s1")
    running = asyncio.ensure_future(runner(store, do, at_once=2, drain=0.0).run_forever())
    await _until(first, running)
    await _due(store, "s2", "s3", "s4")
    await _until(second, running)
    await _turns(20)
    assert begun == {"s1", "s2"}
    await _stopped(running)


async def test_with_nothing_in_hand_it_stops_at_once() -> None:
    polled = asyncio.Event()

    class Empty(MemoryStore):
        async def claim(self, *given: Any, **more: Any) -> list[Lease]:
            polled.set()
            return await super().claim(*given, **more)

    running = asyncio.ensure_future(runner(Empty(), nothing).run_forever())
    await _until(polled, running)
    await _stopped(running)


async def test_told_to_stop_it_lets_what_is_in_hand_end() -> None:
    store, begun, ends = MemoryStore(), asyncio.Event(), asyncio.Event()

    async def do(_: Context) -> None:
        begun.set()
        await ends.wait()

    await _due(store, "s")
    running = asyncio.ensure_future(runner(store, do, drain=60.0).run_forever())
    await _until(begun, running)
    running.cancel()
    await _turns(20)
    assert not running.done()
    ends.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await store.load("s")).state.phase is Phase.DONE


async def test_an_order_that_cannot_be_followed_gives_the_lease_back() -> None:
    store = MemoryStore()
    await _due(store, "s")
    with pytest.raises(ValueError, match="is forward, not parked"):
        await runner(store, nothing).order("s", "resume")
    assert await store.claim_one("s", "other", 1.0) is not None
    assert await store.story("s") == []


async def test_an_order_is_stored_before_it_is_carried_out() -> None:
    """Or a saga that is being carried on would still be called parked."""
    store, seen = MemoryStore(), []

    async def do(context: Context) -> None:
        seen.append((await store.load(context.saga_id)).state.phase)
        seen.append((await store.story(context.saga_id))[0].what)

    parked = State("s", "k", {}, phase=Phase.PARKED, parked_from=Phase.FORWARD, reach=0)
    await store.create(parked, "dead", 0.0)
    assert (await runner(store, do).order("s", "resume")).phase is Phase.DONE
    assert seen == [Phase.FORWARD, "a person said resume"]


@pytest.mark.parametrize("way", ["run_due", "order", "recall"])
async def test_a_runner_that_takes_a_saga_gets_the_time(way: str) -> None:
    """Another database server took over: its clock counts from the first lease on."""
    clock, jump, seen = VirtualClock(), [0.0], []
    store = MemoryStore(lambda: clock.now() + jump[0])

    async def see(context: Context) -> None:
        seen.append(context.tried)

    steps = [Step("do", see, undo=nothing), Step("pay", nothing, pivot=True)]
    made = Runner(store, {"k": Saga("k", steps)}, clock, "here")
    await made.start(State("first", "k", {}))
    parked = {"phase": Phase.PARKED, "parked_from": Phase.FORWARD} if way == "order" else {}
    await store.create(State("s", "k", {}, reach=0, **parked), "dead", 0.0)  # type: ignore[arg-type]
    jump[0] = 1000.0
    if way == "run_due":
        await run_due(made)
    elif way == "order":
        await made.order("s", "resume")
    else:
        await made.recall("s")
    stories = await store.story("s")
    assert {entry.at for entry in stories} == {await store.now()}
    assert way == "recall" or seen == [clock.now(), await store.now()]


async def test_at_rest_it_looks_seldom_and_often_again_once_there_was_something() -> None:
    """Times are those of the clock of the test."""
    store, ended = MemoryStore(), asyncio.Event()
    looks: list[float] = []

    class Watched(VirtualClock):
        async def sleep(self, seconds: float) -> None:
            looks.append(seconds)
            await super().sleep(seconds)

    async def do(_: Context) -> None:
        ended.set()

    clock = Watched()
    running = asyncio.ensure_future(runner(store, do, clock, poll=0.5, rest=3.0).run_forever())
    await _turns(100)
    assert looks[0] == 0.5 and looks[-1] == 3.0
    await _due(store, "s")
    await _until(ended, running)
    before = len(looks)
    await _turns(4)
    assert 0.5 in looks[before - 2 :]
    await _stopped(running)
