"""What a request is told of its saga: never "accepted" before the saga is stored, and never
"unknown article" by a read model that is behind."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

import pytest

from chassis.readmodel.watermark import Watermark
from chassis.saga import Phase, Runner, Saga, State, Step
from chassis.saga.definition import Context, Data
from chassis.saga.store import Lease, MemoryStore, Saved
from contracts.orders import Customer, OrderRequest
from new_services.orders import handlers, kinds, pricing
from new_services.orders.handlers import Behind, Command, Handler, NotStored

Do = Callable[[Context], Awaitable[Data | None]]
TEN = Decimal("10.00")
COMMAND = Command(Customer("a@b.c", "A", ""), OrderRequest({"MUG-0": 1}), "", "")


class Time:
    """Goes on by itself, so that a wait that is over is over at once."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    monotonic = now

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
    monkeypatch.setattr(handlers, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(handlers, "LOOK_SECONDS", 0.001)


@pytest.fixture(autouse=True)
def goods(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The articles that are known here."""
    known = {"MUG-0"}

    async def quote(_: object, lines: Mapping[str, int]) -> Decimal:
        return pricing.total(lines, {sku: pricing.Price(TEN, TEN, "") for sku in known})

    monkeypatch.setattr(pricing, "quote", quote)
    return known


def handler(store: MemoryStore, do: Do, watermark: Watermark | None = None) -> Handler:
    sagas = {kinds.PLACE: Saga(kinds.PLACE, [Step("write", do, pivot=True)])}
    runner = Runner(store, sagas, Time(), "here")
    return Handler(None, runner, store, lambda: "S-1", watermark or Watermark(), Time().now)


async def done(_: Context) -> Data:
    return {}


async def test_what_is_not_stored_is_not_called_accepted() -> None:
    store = SlowStore()
    placing = asyncio.create_task(handler(store, done).place(COMMAND))
    await store.looked.wait()
    assert not placing.done()  # long past the wait, and still nobody may say "accepted"

    store.goes_on.set_exception(TimeoutError("the database stood still"))
    with pytest.raises(TimeoutError, match="stood still"):
        await placing


async def test_once_it_is_stored_after_all_it_is_told() -> None:
    store = SlowStore()
    placing = asyncio.create_task(handler(store, done).place(COMMAND))
    await store.looked.wait()
    store.goes_on.set_result(None)
    assert (await placing).saga_id == "S-1"
    assert (await store.load("S-1")).state.phase is Phase.DONE


async def test_stored_and_not_ended_it_is_accepted() -> None:
    ends = asyncio.Event()

    async def write(_: Context) -> Data:
        await ends.wait()
        return {}

    made = handler(MemoryStore(), write)
    state = await made.place(COMMAND)
    assert state.phase is Phase.FORWARD
    ends.set()
    await made.close()


async def test_told_to_stop_before_it_was_stored_nobody_knows() -> None:
    store = SlowStore()
    made = handler(store, done)
    placing = asyncio.create_task(made.place(COMMAND))
    await store.looked.wait()
    store.goes_on.cancel()
    with pytest.raises(NotStored):
        await placing


async def test_what_it_costs_is_looked_up_once() -> None:
    state = await handler(MemoryStore(), done).place(COMMAND)
    assert state.request["amount"] == "20.00"


async def test_an_article_that_is_unknown_while_the_feed_is_behind_is_for_legacy_to_judge(
    goods: set[str],
) -> None:
    goods.clear()
    store, watermark = MemoryStore(), Watermark()
    watermark.advance(1)
    with pytest.raises(Behind):
        await handler(store, done, watermark).place(COMMAND)
    assert await store.find(list(Phase), 9) == []  # nothing was begun


async def test_it_is_waited_for_what_legacy_knew_at_that_time(goods: set[str]) -> None:
    goods.clear()
    watermark, waits = Watermark(), asyncio.Event()
    watermark.on_wait = waits.set
    placing = asyncio.create_task(handler(MemoryStore(), done, watermark).place(COMMAND))
    await waits.wait()
    watermark.advance(int(Time().now() * 1e6))
    assert "amount" not in (await placing).request  # the saga looks, and has the last word


async def test_what_was_begun_before_is_told_also_while_the_feed_is_behind(
    goods: set[str],
) -> None:
    store = MemoryStore()
    before = await handler(store, done).place(COMMAND)
    goods.clear()
    again = await handler(store, done).place(COMMAND)
    assert (again.saga_id, again.phase) == (before.saga_id, Phase.DONE)
