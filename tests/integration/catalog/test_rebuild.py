"""The read model is rebuilt while it is read and written to, and no reader notices."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request

import psycopg
import pytest

pytestmark = pytest.mark.integration


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def wait_for(check, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


def ready(catalog):
    try:
        return get(f"{catalog.url}/readyz")["ready"]
    except OSError:
        return False


@pytest.fixture
def standing(goods, feed, make_catalog):
    """A catalog that has caught up."""
    catalog = make_catalog()
    wait_for(lambda: ready(catalog))
    return catalog


def rebuild(catalog_database, nats_server):
    environment = {
        "CATALOG_DATABASE_URL": catalog_database,
        "CATALOG_NATS_URL": nats_server.url,
        "CATALOG_LISTEN": "127.0.0.1:0",
    }
    program = [sys.executable, "-m", "new_services.catalog.rebuild"]
    variables = os.environ | environment
    return subprocess.run(program, env=variables, capture_output=True, text=True, timeout=100)


def test_reads_and_writes_go_on_while_it_is_rebuilt(standing, goods, catalog_database, nats_server):
    with psycopg.connect(catalog_database, autocommit=True) as connection:
        # Damage that no change of legacy would ever cure.
        connection.execute("UPDATE product SET name = 'wrong' WHERE id = 3")
        connection.execute("UPDATE document SET detail = '{\"name\": \"wrong\"}' WHERE sku = 'P-3'")
    stop, failures, stocks = threading.Event(), [], []

    def write():
        quantity = 0
        while not stop.is_set():
            quantity += 1
            goods.execute("UPDATE stock SET qty = %s WHERE sku = 'P-2-0'", quantity)
            stop.wait(0.005)

    def read():
        while not stop.is_set():
            try:
                stocks.append(get(f"{standing.url}/api/products/P-2")["stock"])
            except OSError as error:
                failures.append(error)

    threads = [threading.Thread(target=each) for each in (write, read)]
    for thread in threads:
        thread.start()
    try:
        done = rebuild(catalog_database, nats_server)
    finally:
        reads_at_the_end = len(stocks)
        stop.set()
        for thread in threads:
            thread.join(20)
    assert done.returncode == 0, done.stderr
    assert "the catalog is made anew up to message" in done.stdout
    assert failures == []
    assert stocks == sorted(stocks), "a reader went back in time"
    assert reads_at_the_end > 20
    assert get(f"{standing.url}/api/products/P-3")["name"] == "Boot old"
    # And the projection goes on, into the new tables.
    goods.execute("UPDATE product SET name = 'boot new' WHERE id = 2")
    wait_for(lambda: get(f"{standing.url}/api/products/P-2")["name"] == "boot new")
    with psycopg.connect(catalog_database) as connection:
        schemas = connection.execute(
            "SELECT schemaname FROM pg_tables WHERE tablename = 'product'"
        ).fetchall()
        readers = connection.execute("SELECT name FROM reader_position").fetchall()
    assert schemas == [("public",)]
    assert readers == [("catalog projection",)]


def test_what_does_not_catch_up_changes_nothing(standing, catalog_database, nats_server, feed):
    from chassis.readmodel.feed_model import RebuildSettings
    from chassis.readmodel.rebuild import NotRebuilt
    from new_services.catalog.rebuild import model

    settings = RebuildSettings(database_url=catalog_database, nats_url=nats_server.url)
    with pytest.raises(NotRebuilt, match="not caught up"):
        asyncio.run(model().rebuild(settings, lambda text: None, patience=0.0))
    assert get(f"{standing.url}/api/products/P-3")["name"] == "Boot old"
    with psycopg.connect(catalog_database) as connection:
        found = connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'fresh'")
        assert found.fetchone() == (0,)


def test_what_the_catalog_owns_is_not_made_again_from_legacy(
    standing, catalog_database, nats_server, feed
):
    from chassis.readmodel.feed_model import RebuildSettings
    from chassis.readmodel.rebuild import NotRebuilt
    from new_services.catalog.rebuild import model

    settings = RebuildSettings(database_url=catalog_database, nats_url=nats_server.url)
    with psycopg.connect(catalog_database, autocommit=True) as connection:
        connection.execute("UPDATE domain_owner SET owner = 'new'")
    with pytest.raises(NotRebuilt, match="the catalog owns the goods"):
        asyncio.run(model().rebuild(settings, lambda text: None))
