"""Waiting for the read model to be fresh enough."""

import asyncio
import time

from chassis.readmodel.watermark import NoFeed, Watermark


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


async def test_who_gave_up_is_forgotten():
    watermark = Watermark()
    assert not await watermark.reached(1, patience=0.001)
    watermark.advance(1)
    assert await watermark.reached(1)


async def test_who_waits_is_told_of_and_seen_until_he_has_gone():
    watermark, told = Watermark(), []
    watermark.on_wait = lambda: told.append(watermark.awaited)
    assert not watermark.awaited
    waiting = asyncio.create_task(watermark.reached(10, patience=5))
    await asyncio.sleep(0)
    assert told == [True]
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
