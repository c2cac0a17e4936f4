"""The change feed against real engines: no gap, no duplicate, whatever is killed."""

import asyncio
import random

import nats
import psycopg
import pytest

from contracts.feed.change import Op
from contracts.subjects import LEGACY_STREAM

pytestmark = pytest.mark.integration


@pytest.mark.timeout(120)
async def test_no_gap_when_the_feed_is_killed(
    legacy, make_feed, read_stream, replay, write, ready, everything, adds_up
):
    legacy.execute(
        "INSERT INTO product (sku, name, descr, price)"
        " SELECT 'X' || n, 'name', repeat('d', 3000), '9.99' FROM generate_series(1, 3000) n"
    )
    writer = write(legacy.owner)
    chooser = random.Random(3)
    feed = make_feed(legacy)
    for _ in range(2):  # while it connects and takes its snapshot
        feed.start()
        await asyncio.sleep(chooser.uniform(0.6, 1.4))
        feed.kill()
    for _ in range(2):  # while it streams
        feed.start()
        await ready(feed)
        await asyncio.sleep(chooser.uniform(0.1, 0.6))
        feed.kill()
    feed.start()
    await ready(feed)
    writer.finish()
    assert writer.commits > 100
    adds_up(legacy, await everything(legacy, read_stream), replay)


@pytest.mark.timeout(120)
async def test_no_gap_when_the_engines_are_killed(
    own_postgres,
    own_legacy,
    nats_server,
    make_feed,
    read_stream,
    replay,
    write,
    ready,
    everything,
    adds_up,
):
    writer = write(own_legacy.owner)
    chooser = random.Random(5)
    feed = make_feed(own_legacy).start()
    await ready(feed)
    for engine in ("nats", "both", "postgres"):
        if engine in ("nats", "both"):
            nats_server.kill()
        if engine in ("postgres", "both"):
            own_postgres.crash()
        await asyncio.sleep(chooser.uniform(0.1, 1.0))
        if engine in ("nats", "both"):
            nats_server.start()
        if engine in ("postgres", "both"):
            own_postgres.start()
        await ready(feed)
        await asyncio.sleep(chooser.uniform(0.0, 0.5))
    writer.finish()
    assert writer.commits > 100
    assert feed.process.poll() is None, "the feed outlives its engines"
    adds_up(own_legacy, await everything(own_legacy, read_stream), replay)


async def test_what_the_broker_never_stored_is_sent_again(
    legacy, nats_server, make_feed, read_stream, replay, ready, everything, adds_up
):
    feed = make_feed(legacy).start()
    await ready(feed)
    nats_server.kill()
    for number in range(50):
        legacy.execute("INSERT INTO stock VALUES (%s, 1)", f"void-{number}")
    await asyncio.sleep(0.3)  # for the feed to read them; there is nowhere to put them
    feed.kill()
    nats_server.start()
    feed.start()
    await ready(feed)
    adds_up(legacy, await everything(legacy, read_stream), replay)


async def test_not_ready_says_why_while_the_broker_is_away(
    legacy, nats_server, make_feed, ready, eventually
):
    feed = make_feed(legacy).start()
    await ready(feed)
    nats_server.kill()

    async def refused() -> bool:
        status, body = feed.readiness()
        return status == 503 and '"reason":"' in body

    await eventually("readyz turns red", refused)
    nats_server.start()
    await ready(feed)


async def test_truncate_and_a_later_column_arrive(
    legacy, make_feed, read_stream, ready, everything
):
    feed = make_feed(legacy).start()
    await ready(feed)
    legacy.execute("INSERT INTO stock VALUES ('A', 1)")
    legacy.execute("TRUNCATE stock")
    legacy.execute("ALTER TABLE stock ADD COLUMN held boolean DEFAULT true")
    changes = await everything(legacy, read_stream)
    published = [
        (c.op, c.after) for c in changes if c.table == "stock" and c.seq and c.op is not Op.SHAPE
    ]
    assert published == [
        (Op.INSERT, {"sku": "A", "qty": 1}),
        (Op.TRUNCATE, None),
        (Op.INSERT, {"sku": "the-end", "qty": 1, "held": True}),
    ]


async def test_a_lost_slot_means_a_new_snapshot(
    legacy, make_feed, read_stream, replay, ready, everything, adds_up, eventually
):
    feed = make_feed(legacy).start()
    await ready(feed)
    feed.kill()
    with psycopg.connect(legacy.feed, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
            " WHERE active_pid IS NOT NULL AND slot_name = %s",
            [feed.environment["FEED_SLOT"]],
        )
    legacy.execute("INSERT INTO stock VALUES ('unseen', 5)")

    async def dropped() -> bool:
        with psycopg.connect(legacy.feed, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_drop_replication_slot(%s)", [feed.environment["FEED_SLOT"]]
            )
        return True

    await eventually("the slot is free", dropped)
    feed.start()
    await ready(feed)
    changes = await everything(legacy, read_stream)
    assert len([change for change in changes if change.op is Op.SNAPSHOT_END]) == 4
    adds_up(legacy, changes, replay)


async def test_a_second_feed_waits_and_takes_over(
    legacy, make_feed, read_stream, replay, ready, everything, adds_up, eventually
):
    first = make_feed(legacy).start()
    await ready(first)
    second = make_feed(legacy).start()

    async def waits() -> bool:
        return "standby" in second.readiness()[1]

    await eventually("the second stands by", waits)
    first.kill()
    await ready(second)
    adds_up(legacy, await everything(legacy, read_stream), replay)


async def test_the_log_is_released_while_nothing_of_ours_changes(
    legacy, make_feed, ready, eventually
):
    feed = make_feed(legacy, FEED_HEARTBEAT_MS="600000").start()
    await ready(feed)
    before = feed.metric("fig_feed_position")
    legacy.execute("CREATE TABLE unrelated AS SELECT generate_series(1, 50000) AS n")

    async def released() -> bool:
        return feed.metric("fig_feed_position") > before + 1_000_000

    await eventually("the confirmed position moves", released)


async def test_passwords_stay_in_the_legacy_database(
    legacy, make_feed, read_stream, ready, everything
):
    legacy.execute("CREATE TABLE customer (id int PRIMARY KEY, email text, pw_hash text)")
    legacy.execute("INSERT INTO customer VALUES (1, 'a@b', 'hash-1')")
    feed = make_feed(legacy, FEED_TABLES='["stock","customer"]').start()
    await ready(feed)
    legacy.execute("INSERT INTO customer VALUES (2, 'c@d', 'hash-2')")
    changes = await everything(legacy, read_stream)
    published = [change for change in changes if change.table == "customer"]
    rows = [change.after for change in published if change.after and change.op is not Op.SHAPE]
    assert rows == [{"id": 1, "email": "a@b"}, {"id": 2, "email": "c@d"}]


async def test_columns_come_and_go_beside_one_that_is_withheld(
    legacy, make_feed, read_stream, ready, everything
):
    legacy.execute("CREATE TABLE customer (id int PRIMARY KEY, email text, pw_hash text, fax text)")
    feed = make_feed(legacy, FEED_TABLES='["stock","customer"]').start()
    await ready(feed)
    legacy.execute("ALTER TABLE customer ADD COLUMN phone text")
    legacy.execute("INSERT INTO customer VALUES (1, 'a@b', 'hash-1', '12', '34')")
    legacy.execute("ALTER TABLE customer DROP COLUMN fax")
    legacy.execute("INSERT INTO customer VALUES (2, 'c@d', 'hash-2', '56')")
    changes = await everything(legacy, read_stream)
    published = [c.after for c in changes if c.table == "customer" and c.op is Op.INSERT]
    assert published == [
        {"id": 1, "email": "a@b", "fax": "12", "phone": "34"},
        {"id": 2, "email": "c@d", "phone": "56"},
    ]


async def test_a_publication_that_lists_columns_is_made_whole(
    legacy, make_feed, read_stream, ready, everything
):
    legacy.execute("CREATE TABLE customer (id int PRIMARY KEY, email text, pw_hash text)")
    settings = {"FEED_TABLES": '["stock","customer"]'}
    feed = make_feed(legacy, **settings).start()
    await ready(feed)
    feed.kill()
    legacy.execute("ALTER PUBLICATION fig_feed SET TABLE stock, customer (id, email)")
    legacy.execute("ALTER TABLE customer ADD COLUMN phone text")
    feed = make_feed(legacy, **settings).start()
    await ready(feed)
    legacy.execute("INSERT INTO customer VALUES (1, 'a@b', 'hash-1', '34')")
    changes = await everything(legacy, read_stream)
    published = [c.after for c in changes if c.table == "customer" and c.op is Op.INSERT]
    assert published == [{"id": 1, "email": "a@b", "phone": "34"}]


async def test_a_table_that_is_missing_is_named(legacy, make_feed, eventually):
    feed = make_feed(legacy, FEED_TABLES='["stock","nowhere"]').start()

    async def named() -> bool:
        return "nowhere" in feed.readiness()[1]

    await eventually("readyz names the table", named)


async def test_a_lost_stream_means_a_new_snapshot(
    legacy, nats_server, make_feed, read_stream, replay, ready, everything, adds_up, eventually
):
    legacy.execute("INSERT INTO stock VALUES ('A', 1)")
    feed = make_feed(legacy).start()
    await ready(feed)
    connection = await nats.connect(nats_server.url)
    await connection.jetstream().delete_stream(LEGACY_STREAM)
    await connection.close()

    async def noticed() -> bool:
        return "the stream is lost" in feed.log.read_text()

    await eventually("the feed notices", noticed)
    await ready(feed)
    adds_up(legacy, await everything(legacy, read_stream), replay)
