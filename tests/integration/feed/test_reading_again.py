"""Tables are read in chunks while they change: whole, in order, and on from where it stopped."""

import json
import os
import subprocess

import pytest

from contracts.feed.change import Op
from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration

MODULE = "new_services.feed"
MANY = (
    "INSERT INTO product (sku, name, descr, price)"
    " SELECT 'X' || n, 'name', repeat('d', 3000), '9.99' FROM generate_series(1, %s) n"
)


def command(feed, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"FEED_NATS_URL": feed.environment["FEED_NATS_URL"]}
    return WARM.run(MODULE, *arguments, env=environment)


async def test_an_interrupted_reading_goes_on(
    legacy, make_feed, read_stream, replay, write, ready, everything, adds_up, eventually
):
    legacy.execute(MANY, 6000)
    feed = make_feed(legacy, FEED_CHUNK_ROWS="300").start()
    writer = write(legacy.owner)

    async def begun() -> bool:
        return feed.readiness()[0] == 503 and feed.metric("fig_feed_snapshot_rows") > 1000

    await eventually("rows are read", begun)
    _, body = feed.readiness()
    progress = json.loads(body)["snapshot"]
    assert progress["table"] == "product" and progress["rows"] < progress["of"]
    feed.kill()
    feed.start()
    await ready(feed)
    assert feed.metric("fig_feed_snapshot_rows") < 6000, "it started over"
    writer.finish()
    changes = await everything(legacy, read_stream)
    ends = [change.table for change in changes if change.op is Op.SNAPSHOT_END]
    assert sorted(ends) == ["product", "stock"]
    adds_up(legacy, changes, replay)


async def test_a_table_is_read_again_while_it_changes(
    legacy, make_feed, read_stream, replay, write, ready, everything, adds_up, eventually
):
    legacy.execute(MANY, 2000)
    feed = make_feed(legacy, FEED_CHUNK_ROWS="100").start()
    await ready(feed)
    writer = write(legacy.owner)
    before = feed.metric("fig_feed_snapshot_rows")
    for table in ("product", "stock"):
        assert command(feed, "resnapshot", table).returncode == 0
    assert feed.readiness()[0] == 200, "the stream goes on meanwhile"

    async def ended() -> bool:
        changes = await read_stream()
        return len([change for change in changes if change.op is Op.SNAPSHOT_END]) == 4

    await eventually("both are read", ended)
    assert feed.metric("fig_feed_snapshot_rows") >= before + 2000
    writer.finish()
    changes = await everything(legacy, read_stream)
    adds_up(legacy, changes, replay)
    # Whatever was in the stream before it, the second reading stands for itself.
    second = [c for c in changes if c.op is Op.SNAPSHOT_END and c.table == "product"][1].lsn
    adds_up(legacy, [c for c in changes if c.lsn >= second or c.table != "product"], replay)


async def test_a_range_is_read_again(legacy, make_feed, read_stream, ready, everything, eventually):
    legacy.execute(
        "INSERT INTO stock SELECT 'K' || lpad(n::text, 3, '0'), n FROM generate_series(1, 500) n"
    )
    feed = make_feed(legacy).start()
    await ready(feed)
    ordered = command(feed, "resnapshot", "stock", "--from", "K100", "--to", "K109", "--json")
    assert (ordered.returncode, "stock" in json.loads(ordered.stdout)["job"]) == (0, True)

    async def read_again() -> bool:
        return feed.metric("fig_feed_snapshot_rows") == 510

    await eventually("ten rows are read", read_again)
    changes = await everything(legacy, read_stream)
    rows = [change for change in changes if change.op is Op.SNAPSHOT]
    assert [c.key["sku"] for c in rows[500:]] == [f"K{n}" for n in range(100, 110)]
    ends = [(c.before, c.after) for c in changes if c.op is Op.SNAPSHOT_END]
    assert ends[2:] == [({"sku": "K100"}, {"sku": "K109"})], "it clears this part and no other"


async def test_a_wrong_request_is_refused_with_what_there_is(legacy, make_feed, ready):
    feed = make_feed(legacy).start()
    await ready(feed)
    answer = command(feed, "resnapshot", "stocks")
    assert (answer.returncode, "product, stock" in answer.stderr) == (2, True)
    answer = command(feed, "resnapshot", "product", "--from", "seven")
    assert (answer.returncode, "no key of product" in answer.stderr) == (2, True)


async def test_a_column_added_while_nobody_writes_is_read(
    legacy, make_feed, read_stream, ready, eventually
):
    legacy.execute("INSERT INTO stock VALUES ('A', 1)")
    feed = make_feed(legacy).start()
    await ready(feed)
    legacy.execute("ALTER TABLE stock ADD COLUMN held integer NOT NULL DEFAULT 7")

    async def arrived() -> bool:
        changes = await read_stream()
        return any(c.op is Op.SNAPSHOT and (c.after or {}).get("held") == 7 for c in changes)

    await eventually("the default arrives", arrived)


async def test_a_slot_that_holds_back_much_raises_an_alarm(
    legacy, nats_server, make_feed, ready, eventually
):
    feed = make_feed(legacy, FEED_SLOT_ALARM_MB="4").start()
    await ready(feed)
    nats_server.kill()
    legacy.execute("CREATE TABLE bulk AS SELECT repeat('x', 900) FROM generate_series(1, 8000) n")

    async def alarmed() -> bool:
        return "slot" in json.loads(feed.readiness()[1])["alarms"]

    await eventually("the alarm is raised", alarmed)
    assert feed.metric("fig_feed_alarms") == 1
    assert "alarm: the slot holds back" in feed.log.read_text()
    nats_server.start()

    async def over() -> bool:
        return not json.loads(feed.readiness()[1])["alarms"]

    await eventually("the alarm is over", over)
