"""Reservations, movements published twice, and legacy's own numbers, on a real database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

from chassis.readmodel.watermark import Watermark
from contracts.feed.facts import Cleared, Fact, Gone, Stored
from new_services.inventory import projections, views
from new_services.inventory.handlers import Barred, Handler, Reservation, Short
from tests.rigs.shop.migrated import pool_of

pytestmark = pytest.mark.integration

CREATED = "2026-06-30 18:00:00"


class World:
    """An inventory with one product of two variants, five pieces of each."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.watermark = Watermark()
        self.handler = Handler(pool, self.watermark)
        self.lsn = 0

    async def feed(self, *entities: tuple[str, Any, dict[str, Any]]) -> None:
        """One legacy transaction."""
        self.lsn += 10
        facts: list[Fact] = [
            Stored(entity, key, fields, (self.lsn, seq))
            for seq, (entity, key, fields) in enumerate(entities, 1)
        ]
        await self.apply(facts)

    async def apply(self, facts: list[Fact]) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await projections.apply(connection, facts)
        self.watermark.advance(self.watermark.micros + 1)

    async def start(self) -> None:
        product = {"id": 1, "sku": "TENT", "active": True, "discontinued": False}
        await self.feed(
            ("product", 1, {**product, "updated": "2026-01-01 10:00:00"}),
            *(
                ("variant", n, {"product_id": 1, "sku": f"TENT-{n}", "active": True})
                for n in (0, 1)
            ),
            *(("stock", f"TENT-{n}", _stock(f"TENT-{n}", 5)) for n in (0, 1)),
            *(("movement", n + 1, _movement(n + 1, f"TENT-{n}", 5, "INIT")) for n in (0, 1)),
        )

    async def sold(self, order_no: str, saga_id: str | None, sku: str, left: int) -> None:
        """Legacy sells two pieces of the sku."""
        await self.feed(
            ("stock", sku, _stock(sku, left)),
            ("order", self.lsn, {"order_no": order_no, "saga_id": saga_id}),
            ("movement", 100 + self.lsn, _movement(100 + self.lsn, sku, -2, "SALE", order_no)),
        )

    async def level(self, sku: str) -> tuple[int, int, int]:
        row = await self.pool.fetchrow(
            "SELECT quantity, ahead, reserved FROM level WHERE sku = $1", sku
        )
        return tuple(row)

    async def ledger(self, sku: str) -> int:
        return int(await self.pool.fetchval("SELECT ledger FROM level WHERE sku = $1", sku))

    async def numbers(self, origin: str) -> list[int]:
        rows = await self.pool.fetch("SELECT legacy_id FROM movement WHERE origin = $1", origin)
        return [row["legacy_id"] for row in rows]

    async def marks(self) -> list[str]:
        rows = await self.pool.fetch("SELECT order_no FROM order_mark ORDER BY 1")
        return [row["order_no"] for row in rows]

    async def reserve(self, saga_id: str, pieces: int, sku: str = "TENT-0", after: int = 0) -> None:
        await self.handler.reserve(Reservation(saga_id, {sku: pieces}, after))

    async def drifting(self) -> int:
        return (await views.state(self.pool))["drifting"]


def _stock(sku: str, quantity: int) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity, "updated": CREATED}


def _movement(
    number: int, sku: str, change: int, reason: str, order_no: str | None = None
) -> dict[str, Any]:
    return {
        "id": number,
        "sku": sku,
        "change": change,
        "reason": reason,
        "order_no": order_no,
        "created": CREATED,
    }


@pytest.fixture
async def world(take_database: Callable[[str], str]) -> AsyncIterator[World]:
    async with pool_of(take_database, "inventory", 10) as pool:
        made = World(pool)
        await made.start()
        yield made


async def test_a_whole_order_the_feed_first(world: World) -> None:
    await world.reserve("s1", 2)
    assert await world.level("TENT-0") == (5, 0, 2)
    await world.sold("SO-1", "s1", "TENT-0", 3)
    assert await world.level("TENT-0") == (3, 0, 0)
    await world.handler.sell("s1", "SO-1", CREATED)
    assert await world.level("TENT-0") == (3, 0, 0)
    assert await world.drifting() == 0


async def test_a_whole_order_the_saga_first(world: World) -> None:
    await world.reserve("s1", 2)
    await world.handler.sell("s1", "SO-1", CREATED)
    assert await world.level("TENT-0") == (5, -2, 0)
    await world.sold("SO-1", "s1", "TENT-0", 3)
    assert await world.level("TENT-0") == (3, 0, 0)
    await world.handler.sell("s1", "SO-1", CREATED)
    assert await world.level("TENT-0") == (3, 0, 0)
    assert await world.drifting() == 0


async def test_a_cancelled_order_is_put_back_once(world: World) -> None:
    await world.sold("SO-1", None, "TENT-0", 3)
    for _ in range(2):
        await world.handler.put_back("SO-1", {"TENT-0": 2}, CREATED)
    assert await world.level("TENT-0") == (3, 2, 0)
    await world.feed(
        ("stock", "TENT-0", _stock("TENT-0", 5)),
        ("movement", 900, _movement(900, "TENT-0", 2, "CANCEL", "SO-1")),
    )
    assert await world.level("TENT-0") == (5, 0, 0)
    assert await world.drifting() == 0


async def test_reserving_is_done_once_and_released_once(world: World) -> None:
    await asyncio.gather(*(world.reserve("s1", 2) for _ in range(5)))
    assert await world.level("TENT-0") == (5, 0, 2)
    await asyncio.gather(*(world.handler.release("s1") for _ in range(3)))
    assert await world.level("TENT-0") == (5, 0, 0)


async def test_a_release_bars_what_comes_later(world: World) -> None:
    await world.handler.release("s1")
    with pytest.raises(Barred, match="released"):
        await world.reserve("s1", 1)
    with pytest.raises(Barred, match="released"):
        await world.handler.sell("s1", "SO-1", CREATED)
    assert await world.level("TENT-0") == (5, 0, 0)


async def test_what_is_sold_cannot_be_released(world: World) -> None:
    await world.reserve("s1", 2)
    await world.handler.sell("s1", "SO-1", CREATED)
    with pytest.raises(Barred, match="sold"):
        await world.handler.release("s1")


async def test_more_than_legacy_has_is_refused_in_its_words_and_stays_so(world: World) -> None:
    for _ in range(2):
        with pytest.raises(Short) as short:
            await world.reserve("s1", 6)
        assert short.value.answer == {"error": "out of stock", "sku": "TENT-0", "available": 5}
    assert await world.level("TENT-0") == (5, 0, 0)


async def test_in_doubt_legacy_decides(world: World) -> None:
    behind = world.watermark.micros + 1_000_000
    await world.reserve("s1", 6, after=behind)
    assert await world.level("TENT-0") == (5, 0, 6)


async def test_what_is_promised_to_others_is_waited_for(world: World) -> None:
    await world.reserve("s1", 4)
    waiting = asyncio.create_task(world.reserve("s2", 4))
    await asyncio.sleep(0)
    await world.handler.release("s1")
    await waiting
    with pytest.raises(Short) as short:
        await world.reserve("s3", 2)
    assert short.value.answer["available"] == 1


async def test_many_at_once_never_promise_more_than_there_is(world: World) -> None:
    results = await asyncio.gather(
        *(world.reserve(f"s{n}", 1) for n in range(9)), return_exceptions=True
    )
    assert sum(isinstance(result, Short) for result in results) == 4
    assert await world.level("TENT-0") == (5, 0, 5)


async def test_whatever_meets_what_the_sums_are_right(world: World) -> None:
    """A saga's reservation, sale and release at once, twice each, and others for the same goods."""
    handler = world.handler
    for turn in range(12):
        sagas = [f"{turn}-{n}" for n in range(2)]
        await asyncio.gather(
            *(world.reserve(saga, 1) for saga in sagas * 2),
            *(handler.release(sagas[0]) for _ in range(2)),
            *(handler.sell(sagas[1], f"SO-{turn}", CREATED) for _ in range(2)),
            return_exceptions=True,
        )
        claims = dict(await world.pool.fetch("SELECT saga_id, status FROM claim"))
        assert claims[sagas[0]] == "released"
        assert claims[sagas[1]] == "sold"
        await world.handler.put_back(f"SO-{turn}", {"TENT-0": 1}, CREATED)
    held = "SELECT coalesce(sum(pieces), 0) FROM reservation WHERE held"
    assert (await world.level("TENT-0"))[2] == await world.pool.fetchval(held) == 0
    assert await world.drifting() == 0


async def test_several_skus_are_reserved_together_or_not_at_all(world: World) -> None:
    await world.handler.reserve(Reservation("s1", {"TENT-0": 2, "TENT-1": 5}, 0))
    with pytest.raises(Short):
        await world.handler.reserve(Reservation("s2", {"TENT-0": 2, "TENT-1": 1}, 0))
    assert [await world.level(f"TENT-{n}") for n in (0, 1)] == [(5, 0, 2), (5, 0, 5)]
    await world.handler.sell("s1", "SO-1", CREATED)
    assert [await world.level(f"TENT-{n}") for n in (0, 1)] == [(5, -2, 0), (5, -5, 0)]
    assert await world.drifting() == 0


async def test_the_public_answer(world: World) -> None:
    await world.sold("SO-1", None, "TENT-0", 3)
    assert await views.stock(world.pool, "TENT-0") == {
        "sku": "TENT-0",
        "stock": 3,
        "in_stock": "Y",
        "stock_text": "Only 3 lefts",
        "updated": CREATED,
    }
    product = await views.stock(world.pool, "TENT")
    assert product is not None
    assert (product["stock"], product["stock_text"]) == (8, "In stock")
    assert await views.stock(world.pool, "NOPE") is None
    assert await views.stock(world.pool, "\0") is None


async def test_an_inactive_product_is_unknown(world: World) -> None:
    await world.feed(("product", 1, {"active": False}))
    assert await views.stock(world.pool, "TENT") is None
    assert await views.stock(world.pool, "TENT-0") is None


async def test_stock_that_legacy_has_no_more_is_gone(world: World) -> None:
    await world.apply([Gone("stock", "TENT-0", (500, 1))])
    assert await world.level("TENT-0") == (0, 0, 0)
    await world.apply([Stored("stock", "TENT-0", _stock("TENT-0", 9), (400, 1))])
    assert await world.level("TENT-0") == (0, 0, 0), "an older change brings nothing back"
    await world.apply([Cleared("stock", (600, 0), "TENT-1", "TENT-1")])
    assert await world.level("TENT-1") == (0, 0, 0)
    with_a_time = await world.pool.fetchval("SELECT count(*) FROM level WHERE updated <> ''")
    assert with_a_time == 0


async def test_a_part_that_was_read_again_clears_no_other(world: World) -> None:
    again = Stored("stock", "TENT-1", _stock("TENT-1", 4), (700, 0))
    await world.apply([again, Cleared("stock", (600, 0), "TENT-1", None)])
    assert (await world.level("TENT-0"), await world.level("TENT-1")) == ((5, 0, 0), (4, 0, 0))


async def test_movements_that_legacy_has_no_more_are_gone(world: World) -> None:
    await world.reserve("s1", 2)
    await world.handler.sell("s1", "SO-1", CREATED)
    await world.sold("SO-1", "s1", "TENT-0", 3)
    (number,) = await world.numbers("SALE:SO-1:TENT-0")
    await world.apply([Gone("movement", number, (5, 1))])
    assert await world.ledger("TENT-0") == 3, "a deletion older than the row says nothing of it"

    await world.apply([Gone("movement", number, (500, 1))])

    assert await world.ledger("TENT-0") == 5
    assert await world.numbers("SALE:SO-1:TENT-0") == []


async def test_a_cleared_ledger_keeps_what_was_read_again_and_what_sagas_reported(
    world: World,
) -> None:
    await world.handler.put_back("SO-7", {"TENT-0": 1}, CREATED)
    again = Stored("movement", 1, _movement(1, "TENT-0", 5, "INIT"), (700, 0))

    await world.apply([again, Cleared("movement", (600, 0))])

    assert (await world.ledger("TENT-0"), await world.ledger("TENT-1")) == (6, 0)
    assert await world.level("TENT-0") == (5, 1, 0)
    assert await world.numbers("legacy:1") == [1]
    assert await world.numbers("legacy:2") == []


async def test_an_order_that_legacy_has_no_more_is_nobodys(world: World) -> None:
    for number in (1, 2):
        fields = {"order_no": f"SO-{number}", "saga_id": f"s{number}"}
        await world.apply([Stored("order", number, fields, (100, number))])
    await world.apply([Gone("order", 1, (500, 1))])
    assert await world.marks() == ["SO-2"]
    again = {"order_no": "SO-3", "saga_id": "s3"}
    await world.apply([Stored("order", 3, again, (700, 1)), Cleared("order", (600, 0))])
    assert await world.marks() == ["SO-3"]


async def test_a_snapshot_completes_it(world: World) -> None:
    from chassis.readmodel import mirror

    async with world.pool.acquire() as connection:
        assert not await mirror.complete(connection, projections.ENTITIES)
    await world.apply([Cleared(entity, (1, 0)) for entity in projections.ENTITIES])
    async with world.pool.acquire() as connection:
        assert await mirror.complete(connection, projections.ENTITIES)
    assert await views.stock(world.pool, "TENT-1") is not None
