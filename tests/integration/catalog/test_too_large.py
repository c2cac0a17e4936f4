"""A row that the broker does not take stops who needs its table, and nobody loses anything."""

import os
import time

import psycopg
import pytest

from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration

LARGE = "repeat('large ', 300000)"  # more than the megabyte that a broker takes by default


def wait_for(check, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def resnapshot(nats_server, *arguments):
    """As often as it takes: a feed that begins its session again answers no request meanwhile."""
    program = ("new_services.feed", "resnapshot", *arguments)
    environment = os.environ | {"FEED_NATS_URL": nats_server.url}
    wait_for(lambda: WARM.run(*program, env=environment).returncode == 0)


def names(catalog_database):
    with psycopg.connect(catalog_database) as connection:
        return dict(connection.execute("SELECT sku, name FROM product WHERE NOT deleted"))


def test_it_is_named_and_once_it_fits_all_goes_on(
    goods, feed, make_catalog, catalog_database, nats_server
):
    catalog = make_catalog()
    catalog.wait_until_ready()
    goods.execute(f"UPDATE product SET name = 'large', descr = {LARGE} WHERE sku = 'P-2'")
    goods.execute("UPDATE product SET name = 'later' WHERE sku = 'P-3'")
    wait_for(lambda: "the row {'id': 2} of product" in catalog.readiness()[1])
    assert "fig feed resnapshot product" in catalog.readiness()[1]
    assert feed.readiness()[0] == 200, "the other tables go on"
    assert names(catalog_database)["P-3"] == "Boot old", "nothing is passed over"
    feed.kill()
    feed.start()
    feed.wait_until_ready()
    resnapshot(nats_server, "product")  # as large as before
    wait_for(lambda: feed.log.read_text().count("is not published") >= 2)
    assert catalog.readiness()[0] == 503
    goods.execute("UPDATE product SET descr = 'short' WHERE sku = 'P-2'")
    resnapshot(nats_server, "product")
    wait_for(lambda: catalog.readiness()[0] == 200)
    found = names(catalog_database)
    assert (found["P-2"], found["P-3"]) == ("large", "later")
