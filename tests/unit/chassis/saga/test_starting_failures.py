"""What a request learns when the store fails, another instance takes over, or all is to stop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from chassis.saga import MemoryStore, Phase, Runner, Saga, State, Step, starting
from chassis.saga.definition import Context, nothing
from chassis.saga.logic import RECALLED
from chassis.saga.runner import Limits
from chassis.saga.starting import Starter
from chassis.saga.state import Mode
from chassis.saga.storage.store import Lease, LeaseLost, Saved
from tests.rigs.sagas.faults import VirtualClock

LONG = 60.0  # no test comes to its end


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests that wait for as long as it takes, and look often."""
    monkeypatch.setattr(starting, "WAIT_SECONDS", LONG)
    monkeypatch.setattr(starting, "LOOK_SECONDS", 0.0)


class Failing(MemoryStore):
    """What a saga stores after its first time fails, as planned."""

    def __init__(self, error: Exception, first: Exception | None = None) -> None:
        super().__init__()
        self._error = error
        self._first = first  # when the saga is made
        self.loaded: Callable[[], None] | None = None  # called at each look

    async def create(self, state: State, holder: str, seconds: float) -> Lease | None:
        if self._first is not None:
            raise self._first
        return await super().create(state, holder, seconds)

    async def save(self, *_: Any) -> Lease:
        raise self._error

    async def load(self, saga_id: str) -> Saved:
        saved = await super().load(saga_id)
        if self.loaded is not None:
            self.loaded()
        return saved

    async def ends_elsewhere(self, state: State) -> None:
        lease = await self.seize(state.saga_id, "other", LONG)
        await super().save(lease, state.changed(phase=Phase.DONE), [], 0.0)


async def _done(_: Context) -> None: ...


def starter(store: MemoryStore, undo: Callable[[Context], Awaitable[None]] = nothing) -> Starter:
    steps = [Step("write", _done, undo=undo), Step("pay", _done, pivot=True), Step("mail", _done)]
    return Starter(Runner(store, {"k": Saga("k", steps)}, VirtualClock(), "here"), store)


def state(**more: Any) -> State:
    return State("s", "k", {}, **more)


async def test_what_fails_after_it_was_stored_is_accepted_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = starter(Failing(ConnectionError("the database went away")))
    found = await made.run(state())
    assert (found.saga_id, found.phase) == ("s", Phase.FORWARD)
    assert made.under_way == 0
    assert "a saga goes on later: ConnectionError: the database went away" in caplog.text


async def test_what_fails_before_it_was_stored_fails_the_request() -> None:
    refused = ConnectionError("refused")
    made = starter(Failing(refused, first=refused))
    with pytest.raises(ConnectionError, match="refused"):
        await made.run(state())
    assert await made.look("s") is None


async def test_when_another_instance_has_taken_it_its_end_is_waited_for() -> None:
    """Not that it was begun: the request has time left."""
    store, looks, tasks = Failing(LeaseLost("s")), [0], []

    def loaded() -> None:
        looks[0] += 1
        if looks[0] == 3:
            tasks.append(asyncio.ensure_future(store.ends_elsewhere(state())))

    store.loaded = loaded
    assert (await starter(store).run(state())).phase is Phase.DONE
    assert looks[0] > 3
    await asyncio.gather(*tasks)


async def _stored(store: MemoryStore, **more: Any) -> State:
    made = state(**more)
    await store.create(made, "dead", 0.0)
    return made


async def test_a_recalled_saga_is_answered_as_it_is_after_it_went_back() -> None:
    store = MemoryStore()
    before = await _stored(store)
    made = starter(store)
    after = await made.recalled(before)
    assert (after.phase, after.reason) == (Phase.UNDONE, f"write: {RECALLED}")
    assert (await store.load("s")).state == after
    assert made.under_way == 0


async def test_past_its_pivot_there_is_nothing_to_recall() -> None:
    store = MemoryStore()
    before = await _stored(store, position=2)
    with pytest.raises(ValueError, match="past its pivot"):
        await starter(store).recalled(before)


async def test_a_recalled_saga_that_others_took_is_answered_as_they_stored_it() -> None:
    class Taken(MemoryStore):
        """Another instance carries it to its end before the recall is stored."""

        async def save(self, lease: Lease, *_: Any) -> Lease:
            theirs = await self.seize(lease.saga_id, "other", LONG)
            await super().save(theirs, before.changed(phase=Phase.DONE), [], 0.0)
            raise LeaseLost(lease.saga_id)

    store = Taken()
    before = await _stored(store)
    assert (await starter(store).recalled(before)).phase is Phase.DONE


async def test_a_recall_that_takes_long_goes_on_and_stop_ends_the_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(starting, "DRAIN_SECONDS", 0.0)
    undoing, store = asyncio.Event(), MemoryStore()

    async def undo(_: Context) -> None:
        undoing.set()
        await asyncio.Event().wait()

    before = await _stored(store, reach=0, mode=Mode.BEGUN)
    made = starter(store, undo)
    recalling = asyncio.ensure_future(made.recalled(before))
    await undoing.wait()
    assert not recalling.done()
    assert made.under_way == 1
    await made.close()
    answer = await recalling
    assert (answer.phase, answer.recalled, answer.position) == (Phase.BACKWARD, True, 0)
    assert await store.claim_one("s", "other", 1.0) is not None  # its lease was given back


async def test_an_impatient_client_learns_that_its_recalled_saga_is_going_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(starting, "WAIT_SECONDS", 0.01)
    ends, store = asyncio.Event(), MemoryStore()

    async def undo(_: Context) -> None:
        await ends.wait()

    before = await _stored(store, reach=0, mode=Mode.BEGUN)
    made = starter(store, undo)
    assert (await made.recalled(before)).phase is Phase.BACKWARD
    ends.set()
    await made.close()
    assert (await store.load("s")).state.phase is Phase.UNDONE


async def test_with_nothing_under_way_it_is_closed_at_once() -> None:
    await starter(MemoryStore()).close()


class SlowToGiveBack(MemoryStore):
    """Takes some turns of the loop to take a lease back: the later its saga, the longer."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self._turns = {name: 5 * number for number, name in enumerate(names)}
        self.given_back: list[str] = []

    async def release(self, lease: Lease) -> None:
        for _ in range(self._turns[lease.saga_id]):
            await asyncio.sleep(0)
        await super().release(lease)
        self.given_back.append(lease.saga_id)


@pytest.mark.parametrize("where", ["starter", "runner"])
async def test_who_stops_waits_until_all_leases_are_given_back(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "DRAIN_SECONDS", 0.0)
    names, begun = ["s0", "s1", "s2"], [0]
    all_begun = asyncio.Event()

    async def hang(_: Context) -> None:
        begun[0] += 1
        if begun[0] == len(names):
            all_begun.set()
        await asyncio.Event().wait()

    store = SlowToGiveBack(names)
    sagas = {"k": Saga("k", [Step("hang", hang, undo=nothing)])}
    runner = Runner(store, sagas, VirtualClock(), "here", Limits(drain=0.0))
    made = Starter(runner, store)
    if where == "starter":
        tasks = [asyncio.ensure_future(made.run(State(name, "k", {}))) for name in names]
        await all_begun.wait()
        await made.close()
    else:
        for name in names:
            await store.create(State(name, "k", {}), "dead", 0.0)
        tasks = [asyncio.ensure_future(runner.run_forever())]
        await all_begun.wait()
        tasks[0].cancel()
        await asyncio.wait(tasks)
    assert sorted(store.given_back) == names
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
