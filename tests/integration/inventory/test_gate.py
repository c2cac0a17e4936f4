"""The stock while the new side owns the orders: never more is sold than there is, on a real
database and with many at once; and movements are published in the order in which they were made."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

from chassis.readmodel.watermark import Watermark
from contracts.ownership import Stamp
from new_services.inventory import repository
from new_services.inventory.domain import Movement
from new_services.inventory.handlers import Barred, Handler, Reservation, Short
from new_services.inventory.owner.epochs import Stale
from tests.rigs.shop.migrated import pool_of

pytestmark = pytest.mark.integration

NOW = "2026-06-30 18:00:00"
LEGACYS, OURS = Stamp(1, ours=False), Stamp(2, ours=True, window=True)
SKUS = ("A", "B", "C")
PIECES = 30


async def _no_pause(_: float) -> None:
    await asyncio.sleep(0)


class World:
    """Three variants, of each so many pieces."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.handler = Handler(pool, Watermark(), _no_pause)

    async def start(self) -> None:
        made = [Movement(sku, PIECES, "INIT", None, NOW, n, n) for n, sku in enumerate(SKUS, 1)]
        async with self.pool.acquire() as connection, connection.transaction():
            stock = {sku: (PIECES, NOW, n, 0) for n, sku in enumerate(SKUS, 1)}
            await repository.store_stock(connection, stock)
            await repository.record(connection, made)

    async def reserve(self, saga_id: str, stamp: Stamp = OURS, **pieces: int) -> None:
        await self.handler.reserve(Reservation(saga_id, pieces, 0), stamp)

    async def level(self, sku: str = "A") -> tuple[int, int]:
        row = await self.pool.fetchrow("SELECT ledger, reserved FROM level WHERE sku = $1", sku)
        return row["ledger"], row["reserved"]

    async def listed(self) -> list[Any]:
        """Movements in the order in which they are to be published."""
        return await self.pool.fetch(
            "SELECT m.* FROM owned_change c JOIN movement m ON m.origin = c.key"
            " WHERE c.domain = 'orders' AND c.entity = 'movement' ORDER BY c.seq"
        )


@pytest.fixture
async def world(take_database: Callable[[str], str]) -> AsyncIterator[World]:
    async with pool_of(take_database, "inventory", 12) as pool:
        made = World(pool)
        await made.start()
        yield made


async def test_an_order_moves_the_ledger_at_once_and_once(world: World) -> None:
    for _ in range(2):
        await world.reserve("s1", A=2, B=1)
    assert await world.level() == (30, 2)
    for _ in range(2):
        await world.handler.sell("s1", "SO-1", NOW, OURS)
    assert await world.level() == (28, 0)
    for _ in range(2):
        await world.handler.put_back("SO-1", {"A": 2, "B": 1}, NOW, OURS)
    assert await world.level() == (30, 0)
    listed = [(row["sku"], row["change"], row["left_over"]) for row in await world.listed()]
    assert listed == [("A", -2, 28), ("B", -1, 29), ("A", 2, 30), ("B", 1, 30)]


async def test_what_is_not_there_is_refused_and_nothing_of_it_is_held(world: World) -> None:
    """Also in doubt: the monolith is not asked, however far the feed is behind."""
    with pytest.raises(Short) as short:
        await world.reserve("s1", A=1, B=31)
    assert short.value.answer == {"error": "out of stock", "sku": "B", "available": 30}
    with pytest.raises(Short):
        await world.reserve("s2", X=1)  # no such variant is known
    await world.reserve("s3", A=30)
    with pytest.raises(Short) as short:
        await world.reserve("s4", A=1)
    assert short.value.answer["available"] == 0
    await world.handler.release("s3")
    assert await world.level() == (30, 0)
    with pytest.raises(Barred):
        await world.handler.sell("s3", "SO-3", NOW, OURS)


async def test_a_call_of_an_epoch_that_is_over_is_refused(world: World) -> None:
    await world.reserve("s0", LEGACYS, A=1)
    await world.reserve("s1", A=1)
    older = (LEGACYS, Stamp(0, ours=False), Stamp(1, ours=True))
    for stamp in older:
        with pytest.raises(Stale):
            await world.reserve("s2", stamp, A=1)
        with pytest.raises(Stale):
            await world.handler.sell("s1", "SO-1", NOW, stamp)
        with pytest.raises(Stale):
            await world.handler.put_back("SO-1", {"A": 1}, NOW, stamp)
    await world.handler.sell("s1", "SO-1", NOW, OURS)
    back = Stamp(3, ours=False)
    await world.reserve("s3", back, A=1)
    with pytest.raises(Stale):
        await world.reserve("s4", A=1)
    await world.reserve("s5", Stamp(0, ours=False), A=1)  # a version without epochs may go on


async def test_what_was_held_in_doubt_is_gated_again_in_our_epoch(world: World) -> None:
    """The mirror was behind, so the monolith was left to decide: more is held than there is."""
    for name, pieces in (("s1", 20), ("s2", 20)):
        async with world.pool.acquire() as connection, connection.transaction():
            await repository.locked(connection, ["A"])
            await repository.hold(connection, name, {"A": pieces})
    with pytest.raises(Short):
        await world.reserve("s1", A=20)
    await world.reserve("s2", A=20)
    assert await world.level() == (30, 20)
    await world.handler.sell("s2", "SO-2", NOW, OURS)
    with pytest.raises(Barred):
        await world.handler.sell("s1", "SO-1", NOW, OURS)
    assert await world.level() == (10, 0)


async def _customer(world: World, name: str, chance: random.Random, sold: Counter[str]) -> None:
    """An order, often twice asked for; sold, let go or cancelled."""
    skus = chance.sample(SKUS, chance.randint(1, 3))
    pieces = {sku: chance.randint(1, 4) for sku in skus}
    for _ in range(chance.randint(1, 2)):
        try:
            await world.reserve(name, **pieces)
        except Short:
            return
    if chance.random() < 0.2:
        await world.handler.release(name)
        return
    again = [world.handler.sell(name, name, NOW, OURS) for _ in range(chance.randint(1, 2))]
    await asyncio.gather(*again)
    if chance.random() < 0.2:
        await world.handler.put_back(name, pieces, NOW, OURS)
    else:
        sold.update(pieces)


@pytest.mark.parametrize("seed", range(3))
async def test_many_at_once_are_never_sold_more_than_there_is(world: World, seed: int) -> None:
    chance, sold = random.Random(seed), Counter[str]()
    customers = [_customer(world, f"s{n}", random.Random(chance.random()), sold) for n in range(60)]
    await asyncio.gather(*customers)
    for sku in SKUS:
        assert await world.level(sku) == (PIECES - sold[sku], 0)
    stock = dict.fromkeys(SKUS, PIECES)
    lines = defaultdict(set)
    for row in await world.listed():
        stock[row["sku"]] += row["change"]
        assert stock[row["sku"]] == row["left_over"] >= 0
        lines[row["reason"], row["order_no"]].add(row["sku"])
    held = "SELECT saga_id, array_agg(sku) AS skus FROM reservation GROUP BY 1"
    wanted = {row["saga_id"]: set(row["skus"]) for row in await world.pool.fetch(held)}
    assert all(skus == wanted[name] for (_, name), skus in lines.items())
