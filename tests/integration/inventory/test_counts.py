"""What the ledger says of a count, on a real database."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from chassis.database import open_pool
from contracts.back_office import Count
from new_services.inventory import counts

pytestmark = pytest.mark.integration

MOVEMENT = """
INSERT INTO movement (origin, sku, change, reason, order_no, created, lsn, legacy_id)
VALUES (gen_random_uuid()::text, $1, $3, $4, NULL, '', $5::bigint, $2::bigint)
"""


@pytest.fixture
async def pool(take_database: Callable[[str], str]) -> AsyncIterator[asyncpg.Pool]:
    url = take_database("inventory")
    made = await open_pool(url, "test", 2)
    yield made
    made.terminate()


async def tell(pool: asyncpg.Pool, *ledger: tuple[int | None, int, str], sku: str = "A") -> None:
    for number, change, reason in ledger:
        await pool.execute(MOVEMENT, sku, number, change, reason, number)


async def test_a_count_is_a_movement_that_left_just_so_many(pool: asyncpg.Pool) -> None:
    await tell(pool, (1, 10, "INIT"), (2, -3, "ADJUST"), (3, -1, "SALE"), (5, 4, "ADJUST"))
    await tell(pool, (4, 7, "ADJUST"), sku="B")
    found = {
        (pieces, since)
        for pieces in (0, 6, 7, 10)
        for since in range(6)
        if await counts.is_counted(pool, Count("P", "A", pieces), since)
    }
    # The seven of the first count, the ten of the second; six were left by a sale.
    assert found == {(7, 0), (7, 1), (10, 0), (10, 1), (10, 2), (10, 3), (10, 4)}


async def test_the_numbers_of_the_monolith_say_whether_it_moved(pool: asyncpg.Pool) -> None:
    await tell(pool, (1, 10, "INIT"), (7, -1, "SALE"))
    assert [await counts.has_moved(pool, "A", since) for since in (0, 6, 7)] == [True, True, False]
    assert [await counts.last(pool, sku) for sku in ("A", "B")] == [7, 0]


async def test_what_only_a_saga_reported_so_far_is_no_count(pool: asyncpg.Pool) -> None:
    await tell(pool, (1, 10, "INIT"), (None, -1, "SALE"))
    assert not await counts.has_moved(pool, "A", 1)
    assert await counts.last(pool, "A") == 1


async def test_the_stock_is_the_monoliths(pool: asyncpg.Pool) -> None:
    await pool.execute("INSERT INTO level (sku, quantity, updated) VALUES ('A', 7, 'x')")
    assert [await counts.stock(pool, sku) for sku in ("A", "B")] == [7, None]
