"""What the chaos of the feed writes keeps the shop's own laws, and touches every fed table."""

import random
from collections import Counter

import psycopg
import pytest

from loadtests.chaos.feed import writes
from migrations import runner
from new_services.feed.settings import LEGACY_TABLES
from new_services.verify.laws.laws import LAWS, LEGACY

pytestmark = pytest.mark.integration

SHOP = """
INSERT INTO category VALUES ('shoes', 'Schuhe', NULL, 1);
INSERT INTO product (sku, name, cat_code, price) SELECT 'P-' || n, 'p', 'shoes', '9.90'
    FROM generate_series(1, 5) n;
INSERT INTO variant (product_id, sku) SELECT id, sku || '-0' FROM product;
INSERT INTO stock (sku, qty) SELECT sku, 50 FROM variant;
INSERT INTO stock_movement (sku, qty_change, reason) SELECT sku, 50, 'INIT' FROM variant;
INSERT INTO customer (email, name, pw_hash) VALUES ('a@b', 'Ann', 'x');
"""


def test_the_shop_stays_lawful_whatever_is_written(make_database):
    url, dice, done = make_database("shop"), random.Random(4), Counter()
    runner.upgrade("legacy", url)
    with psycopg.connect(url) as connection:
        connection.execute(SHOP)
        connection.commit()
        for write in (*writes.WRITES, writes.emptied) * 40:
            try:
                write(connection, dice)
                connection.commit()
                done[write.__name__] += 1
            except psycopg.IntegrityError:
                connection.rollback()
        assert len(done) == len(writes.WRITES) + 1, done
        for table in LEGACY_TABLES:
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() > (0,), table
        for law in (law for law in LAWS if law.database == LEGACY):
            assert connection.execute(law.broken).fetchall() == [], law.name
