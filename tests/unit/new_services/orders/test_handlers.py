"""A read model that is behind never answers an order request with "unknown article"."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

import pytest

from chassis.readmodel.watermark import Watermark
from chassis.saga import Phase, Runner, Saga, Step
from chassis.saga.definition import Context, Data
from chassis.saga.starting import Starter
from chassis.saga.storage.store import MemoryStore
from contracts.orders import OrderRequest
from contracts.record import Customer
from new_services.orders.handlers import Behind, Command, Handler
from new_services.orders.saga import kinds, pricing

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


@pytest.fixture(autouse=True)
def goods(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The articles that are known here."""
    known = {"MUG-0"}

    async def quote(_: object, lines: Mapping[str, int]) -> Decimal:
        return pricing.total(lines, {sku: pricing.Price(TEN, TEN, "", sku) for sku in known})

    monkeypatch.setattr(pricing, "quote", quote)
    return known


def handler(store: MemoryStore, do: Do, watermark: Watermark | None = None) -> Handler:
    sagas = {kinds.PLACE: Saga(kinds.PLACE, [Step("write", do, pivot=True)])}
    runner = Runner(store, sagas, Time(), "here")
    return Handler(
        None, Starter(runner, store), lambda: "S-1", watermark or Watermark(), Time().now
    )


async def done(_: Context) -> Data:
    return {}


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


async def test_what_was_begun_before_is_answered_also_while_the_feed_is_behind(
    goods: set[str],
) -> None:
    store = MemoryStore()
    before = await handler(store, done).place(COMMAND)
    goods.clear()
    again = await handler(store, done).place(COMMAND)
    assert (again.saga_id, again.phase) == (before.saga_id, Phase.DONE)
