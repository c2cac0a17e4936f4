"""Stock is rebuilt, and holds what the live one would: also what the feed has not published yet."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from chassis.database import open_pool
from chassis.readmodel.watermark import Watermark
from contracts.feed.facts import Fact, Stored
from new_services.inventory import projections, views
from new_services.inventory.handlers import Barred, Handler, Reservation, Short
from new_services.inventory.rebuild import PART
from tests.rigs.shop.migrated import migrated

pytestmark = pytest.mark.integration

CREATED = "2026-06-30 18:00:00"
SKUS = ("TENT-0", "TENT-1")
TABLES = ("level", "movement", "order_mark", "reservation", "claim", "mirror")
UNLIKE = {"made", "changed"}  # when a row was written


class Legacy:
    """Stock as the monolith has it, and what its feed tells, a list of facts per transaction."""

    def __init__(self) -> None:
        self.stock = dict.fromkeys(SKUS, 0)
        self.published: list[list[Fact]] = []
        product = {"id": 1, "sku": "TENT", "active": True, "discontinued": False}
        goods: list[Any] = [("product", 1, {**product, "updated": CREATED})]
        for number, sku in enumerate(SKUS):
            goods.append(("variant", number, {"product_id": 1, "sku": sku, "active": True}))
        self._commit(goods)
        for sku in SKUS:
            self.move(sku, 50, "INIT")

    def move(
        self, sku: str, change: int, reason: str, order_no: str = "", saga_id: str = ""
    ) -> None:
        self.stock[sku] += change
        number = len(self.published) + 1
        moved = {"id": number, "sku": sku, "change": change, "reason": reason,
                 "order_no": order_no or None, "created": CREATED}  # fmt: skip
        stock = {"sku": sku, "quantity": self.stock[sku], "updated": CREATED}
        rows: list[Any] = [("stock", sku, stock), ("movement", number, moved)]
        if saga_id:
            rows.append(("order", number, {"order_no": order_no, "saga_id": saga_id}))
        self._commit(rows)

    def _commit(self, rows: list[Any]) -> None:
        lsn = (len(self.published) + 1) * 10
        self.published.append(
            [Stored(entity, key, fields, (lsn, seq)) for seq, (entity, key, fields) in
             enumerate(rows, 1)]
        )  # fmt: skip


class World:
    """An inventory, and how far it has heard of legacy."""

    def __init__(self, url: str, pool: asyncpg.Pool, legacy: Legacy) -> None:
        self.url = url
        self.pool = pool
        self.legacy = legacy
        watermark = Watermark()
        watermark.advance(1)
        self.handler = Handler(pool, watermark)
        self.heard = 0

    async def hear(self, upto: int | None = None) -> None:
        upto = len(self.legacy.published) if upto is None else upto
        async with self.pool.acquire() as connection:
            for facts in self.legacy.published[self.heard : upto]:
                async with connection.transaction():
                    await projections.apply(connection, facts)
        self.heard = upto

    async def rows(self) -> dict[str, list[dict[str, Any]]]:
        found = {}
        for table in TABLES:
            rows = [dict(row) for row in await self.pool.fetch(f"SELECT * FROM {table}")]
            for row in rows:
                for column in UNLIKE & row.keys():
                    del row[column]
            found[table] = sorted(rows, key=repr)
        return found

    async def level(self, sku: str) -> tuple[int, int, int, int]:
        row = await self.pool.fetchrow(
            "SELECT quantity, ahead, reserved, ledger FROM level WHERE sku = $1", sku
        )
        return tuple(row)


@pytest.fixture
async def make_world(make_database: Callable[[str], str]) -> Any:
    pools = []

    async def make(legacy: Legacy) -> World:
        url = await migrated(make_database, "inventory")
        pools.append(await open_pool(url, "test", 5))
        return World(url, pools[-1], legacy)

    yield make
    for pool in pools:
        pool.terminate()


def telling(legacy: Legacy, upto: int | None = None, then: Callable[[], Any] | None = None) -> Any:
    facts = [fact for facts in legacy.published[:upto] for fact in facts]

    async def tell(connection: asyncpg.Connection) -> None:
        await projections.apply(connection, facts)
        if then is not None:
            await then()

    return tell


async def test_damage_is_mended_and_what_only_sagas_reported_is_kept(
    make_world: Any, rebuild_by: Any
) -> None:
    legacy = Legacy()
    world = await make_world(legacy)
    await world.hear()
    await world.handler.reserve(Reservation("s-1", {"TENT-0": 2}, 0))
    await world.handler.sell("s-1", "SO-1", CREATED)
    await world.handler.reserve(Reservation("s-2", {"TENT-0": 3}, 0))
    await world.pool.execute("UPDATE level SET quantity = 7, ledger = 1, ahead = 9")
    await world.pool.execute("DELETE FROM movement WHERE origin LIKE 'legacy:%'")
    await world.pool.execute("UPDATE mirror SET gone = true")

    async def meanwhile() -> None:
        await world.handler.sell("s-2", "SO-2", CREATED)
        await world.handler.reserve(Reservation("s-3", {"TENT-0": 4, "NEW-0": 1}, 2))
        await world.handler.put_back("SO-7", {"TENT-1": 5}, CREATED)

    await rebuild_by(world.url, "inventory", PART, telling(legacy, then=meanwhile))

    assert await world.level("TENT-0") == (50, -5, 4, 45)
    assert await world.level("TENT-1") == (50, 5, 0, 55)
    assert await world.level("NEW-0") == (0, 0, 1, 0)
    stock = await views.stock(world.pool, "TENT-0")
    assert stock is not None
    assert stock["stock"] == 45
    await world.handler.release("s-3")
    assert (await views.state(world.pool))["reserved"] == 0
    assert (await views.state(world.pool))["drifting"] == 0


async def test_a_sale_that_only_the_fresh_one_heard_of_ends_what_was_held_for_it(
    make_world: Any, rebuild_by: Any
) -> None:
    legacy = Legacy()
    world = await make_world(legacy)
    await world.hear()
    await world.handler.reserve(Reservation("s-1", {"TENT-0": 2}, 0))
    await world.handler.reserve(Reservation("s-2", {"TENT-0": 3}, 0))
    legacy.move("TENT-0", -2, "SALE", "SO-1", "s-1")
    await rebuild_by(world.url, "inventory", PART, telling(legacy), fresh=9)
    assert await world.level("TENT-0") == (48, 0, 3, 48)
    await world.handler.sell("s-1", "SO-1", CREATED)
    assert await world.level("TENT-0") == (48, 0, 3, 48)


async def test_reported_by_both_it_is_one_movement(make_world: Any, rebuild_by: Any) -> None:
    legacy = Legacy()
    world = await make_world(legacy)
    await world.hear()
    await world.handler.reserve(Reservation("s-1", {"TENT-0": 2}, 0))
    legacy.move("TENT-0", -2, "SALE", "SO-1", "s-1")
    await world.handler.sell("s-1", "SO-1", CREATED)
    assert await world.level("TENT-0") == (50, -2, 0, 48)
    await rebuild_by(world.url, "inventory", PART, telling(legacy), fresh=9)
    assert await world.level("TENT-0") == (48, 0, 0, 48)


async def test_nothing_is_reserved_between_carrying_over_and_swapping(
    make_world: Any, rebuild_by: Any
) -> None:
    legacy = Legacy()
    world = await make_world(legacy)
    await world.hear()
    slow = replace(PART, carry=(*PART.carry, "SELECT pg_sleep(0.5)"))
    done = asyncio.Event()
    sagas: list[str] = []

    async def write() -> None:
        while not done.is_set():
            sagas.append(f"s-{len(sagas)}")
            await world.handler.reserve(Reservation(sagas[-1], {"TENT-0": 1}, 0))
            await world.handler.release(sagas[-1])

    writing = asyncio.create_task(write())
    await rebuild_by(world.url, "inventory", slow, telling(legacy))
    done.set()
    await writing
    assert len(sagas) > 10
    assert await world.level("TENT-0") == (50, 0, 0, 50)


async def test_a_transaction_that_locks_in_another_order_does_not_fail(
    make_world: Any, rebuild_by: Any
) -> None:
    """PostgreSQL ends a transaction that waits for a second: the exchange gives way before."""
    legacy = Legacy()
    world = await make_world(legacy)
    await world.hear()

    async def waited_for(table: str) -> None:
        waits = "SELECT count(*) FROM pg_locks WHERE relation = $1::regclass AND NOT granted"
        while not await world.pool.fetchval(waits, table):  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)

    async with world.pool.acquire() as connection, world.pool.acquire() as another:
        first, second = connection.transaction(), another.transaction()
        await first.start()
        await connection.execute("UPDATE reservation SET held = held")
        await second.start()
        await another.execute("LOCK movement IN ROW EXCLUSIVE MODE")
        rebuilding = asyncio.create_task(rebuild_by(world.url, "inventory", PART, telling(legacy)))
        await waited_for("movement")  # so the exchange has the levels
        waiting = asyncio.create_task(connection.execute("SELECT FROM level FOR UPDATE"))
        await waited_for("level")
        await asyncio.sleep(0.4)
        await second.commit()  # now it waits for the reservations
        await waiting
        await first.commit()
    await rebuilding
    assert await world.level("TENT-0") == (50, 0, 0, 50)


class Sagas:
    """The same random reservations, sales, releases and returns in each of several inventories."""

    def __init__(self, chance: random.Random, legacy: Legacy) -> None:
        self._chance = chance
        self._legacy = legacy
        self._number = 0
        self._open: list[tuple[str, str, int]] = []
        self._unsold: list[tuple[str, str]] = []  # written to legacy, and not sold here yet

    async def step(self, worlds: list[World]) -> None:
        deeds = [self._reserve, self._write, self._sell, self._release, self._return, self._adjust]
        # So that much is on its way when stock is rebuilt: reserved, written, and not sold here.
        for call in self._chance.choices(deeds, (4, 3, 1, 1, 1, 1))[0]():
            for world in worlds:
                with contextlib.suppress(Barred, Short):
                    await call(world.handler)

    def _reserve(self) -> list[Any]:
        self._number += 1
        saga, sku, pieces = f"s-{self._number}", self._chance.choice(SKUS), 1
        self._open.append((saga, sku, pieces))
        return [lambda handler: handler.reserve(Reservation(saga, {sku: pieces}, 0))]

    def _write(self) -> list[Any]:
        if self._open:
            saga, sku, pieces = self._open.pop(self._chance.randrange(len(self._open)))
            self._legacy.move(sku, -pieces, "SALE", f"SO-{saga}", saga)
            self._unsold.append((saga, f"SO-{saga}"))
        return []

    def _sell(self) -> list[Any]:
        if not self._unsold:
            return []
        saga, order_no = self._unsold.pop(self._chance.randrange(len(self._unsold)))
        return [lambda handler: handler.sell(saga, order_no, CREATED)]

    def _release(self) -> list[Any]:
        if not self._open:
            return []
        saga, _, _ = self._open.pop(self._chance.randrange(len(self._open)))
        return [lambda handler: handler.release(saga)]

    def _return(self) -> list[Any]:
        self._number += 1
        order_no, sku = f"SO-{self._number}", self._chance.choice(SKUS)
        if self._chance.random() < 0.5:
            self._legacy.move(sku, 1, "CANCEL", order_no)
        return [lambda handler: handler.put_back(order_no, {sku: 1}, CREATED)]

    def _adjust(self) -> list[Any]:
        self._legacy.move(self._chance.choice(SKUS), 1, "ADJUST")
        return []


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_it_holds_what_the_live_one_would(
    make_world: Any, rebuild_by: Any, seed: int
) -> None:
    """Two inventories that receive the same; one of them is rebuilt again and again."""
    chance = random.Random(seed)
    legacy = Legacy()
    worlds = [await make_world(legacy) for _ in range(2)]
    for world in worlds:
        await world.hear()  # of stock for all reservations: none is refused for lack of news
    sagas = Sagas(chance, legacy)
    for turn in range(4):
        for _ in range(20):
            await sagas.step(worlds)
        for world in worlds:
            await world.hear(chance.randint(world.heard, len(legacy.published)))

        async def meanwhile() -> None:
            for _ in range(8):
                await sagas.step(worlds)

        stands = max(worlds[1].heard, chance.randint(worlds[1].heard, len(legacy.published)))
        place = {"live": 2 * turn + 1, "fresh": 2 * turn + 2}
        tell = telling(legacy, stands, meanwhile)
        await rebuild_by(worlds[1].url, "inventory", PART, tell, **place)
        worlds[1].heard = stands
        for world in worlds:
            await world.hear()
        assert await worlds[1].rows() == await worlds[0].rows()
        assert (await views.state(worlds[1].pool))["drifting"] == 0
