"""At rest the feed makes few watermarks, and one at once for who needs it."""

import asyncio
import time

import nats
import pytest

from contracts.subjects import HEARTBEAT_SUBJECT

pytestmark = pytest.mark.integration

FOR_EVER = "600000"  # milliseconds: no clock of the feed's own ends its rest


async def test_at_rest_a_row_or_a_question_brings_watermarks(
    legacy, make_feed, ready, eventually, nats_server
):
    feed = make_feed(legacy, FEED_REST_MS=FOR_EVER).start()
    await ready(feed)
    bus = await nats.connect(nats_server.url)

    async def rests() -> bool:
        return time.time() - feed.metric("fig_feed_watermark") > 1.0

    async def later() -> bool:
        return feed.metric("fig_feed_watermark") > before

    await eventually("it rests", rests)
    before = time.time()
    await bus.publish(HEARTBEAT_SUBJECT, b"")
    await eventually("a watermark for who asked", later)
    await eventually("it rests again", rests)
    before = time.time()
    await asyncio.to_thread(legacy.execute, "INSERT INTO stock VALUES ('S', 1)")
    await eventually("a watermark for the row", later)
    await bus.close()
