"""Large values stand beside their row; the log does not repeat them when the row changes."""

import json
import random
import time
import urllib.error
import urllib.request

import asyncpg
import pytest

from new_services.catalog import repository
from new_services.catalog.batches import Batch, RowState

pytestmark = pytest.mark.integration

TEXT = random.Random(5).randbytes(12_000).hex()  # does not compress: 24 kB stay 12 kB at least


def detail(catalog, sku):
    try:
        with urllib.request.urlopen(f"{catalog.url}/api/products/{sku}", timeout=5) as answer:
            return json.load(answer)
    except urllib.error.HTTPError:
        return {}


def eventually(catalog, sku, **wanted):
    deadline = time.monotonic() + 30
    while (found := {name: detail(catalog, sku).get(name) for name in wanted}) != wanted:
        assert time.monotonic() < deadline, (found, catalog.readiness())
        time.sleep(0.02)


@pytest.fixture
def catalog(goods, feed, make_catalog):
    """Its second product has a long description."""
    goods.execute("UPDATE product SET descr = %s WHERE sku = 'P-2'", TEXT)
    made = make_catalog()
    made.wait_until_ready()
    eventually(made, "P-2", description=TEXT)
    return made


def test_a_row_may_change_beside_a_value_that_the_log_leaves_out(goods, catalog):
    goods.execute("UPDATE product SET name = 'renamed' WHERE sku = 'P-2'")
    eventually(catalog, "P-2", name="renamed", description=TEXT)
    goods.execute("UPDATE product SET descr = 'short' WHERE sku = 'P-2'")
    eventually(catalog, "P-2", name="renamed", description="short")


def test_a_row_takes_such_a_value_along_to_another_key(goods, catalog):
    goods.execute("DELETE FROM stock WHERE sku = 'P-2-0'")
    goods.execute("DELETE FROM variant WHERE sku = 'P-2-0'")
    goods.execute("UPDATE product SET id = 77, name = 'moved' WHERE sku = 'P-2'")
    eventually(catalog, "P-2", name="moved", description=TEXT)


async def test_a_row_that_is_gone_does_not_come_back_by_halves(catalog_database):
    connection = await asyncpg.connect(catalog_database)
    for version, fields in enumerate((None, {"name": "on its way"}), 1):
        row = RowState(fields, (version, 1))
        await repository.store(connection, Batch(rows={"product": {78: row}}))
    rows = await connection.fetch("SELECT id, deleted FROM product")
    await connection.close()
    assert [tuple(row) for row in rows] == [(78, True)]


def test_a_row_that_moves_twice_at_once_ends_where_it_is(goods, catalog):
    goods.execute("DELETE FROM stock WHERE sku = 'P-2-0'")
    goods.execute("DELETE FROM variant WHERE sku = 'P-2-0'")
    goods.execute(
        "DO $$ BEGIN UPDATE product SET id = 78 WHERE sku = 'P-2';"
        " UPDATE product SET name = 'on its way' WHERE sku = 'P-2';"
        " UPDATE product SET id = 79, name = 'there' WHERE sku = 'P-2'; END $$"
    )
    eventually(catalog, "P-2", name="there", description=TEXT)
