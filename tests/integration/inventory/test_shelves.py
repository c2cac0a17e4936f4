"""What the back office is shown of a product's stock, over legacy's own rows."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx2
import psycopg
import pytest

from migrations import runner
from new_services.inventory import projections
from new_services.inventory.endpoints import Endpoints
from new_services.inventory.handlers import Handler
from tests.rigs.ownership.snapshots import asked, current, fill

pytestmark = pytest.mark.integration

SHOP = """
INSERT INTO category VALUES ('tents', 'Zelte', NULL, 1);
INSERT INTO product (sku, name, descr, cat_code, price) VALUES
    ('TENT', 'Zelt', '', 'tents', '129.95'), ('MUG', 'Becher', '', 'tents', '9.9');
INSERT INTO variant (product_id, sku, color, size, price_diff, active) VALUES
    (1, 'TENT-0', 'green', '2P', '0', 'Y'), (1, 'TENT-1', 'green', '4P', '0', 'N'),
    (1, 'TENT-2', 'green', '6P', '0', 'Y'), (2, 'MUG-0', '', '', '0', 'Y');
INSERT INTO stock (sku, qty) VALUES ('TENT-0', 17), ('TENT-1', 3), ('MUG-0', 5);
INSERT INTO stock_movement (sku, qty_change, reason, created)
SELECT 'TENT-' || number % 2, number, 'INIT', timestamp '2026-01-01' + number * interval '1 minute'
FROM generate_series(1, 20) AS number;
INSERT INTO stock_movement (sku, qty_change, reason, order_no, created) VALUES
    ('MUG-0', 5, 'INIT', NULL, '2026-02-01'), ('TENT-0', -1, 'SALE', 'SO-1', '2026-02-02 03:04:05');
"""


@pytest.fixture
def filled(make_database: Callable[[str], str]) -> str:
    """URL of the inventory's database."""
    legacy = make_database("legacy")
    runner.upgrade("legacy", legacy)
    with psycopg.connect(legacy) as connection:
        connection.execute(SHOP)
    return fill("inventory", make_database("inventory"), legacy, projections.apply)


@pytest.fixture
async def pool(filled: str) -> AsyncIterator[asyncpg.Pool]:
    made = await asyncpg.create_pool(filled, min_size=1, max_size=2)
    yield made
    made.terminate()


@pytest.fixture
async def inventory(pool: asyncpg.Pool) -> AsyncIterator[httpx2.AsyncClient]:
    watermark = current()
    made = Endpoints(pool, watermark, Handler(pool, watermark))
    async with asked(made.register, "inventory") as client:
        yield client


async def shelf(inventory: httpx2.AsyncClient, sku: str) -> Any:
    return (await inventory.get(f"/internal/shelves/{sku}")).json()


async def test_a_products_shelf(inventory: httpx2.AsyncClient) -> None:
    """Inactive variants, too; the newest 15 movements, the newest first."""
    found = await shelf(inventory, "TENT")
    assert found["stock"] == {"TENT-0": 17, "TENT-1": 3}
    assert found["movements"][0] == {
        "sku": "TENT-0",
        "change": -1,
        "reason": "SALE",
        "order_no": "SO-1",
        "created": "2026-02-02 03:04:05",
    }
    assert [each["change"] for each in found["movements"]] == [-1, *range(20, 6, -1)]
    assert await shelf(inventory, "NO") == {"stock": {}, "movements": []}


async def test_what_only_a_saga_reported_is_the_newest(
    inventory: httpx2.AsyncClient, pool: asyncpg.Pool
) -> None:
    handler = Handler(pool, current())
    await handler.put_back("SO-7", {"TENT-1": 2}, "2026-01-01 00:00:00")
    found = await shelf(inventory, "TENT")
    assert found["stock"]["TENT-1"] == 5
    assert [each["change"] for each in found["movements"][:3]] == [2, -1, 20]
