"""Writes at a bounded rate while feed, broker, catalog and PostgreSQL are killed at random.

In the suite for some seconds; `make chaos-feed ARGS="--minutes 10"` takes its time. The seed is
printed; `--seed` repeats the choice of victims.
"""

import asyncio
import random
import threading
import time
from datetime import datetime
from decimal import Decimal

import psycopg
import pytest
from psycopg.rows import dict_row

from migrations import runner
from new_services.anticorruption.read_models import MAPPINGS

pytestmark = pytest.mark.integration

SHORT_SECONDS, SHORT_RATE, LONG_RATE = 10.0, 100, 200  # commits a second
GOODS = """
INSERT INTO category SELECT 'c' || n, 'Category ' || n, NULL, n FROM generate_series(1, 5) n;
INSERT INTO product (sku, name, descr, cat_code, price, disc_pct, colour, tags, created, updated)
    SELECT 'P-' || n, 'name', repeat('Ü', 3000), 'c' || 1 + n % 5, '9.90', NULL, 'red', 'a, b',
        now()::timestamp(0), now()::timestamp(0) FROM generate_series(1, 300) n;
INSERT INTO variant (product_id, sku, color, size, price_diff)
    SELECT id, sku || '-0', 'red', 'M', '0.00' FROM product;
INSERT INTO stock (sku, qty, updated) SELECT sku, 5, now()::timestamp(0) FROM variant;
"""
WRITES = (
    "UPDATE stock SET qty = qty + 1 WHERE sku = 'P-%(n)s-0'",
    "UPDATE stock SET qty = greatest(qty - 2, 0) WHERE sku = 'P-%(n)s-0'",
    "UPDATE product SET price = '%(n)s.50', tags = 'x,' || tags WHERE id = %(n)s",
    "UPDATE product SET descr = repeat('n', %(n)s * 20) WHERE id = %(n)s",
    "UPDATE product SET disc_pct = '15' WHERE cat_code = 'c1' AND id < %(n)s",
    "DELETE FROM stock WHERE sku = 'P-%(n)s-0'",
    "INSERT INTO stock SELECT sku, %(n)s, now()::timestamp(0) FROM variant"
    " WHERE product_id = %(n)s ON CONFLICT DO NOTHING",
    "UPDATE stock SET sku = 'moved-' || sku WHERE sku = 'P-%(n)s-0'",
    "UPDATE stock SET sku = substr(sku, 7) WHERE sku = 'moved-P-%(n)s-0'",
    "UPDATE variant SET price_diff = '%(n)s', active = 'N' WHERE id = %(n)s",
    "UPDATE category SET name = name || '.' WHERE code = 'c' || 1 + %(n)s %% 5",
)


class Writer(threading.Thread):
    """Commits at a rate until it is told to stop; a database that is away is waited for."""

    def __init__(self, url: str, rate: int, choose: random.Random) -> None:
        super().__init__(daemon=True)
        self._url, self._rate, self._random = url, rate, choose
        self._stopping = threading.Event()
        self.commits = 0

    def run(self) -> None:
        due = time.monotonic()
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._url) as connection:
                    while not self._stopping.wait(max(0.0, due - time.monotonic())):
                        due = max(due + 1 / self._rate, time.monotonic() - 0.1)
                        for _ in range(self._random.choice((1, 1, 1, 4))):
                            statement = self._random.choice(WRITES)
                            number = self._random.randint(1, 300)
                            connection.execute(statement % {"n": number})
                        connection.commit()
                        self.commits += 1
            except psycopg.Error:  # away, or a key that is taken: rolled back, go on
                self._stopping.wait(0.02)

    def finish(self) -> None:
        self._stopping.set()
        self.join(10)


def equal(expected, kept) -> bool:
    """Whether a translated legacy value is the stored one."""
    if isinstance(kept, Decimal):
        return Decimal(expected) == kept
    if isinstance(kept, datetime):
        return str(expected) == str(kept)
    return expected == kept


def differences(legacy: str, catalog: str) -> list[str]:
    """Each row and field in which the read model is not what its mapping makes of legacy."""
    found = []
    with (
        psycopg.connect(legacy, row_factory=dict_row) as old,
        psycopg.connect(catalog, row_factory=dict_row) as new,
    ):
        for mapping in MAPPINGS["catalog"]:
            rows = {row[mapping.key]: row for row in old.execute(f"SELECT * FROM {mapping.table}")}
            kept = new.execute(f"SELECT * FROM {mapping.entity} WHERE NOT deleted")
            read = {row[mapping.key]: row for row in kept}
            found += [f"{mapping.entity} {key}: on one side" for key in rows.keys() ^ read.keys()]
            for key in rows.keys() & read.keys():
                for name, value in mapping.translate(rows[key]).items():
                    if not equal(value, read[key][name]):
                        found.append(f"{mapping.entity} {key}.{name}: {value} {read[key][name]}")
    return found


@pytest.fixture
def world(own_postgres, nats_server, make_process):
    """Everything between legacy and the read model, on a server of its own; and who can be hurt."""
    with psycopg.connect(own_postgres.url(), autocommit=True) as connection:
        for name in ("shop", "catalog"):
            connection.execute(f"CREATE DATABASE {name}")
    legacy, catalog = own_postgres.url("shop"), own_postgres.url("catalog")
    runner.upgrade("legacy", legacy)
    runner.upgrade("catalog", catalog)
    with psycopg.connect(legacy) as connection:
        connection.execute(GOODS)
    feed = make_process(
        "new_services.feed",
        "FEED",
        FEED_LEGACY_URL=legacy,
        FEED_OWNER_URL=legacy,
        FEED_NATS_URL=nats_server.url,
        FEED_CHUNK_ROWS="50",
    )
    reader = make_process(
        "new_services.catalog",
        "CATALOG",
        CATALOG_DATABASE_URL=catalog,
        CATALOG_NATS_URL=nats_server.url,
    )
    victims = {
        "feed": (feed.kill, feed.start),
        "catalog": (reader.kill, reader.start),
        "broker": (nats_server.kill, nats_server.start),
        "postgres": (own_postgres.crash, own_postgres.start),
    }
    feed.start()
    reader.start()
    return legacy, catalog, reader, victims


async def test_both_sides_end_alike_whatever_was_killed(world, pytestconfig):
    minutes = pytestconfig.getoption("--minutes", default=None)
    seed = pytestconfig.getoption("--seed", default=None) or random.SystemRandom().randrange(10**6)
    seconds, rate = (minutes * 60, LONG_RATE) if minutes else (SHORT_SECONDS, SHORT_RATE)
    legacy, catalog, reader, victims = world
    choose = random.Random(seed)
    print(f"seed {seed}: {rate} commits/s for {seconds:.0f} s")
    writer = Writer(legacy, rate, random.Random(seed))
    writer.start()
    killed = dict.fromkeys(victims, 0)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.sleep(choose.uniform(0.2, 2.0))
        names = choose.sample(list(victims), choose.choice((1, 1, 1, 2)))
        for name in names:
            victims[name][0]()
            killed[name] += 1
        await asyncio.sleep(choose.uniform(0.0, 0.8))
        for name in names:
            victims[name][1]()
    writer.finish()
    ended = time.time()
    reader.wait_until_ready()
    deadline = time.monotonic() + 60
    while not (reader.readiness()[0] == 200 and reader.metric("catalog_watermark") > ended):
        assert time.monotonic() < deadline, f"the catalog does not catch up: {reader.readiness()}"
        await asyncio.sleep(0.05)
    print(f"{writer.commits} commits; killed {killed}")
    assert writer.commits > seconds * rate / 10  # the machine may be busy
    assert differences(legacy, catalog) == [], f"--seed {seed}"
