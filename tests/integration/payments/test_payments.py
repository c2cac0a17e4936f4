"""Money moves once, whatever the provider answers and whichever process dies in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from new_services.payments.domain import Operation, Status
from new_services.payments.handlers import Command, Handler, NotPossible
from new_services.payments.provider import Declined, ProviderAway, ProviderSilent
from new_services.payments.simulator import Behaviour, Mood, SimulatedProvider
from tests.rigs.shop.migrated import pool_of

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

    async def do(
        self, operation: Operation, amount: Decimal | None = None, order_no: str = ""
    ) -> Any:
        payment = await self.handler.handle(Command(operation, "p-1", amount, "card", order_no))
        return payment.status if payment else None

    async def books(self) -> tuple[Decimal, Decimal, Decimal]:
        row = await self.pool.fetchrow(
            "SELECT coalesce(sum(authorised), 0), coalesce(sum(captured), 0),"
            " coalesce(sum(refunded), 0) FROM provider.account"
        )
        return tuple(row)

    async def published(self) -> list[str]:
        rows = await self.pool.fetch("SELECT subject FROM outbox ORDER BY id")
        return [row["subject"] for row in rows]


@pytest.fixture
async def world(take_database: Callable[[str], str]) -> AsyncIterator[World]:
    async with pool_of(take_database, "payments", 8) as pool:
        yield World(pool)


async def test_authorise_capture_refund(world: World) -> None:
    assert await world.do(Operation.AUTHORISE, TEN) is Status.AUTHORISED
    assert await world.books() == (TEN, 0, 0)
    assert await world.do(Operation.CAPTURE, Decimal("9.50")) is Status.CAPTURED
    assert await world.books() == (0, Decimal("9.50"), 0)
    assert await world.do(Operation.REFUND) is Status.REFUNDED
    assert await world.books() == (0, Decimal("9.50"), Decimal("9.50"))
    assert await world.published() == [
        "events.payments.payment-captured",
        "events.payments.payment-refunded",
    ]
    assert world.woken == 2  # by each event


async def test_asked_many_times_at_once_it_moves_once(world: World) -> None:
    await asyncio.gather(*(world.do(Operation.AUTHORISE, TEN) for _ in range(6)))
    await asyncio.gather(*(world.do(Operation.CAPTURE, TEN) for _ in range(6)))
    assert await world.books() == (0, TEN, 0)
    assert len(await world.published()) == 1


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
    assert await world.published() == []


async def test_a_refund_of_what_was_not_taken_yet_gives_the_authorisation_back(
    world: World,
) -> None:
    await world.do(Operation.AUTHORISE, TEN)
    for _ in range(2):
        assert await world.do(Operation.REFUND) is Status.VOIDED
    assert await world.books() == (0, 0, 0)
    assert await world.do(Operation.CAPTURE, TEN) is Status.VOIDED, "the order is cancelled"
    assert await world.books() == (0, 0, 0)
    assert await world.published() == []


async def test_a_capture_that_was_declined_for_good_does_not_hold_the_refund_up(
    world: World,
) -> None:
    await world.do(Operation.AUTHORISE, TEN)
    await world.pool.execute(
        "INSERT INTO provider.request (key, operation, reference, amount, declined)"
        " VALUES ('p-1:capture', 'capture', 'p-1', 10, 'the card is blocked')"
    )
    with pytest.raises(NotPossible, match="blocked"):
        await world.do(Operation.CAPTURE, TEN)
    assert await world.do(Operation.REFUND) is Status.VOIDED
    assert await world.do(Operation.CAPTURE, TEN) is Status.VOIDED
    assert await world.books() == (0, 0, 0)


async def test_what_was_taken_and_nobody_wrote_down_is_not_voided(world: World) -> None:
    """Who captured died before it was stored; it is asked for again, and then given back."""
    await world.do(Operation.AUTHORISE, TEN)
    await world.handler._provider.ask("p-1:capture", Operation.CAPTURE, "p-1", TEN)
    with pytest.raises(NotPossible, match="captured"):
        await world.do(Operation.REFUND)
    assert await world.do(Operation.CAPTURE, TEN) is Status.CAPTURED
    assert await world.do(Operation.REFUND) is Status.REFUNDED
    assert await world.books() == (0, TEN, TEN)


@pytest.mark.parametrize("seed", range(8))
async def test_capture_and_refund_at_once_end_without_money_taken(world: World, seed: int) -> None:
    await world.do(Operation.AUTHORISE, TEN)
    world.mood.chance.seed(seed)
    world.mood.command(Behaviour(away=0.1, lost=0.2, silent=0.3))

    async def until_done(operation: Operation, amount: Decimal | None = None) -> Any:
        for _ in range(100):
            try:
                return await world.do(operation, amount)
            except (ProviderAway, ProviderSilent, NotPossible) as error:
                # A capture that is refused parks its saga: only a refund is asked for again.
                assert operation is Operation.REFUND or not isinstance(error, NotPossible), error
        raise AssertionError(f"{operation}: never done")

    await asyncio.gather(until_done(Operation.CAPTURE, TEN), until_done(Operation.REFUND))

    authorised, captured, refunded = await world.books()
    assert (authorised, captured - refunded) == (0, 0)
    assert await world.do(Operation.REFUND) in (Status.VOIDED, Status.REFUNDED)


@pytest.mark.parametrize(
    ("captured_for", "refund_for", "given_back"),
    [
        ("SO-1", "SO-1", TEN),
        ("SO-1", "SO-2", 0),  # it bears the mark of our saga, and was paid for elsewhere
        ("SO-1", "", TEN),  # asked for by an older version of ours
        ("", "SO-1", TEN),  # captured by an older version
    ],
)
async def test_only_the_order_that_was_paid_for_is_paid_back(
    world: World, captured_for: str, refund_for: str, given_back: Any
) -> None:
    await world.do(Operation.AUTHORISE, TEN)
    await world.do(Operation.CAPTURE, TEN, captured_for)
    status = await world.do(Operation.REFUND, order_no=refund_for)
    assert status is (Status.REFUNDED if given_back else None)
    assert await world.books() == (0, TEN, given_back)


async def test_paid_back_already_another_order_gets_nothing_of_it(world: World) -> None:
    await world.do(Operation.AUTHORISE, TEN)
    await world.do(Operation.CAPTURE, TEN, "SO-1")
    await world.do(Operation.REFUND, order_no="SO-1")
    assert await world.do(Operation.REFUND, order_no="SO-2") is None
    assert await world.do(Operation.REFUND, order_no="SO-1") is Status.REFUNDED
