"""Money moves once, whatever the provider answers and whoever dies in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from chassis.database import open_pool
from migrations import runner
from new_services.payments.domain import Operation, Status
from new_services.payments.handlers import Command, Handler, NotPossible
from new_services.payments.provider import Declined, ProviderAway, ProviderSilent
from new_services.payments.simulator import Behaviour, Mood, SimulatedProvider

pytestmark = pytest.mark.integration

TEN = Decimal("10.00")


class World:
    """The service's handler and the provider's books."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.mood = Mood()
        self.woken = 0
        self.handler = Handler(pool, SimulatedProvider(pool, self.mood), self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def next(self, *fates: str) -> None:
        self.mood.command(Behaviour(next=list(fates)))

    async def do(self, operation: Operation, amount: Decimal | None = None) -> Any:
        payment = await self.handler.handle(Command(operation, "p-1", amount, "card"))
        return payment.status if payment else None

    async def books(self) -> tuple[Decimal, Decimal, Decimal]:
        row = await self.pool.fetchrow(
            "SELECT coalesce(sum(authorised), 0), coalesce(sum(captured), 0),"
            " coalesce(sum(refunded), 0) FROM provider.account"
        )
        return tuple(row)

    async def told(self) -> list[str]:
        rows = await self.pool.fetch("SELECT subject FROM outbox ORDER BY id")
        return [row["subject"] for row in rows]


@pytest.fixture
async def world(make_database: Callable[[str], str]) -> AsyncIterator[World]:
    url = make_database("payments")
    await asyncio.to_thread(runner.upgrade, "payments", url)
    pool = await open_pool(url, "test", 8)
    yield World(pool)
    pool.terminate()


async def test_authorise_capture_refund(world: World) -> None:
    assert await world.do(Operation.AUTHORISE, TEN) is Status.AUTHORISED
    assert await world.books() == (TEN, 0, 0)
    assert await world.do(Operation.CAPTURE, Decimal("9.50")) is Status.CAPTURED
    assert await world.books() == (0, Decimal("9.50"), 0)
    assert await world.do(Operation.REFUND) is Status.REFUNDED
    assert await world.books() == (0, Decimal("9.50"), Decimal("9.50"))
    assert await world.told() == [
        "events.payments.payment-captured",
        "events.payments.payment-refunded",
    ]
    assert world.woken == 2  # by each event


async def test_asked_many_times_at_once_it_moves_once(world: World) -> None:
    await asyncio.gather(*(world.do(Operation.AUTHORISE, TEN) for _ in range(6)))
    await asyncio.gather(*(world.do(Operation.CAPTURE, TEN) for _ in range(6)))
    assert await world.books() == (0, TEN, 0)
    assert len(await world.told()) == 1


async def test_a_decline_is_remembered(world: World) -> None:
    world.next("declined")
    for _ in range(2):
        with pytest.raises(Declined, match="simulated"):
            await world.do(Operation.AUTHORISE, TEN)
    assert await world.do(Operation.VOID) is Status.DECLINED
    assert await world.books() == (0, 0, 0)


async def test_silence_after_the_effect_is_resolved_by_asking(world: World) -> None:
    world.next("silent", "silent")
    assert await world.do(Operation.AUTHORISE, TEN) is Status.AUTHORISED
    assert await world.do(Operation.CAPTURE, TEN) is Status.CAPTURED
    assert await world.books() == (0, TEN, 0)


async def test_a_lost_request_is_unknown_and_can_be_repeated(world: World) -> None:
    world.next("lost", "away")
    with pytest.raises(ProviderSilent):
        await world.do(Operation.AUTHORISE, TEN)
    with pytest.raises(ProviderAway):
        await world.do(Operation.AUTHORISE, TEN)
    assert await world.do(Operation.AUTHORISE, TEN) is Status.AUTHORISED
    assert await world.books() == (TEN, 0, 0)


async def test_a_void_that_overtakes_bars_the_authorisation(world: World) -> None:
    assert await world.do(Operation.VOID) is Status.VOIDED
    with pytest.raises(NotPossible, match="voided"):
        await world.do(Operation.AUTHORISE, TEN)
    assert await world.books() == (0, 0, 0)


async def test_a_void_while_the_authorisation_is_under_way(world: World) -> None:
    world.mood.command(Behaviour(delay=0.2, next=["ok"]))
    authorising = asyncio.create_task(world.do(Operation.AUTHORISE, TEN))
    for _ in range(400):
        if await world.pool.fetchval("SELECT count(*) FROM payment"):
            break
        await asyncio.sleep(0.005)
    world.mood.command(Behaviour())
    await world.do(Operation.VOID)

    with pytest.raises((NotPossible, Declined)):
        await authorising
    assert await world.books() == (0, 0, 0)


async def test_a_void_whose_provider_was_away_is_finished_by_the_next(world: World) -> None:
    await world.do(Operation.AUTHORISE, TEN)
    world.next("away")
    with pytest.raises(ProviderAway):
        await world.do(Operation.VOID)
    with pytest.raises(NotPossible):
        await world.do(Operation.CAPTURE, TEN)
    assert await world.do(Operation.VOID) is Status.VOIDED
    assert await world.books() == (0, 0, 0)


async def test_refund_of_nothing_is_done(world: World) -> None:
    assert await world.do(Operation.REFUND) is None
    assert await world.told() == []
