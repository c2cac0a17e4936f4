"""A part of a table is read again, and what legacy has no more is gone from the read model."""

import os
import time

import psycopg
import pytest

from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration


def resnapshot(nats_server, *arguments):
    environment = os.environ | {"FEED_NATS_URL": nats_server.url}
    WARM.run("new_services.feed", "resnapshot", *arguments, env=environment).check_returncode()


def shelves(catalog_database):
    with psycopg.connect(catalog_database) as connection:
        rows = connection.execute("SELECT sku, quantity FROM stock WHERE NOT deleted")
        return dict(rows.fetchall())


def test_what_is_left_over_in_a_range_goes(
    goods, feed, make_catalog, catalog_database, nats_server
):
    catalog = make_catalog()
    catalog.wait_until_ready()
    whole = shelves(catalog_database)
    with psycopg.connect(catalog_database, autocommit=True) as connection:
        # As if two deletes and an update had been lost on the way.
        for sku in ("P-1-Y", "P-2-Z"):
            connection.execute("INSERT INTO stock VALUES (%s, 3, false, 1, 1)", [sku])
        connection.execute("UPDATE stock SET quantity = 99, lsn = 1 WHERE sku = 'P-1-L'")
    resnapshot(nats_server, "stock", "--from", "P-1-0", "--to", "P-1-Z")
    expected = {**whole, "P-2-Z": 3}  # not in the range
    deadline = time.monotonic() + 30
    while shelves(catalog_database) != expected:
        assert time.monotonic() < deadline, shelves(catalog_database)
        time.sleep(0.05)
