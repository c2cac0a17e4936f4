"""The feed's memory is bounded: one huge transaction, and a broker that is away for a while."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROWS = 200_000
MORE_MB = 60  # than when it began to stream; the rows alone are some 40 MB as JSON, 150 in Python


def peak(feed) -> float:
    """The most memory the process ever held, in MB."""
    lines = Path(f"/proc/{feed.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


@pytest.mark.timeout(400)
async def test_a_huge_transaction_while_the_broker_comes_and_goes(
    legacy, nats_server, make_feed, ready, eventually
):
    feed = make_feed(legacy).start()
    await ready(feed)
    before = peak(feed)
    legacy.execute(
        "INSERT INTO stock SELECT 'a-rather-long-name-' || n, n FROM generate_series(1, %s) n", ROWS
    )

    async def begun() -> bool:
        return feed.metric("fig_feed_published") > 5000

    await eventually("it streams", begun)
    nats_server.kill()

    async def noticed() -> bool:
        return feed.metric("fig_feed_restarts") >= 2

    await eventually("it waits", noticed)
    nats_server.start()

    async def all_of_it() -> bool:
        return feed.metric("fig_feed_published") >= ROWS

    await eventually("all of it is published", all_of_it, 120)
    await ready(feed)
    assert peak(feed) < before + MORE_MB
