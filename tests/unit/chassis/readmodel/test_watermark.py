"""Waiting for the read model to be fresh enough."""

import asyncio
import time

import pytest

from chassis.readmodel.watermark import NoFeed, Watermark
from contracts.memory import REMEMBERED_SECONDS
from contracts.subjects import AWAKE_SECONDS


async def test_what_is_reached_needs_no_waiting():
    watermark = Watermark()
    watermark.advance(100)
    assert await watermark.reached(100, patience=0)


async def test_what_is_not_reached_in_time_is_not():
    assert not await Watermark().reached(1, patience=0.001)


async def test_an_advance_wakes_those_it_satisfies():
    watermark = Watermark()
    near = asyncio.create_task(watermark.reached(10, patience=5))
    far = asyncio.create_task(watermark.reached(20, patience=5))
    await asyncio.sleep(0)
    watermark.advance(15)
    assert await near
    assert not far.done()
    watermark.advance(20)
    assert await far


async def test_it_never_goes_back():
    watermark = Watermark()
    watermark.advance(10)
    watermark.advance(5)
    assert watermark.micros == 10


async def test_who_gave_up_is_forgotten_also_while_the_feed_stands_still():
    watermark = Watermark()
    for wanted in range(1, 5):
        assert not await watermark.reached(wanted, patience=0.001)
    gone = asyncio.create_task(watermark.reached(9, patience=5))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    assert watermark._waiting == {}
    watermark.advance(1)
    assert await watermark.reached(1)


async def test_a_wait_is_reported_and_seen_until_it_ends():
    watermark, awaited = Watermark(), []
    watermark.on_wait = lambda: awaited.append(watermark.awaited)
    assert not watermark.awaited
    waiting = asyncio.create_task(watermark.reached(10, patience=5))
    await asyncio.sleep(0)
    assert awaited == [True]
    watermark.advance(10)
    assert await waiting
    assert not watermark.awaited
    assert not await watermark.reached(11, patience=0.001)
    assert not watermark.awaited


async def test_without_a_feed_every_moment_is_reached_and_the_watermark_is_now():
    watermark = NoFeed()
    before = time.time_ns() // 1000
    assert before <= watermark.micros <= time.time_ns() // 1000
    assert await watermark.reached(watermark.micros + 10**9)


class Clocks:
    """Ours: one on the wall, and one that only passes."""

    def __init__(self) -> None:
        self.wall, self.passed = 1_000_000.0, 50.0

    def watermark(self) -> Watermark:
        return Watermark(lambda: self.wall, lambda: self.passed)

    def wait(self, seconds: float) -> None:
        self.wall += seconds
        self.passed += seconds


async def test_it_is_in_use_while_a_request_waits_and_for_a_while_after():
    clocks, asked = Clocks(), []
    watermark = clocks.watermark()
    watermark.on_use = asked.append
    assert not watermark.in_use
    watermark.use()
    clocks.wait(AWAKE_SECONDS - 0.1)
    assert watermark.in_use
    clocks.wait(0.1)
    assert not watermark.in_use
    waiting = asyncio.create_task(watermark.reached(10, patience=5))
    await asyncio.sleep(0)
    clocks.wait(AWAKE_SECONDS)
    assert watermark.in_use
    watermark.advance(10)
    assert await waiting
    assert not watermark.in_use
    assert asked == [False, True]


async def test_one_heartbeat_of_a_fast_clock_does_not_make_the_next_hour_reached():
    clocks = Clocks()
    watermark = clocks.watermark()
    watermark.advance(int((clocks.wall + 3600) * 1e6))
    assert watermark.micros == clocks.wall * 1e6
    assert not await watermark.reached(watermark.micros + 1_000_000, patience=0.001)
    assert watermark.alarms == {"feed clock": "the feed's clock is 3600 s ahead of ours"}
    clocks.wait(1.0)
    watermark.advance(int(clocks.wall * 1e6))
    assert watermark.alarms == {}


def test_a_little_is_no_alarm_and_is_not_believed_either():
    clocks = Clocks()
    watermark = clocks.watermark()
    watermark.advance(int((clocks.wall + 0.5) * 1e6))
    assert (watermark.micros, watermark.alarms) == (clocks.wall * 1e6, {})


def test_it_is_as_old_as_it_was_behind_and_has_stood_still():
    clocks = Clocks()
    watermark = clocks.watermark()
    assert not watermark.stale  # nothing was read so far: that is another reason
    watermark.advance(int((clocks.wall - 5) * 1e6))
    clocks.wait(REMEMBERED_SECONDS - 5)
    assert (watermark.age, watermark.stale) == (REMEMBERED_SECONDS, False)
    clocks.wait(0.1)
    assert watermark.stale
    clocks.wall += 3600.0  # our own clock is set: nothing has come in meanwhile, or gone out
    assert watermark.age == pytest.approx(REMEMBERED_SECONDS + 0.1)
    assert not NoFeed().stale
