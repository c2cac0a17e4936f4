"""Heartbeats come often while they are needed, and rarely at rest."""

import asyncio

from contracts.subjects import AWAKE_SECONDS
from new_services.feed.publishing.pulse import Pulse

FOR_EVER = 3600.0


def at_rest(often: float = 0.0) -> tuple[Pulse, list[float]]:
    """A pulse, and the time by which it goes."""
    time = [0.0]
    pulse = Pulse(often, FOR_EVER, lambda: time[0])
    time[0] = AWAKE_SECONDS
    return pulse, time


async def test_it_begins_awake():
    await asyncio.wait_for(Pulse(0.0, FOR_EVER).pause(), 10)


async def test_at_rest_the_first_who_needs_one_ends_the_pause():
    pulse, _ = at_rest()
    pausing = asyncio.create_task(pulse.pause())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not pulse.awake
    assert not pausing.done()
    pulse.wake()
    await asyncio.wait_for(pausing, 10)


async def test_once_woken_it_stays_awake_for_a_while():
    pulse, time = at_rest()
    pulse.wake()
    await asyncio.wait_for(pulse.pause(), 10)
    time[0] += AWAKE_SECONDS / 2
    assert pulse.awake
    time[0] += AWAKE_SECONDS
    assert not pulse.awake


async def test_rest_never_makes_more_heartbeats():
    time = [0.0]
    pulse = Pulse(FOR_EVER, 0.0, lambda: time[0])
    time[0] = AWAKE_SECONDS
    pausing = asyncio.create_task(pulse.pause())
    done, _ = await asyncio.wait([pausing], timeout=0.05)
    assert not done
    pausing.cancel()
