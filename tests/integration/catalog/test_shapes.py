"""Legacy alters its tables, or a catalog was away for too long: what stops, what goes on."""

import asyncio
import json
import time
import urllib.request

import asyncpg
import nats
import pytest

from contracts.subjects import LEGACY_STREAM, TRIMMED
from migrations import runner

pytestmark = pytest.mark.integration


async def eventually(what: str, check, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        await asyncio.sleep(0.05)


def detail(catalog, sku: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{catalog.url}/api/products/{sku}", timeout=3) as answer:
        return json.load(answer)


@pytest.fixture
def inventory_database(make_database) -> str:
    url = make_database("inventory")
    runner.upgrade("inventory", url)
    return url


@pytest.fixture
def inventory(nats_server, inventory_database, make_process):
    return make_process(
        "new_services.inventory",
        "INVENTORY",
        INVENTORY_DATABASE_URL=inventory_database,
        INVENTORY_NATS_URL=nats_server.url,
    ).start()


@pytest.mark.parametrize(
    ("break_it", "named", "mend_it", "shows"),
    [
        (
            "ALTER TABLE product DROP COLUMN colour",
            "product.colour is gone",
            "ALTER TABLE product ADD COLUMN colour varchar(30) DEFAULT 'mended'",
            {"colour": "mended"},
        ),
        (
            "ALTER TABLE product ALTER weight_g TYPE text USING weight_g || ' g'",
            "product.weight_g has become text",
            "ALTER TABLE product ALTER weight_g TYPE integer USING 500",
            {"weight": "0.500 kg"},
        ),
    ],
)
async def test_what_needs_the_column_stops_alone_and_goes_on_when_it_is_mended(
    goods, feed, make_catalog, inventory, inventory_database, break_it, named, mend_it, shows
):
    catalog = make_catalog()
    catalog.wait_until_ready()
    inventory.wait_until_ready()
    goods.execute(break_it)
    goods.execute("UPDATE product SET price = '11.00' WHERE sku = 'P-1'")

    async def stopped() -> bool:
        status, body = catalog.readiness()
        return status == 503 and named in body and "catalog projection" in body

    await eventually("the catalog names the column", stopped)
    assert named in catalog.log.read_text()
    goods.execute("UPDATE stock SET qty = 41 WHERE sku = 'P-1-L'")

    async def inventory_goes_on() -> bool:
        connection = await asyncpg.connect(inventory_database)
        found = await connection.fetchval("SELECT max(quantity) FROM level WHERE sku = 'P-1-L'")
        await connection.close()
        return found == 41

    await eventually("the inventory goes on", inventory_goes_on)
    assert inventory.readiness()[0] == 200
    assert feed.readiness()[0] == 200
    goods.execute(mend_it)

    async def goes_on() -> bool:
        if catalog.readiness()[0] != 200:
            return False
        found = detail(catalog, "P-1")
        arrived = found["list_price"] == "11.00" and found["stock"] == 43
        return arrived and all(found[name] == value for name, value in shows.items())

    await eventually("the catalog goes on, and has lost nothing", goes_on)


async def test_an_added_column_stops_no_projection(goods, feed, make_catalog):
    catalog = make_catalog()
    catalog.wait_until_ready()
    goods.execute("ALTER TABLE product ADD COLUMN season text NOT NULL DEFAULT 'all'")
    goods.execute("UPDATE product SET price = '12.00' WHERE sku = 'P-1'")

    async def shows() -> bool:
        return detail(catalog, "P-1")["list_price"] == "12.00"

    await eventually("the change shows", shows)
    assert catalog.readiness()[0] == 200


@pytest.fixture
def short_feed(legacy, nats_server, make_process):
    """A feed whose stream keeps next to nothing."""
    return make_process(
        "new_services.feed",
        "FEED",
        FEED_LEGACY_URL=legacy.feed,
        FEED_OWNER_URL=legacy.owner,
        FEED_NATS_URL=nats_server.url,
        FEED_SLOT="fig_" + legacy.owner.rsplit("/", 1)[1],
        FEED_STREAM_MB="1",
    ).start()


async def test_a_reader_that_comes_too_late_reads_all_again(
    goods, short_feed, nats_server, make_catalog
):
    catalog = make_catalog()
    catalog.wait_until_ready()
    catalog.kill()
    goods.execute("UPDATE product SET price = '13.00' WHERE sku = 'P-1'")
    goods.execute("DELETE FROM stock WHERE sku = 'P-2-0'")
    goods.execute("DELETE FROM variant WHERE sku = 'P-2-0'")
    goods.execute("DELETE FROM product WHERE sku = 'P-2'")
    goods.execute(
        "INSERT INTO stock_movement (sku, qty_change, reason, created)"
        " SELECT 'P-1-L', 1, 'ADJUST', now() FROM generate_series(1, 7000)"
    )
    connection = await nats.connect(nats_server.url)

    async def cut() -> bool:
        info = await connection.jetstream().stream_info(LEGACY_STREAM)
        return int((info.config.metadata or {}).get(TRIMMED, "0")) > 0

    await eventually("the stream is cut", cut)
    await connection.close()
    again = make_catalog()
    again.wait_until_ready()
    assert "too far behind" in again.log.read_text()
    assert detail(again, "P-1")["list_price"] == "13.00"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        detail(again, "P-2")
