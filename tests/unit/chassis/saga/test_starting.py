"""What a request learns of its saga: never "accepted" before the saga is stored."""

import asyncio
import gc
from collections.abc import Awaitable, Callable

import pytest

from chassis.saga import MemoryStore, Phase, Runner, Saga, State, Step, starting
from chassis.saga.definition import Context, Data
from chassis.saga.starting import Busy, NotStored, Starter
from chassis.saga.storage.store import Lease, Saved

Do = Callable[[Context], Awaitable[Data | None]]
KIND = "save"


class Time:
    """Goes on by itself, so that a wait that is over is over at once."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SlowStore(MemoryStore):
    """A database that stands still over a new saga until the test lets it go on, or fail."""

    def __init__(self) -> None:
        super().__init__()
        self.looked = asyncio.Event()  # somebody wanted to know, in vain, where it stands
        self.goes_on: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def create(self, state: State, holder: str, seconds: float) -> Lease | None:
        await self.goes_on
        return await super().create(state, holder, seconds)

    async def load(self, saga_id: str) -> Saved:
        try:
            return await super().load(saga_id)
        except KeyError:
            self.looked.set()
            raise


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests that wait for no time at all."""
    monkeypatch.setattr(starting, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(starting, "LOOK_SECONDS", 0.001)


def starter(store: MemoryStore, do: Do) -> Starter:
    sagas = {KIND: Saga(KIND, [Step("write", do, pivot=True)])}
    return Starter(Runner(store, sagas, Time(), "here"), store)


def state(name: str = "S-1") -> State:
    return State(name, KIND, {})


async def done(_: Context) -> Data:
    return {}


async def test_what_is_not_stored_is_not_called_accepted() -> None:
    store = SlowStore()
    running = asyncio.create_task(starter(store, done).run(state()))
    await store.looked.wait()
    assert not running.done()  # long past the wait, and still nobody may say "accepted"

    store.goes_on.set_exception(TimeoutError("the database stood still"))
    with pytest.raises(TimeoutError, match="stood still"):
        await running


async def test_once_it_is_stored_after_all_it_is_answered() -> None:
    store = SlowStore()
    running = asyncio.create_task(starter(store, done).run(state()))
    await store.looked.wait()
    store.goes_on.set_result(None)
    assert (await running).saga_id == "S-1"
    assert (await store.load("S-1")).state.phase is Phase.DONE


async def test_stored_and_not_ended_it_is_accepted() -> None:
    ends = asyncio.Event()

    async def write(_: Context) -> Data:
        await ends.wait()
        return {}

    store = MemoryStore()
    made = starter(store, write)
    assert (await made.run(state())).phase is Phase.FORWARD
    assert made.under_way == 1
    ends.set()
    await made.close()
    assert made.under_way == 0
    assert (await store.load("S-1")).state.phase is Phase.DONE  # it had a moment to end


async def test_told_to_stop_before_it_was_stored_nobody_knows() -> None:
    store = SlowStore()
    running = asyncio.create_task(starter(store, done).run(state()))
    await store.looked.wait()
    store.goes_on.cancel()
    with pytest.raises(NotStored):
        await running


async def test_started_twice_it_runs_once() -> None:
    calls: list[int] = []

    async def write(_: Context) -> Data:
        calls.append(1)
        return {}

    made = starter(MemoryStore(), write)
    assert [(await made.run(state())).phase for _ in range(2)] == [Phase.DONE, Phase.DONE]
    assert len(calls) == 1


async def test_more_than_it_can_carry_are_not_begun(
    monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setattr(starting, "MOST_AT_ONCE", 1)
    ends = asyncio.Event()

    async def write(_: Context) -> Data:
        await ends.wait()
        return {}

    store = MemoryStore()
    made = starter(store, write)
    await made.run(state())
    with pytest.raises(Busy):
        await made.run(state("S-2"))
    assert [saved.state.saga_id for saved in await store.find(list(Phase), 9)] == ["S-1"]
    gc.collect()
    assert not [each for each in recwarn if "never awaited" in str(each.message)]
    ends.set()
    await made.close()
