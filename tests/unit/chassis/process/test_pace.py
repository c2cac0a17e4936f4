"""Looks are frequent while there is work, and rare at rest."""

import asyncio

from chassis.process.pace import AWAKE_SECONDS, Pace, came
from tests.rigs.processes.supervision import FakeTime


def test_it_begins_awake_rests_when_nothing_comes_and_wakes_up_again() -> None:
    time = FakeTime()
    pace = Pace(0.25, 1.0, time.now)
    assert pace.pause == 0.25
    time.seconds += AWAKE_SECONDS
    assert pace.pause == 1.0
    pace.worked()
    assert pace.pause == 0.25
    time.seconds += AWAKE_SECONDS - 0.1
    assert pace.pause == 0.25
    time.seconds += 0.1
    assert pace.pause == 1.0


def test_rest_is_never_the_shorter_pause() -> None:
    time = FakeTime()
    pace = Pace(2.0, 1.0, time.now)
    time.seconds += AWAKE_SECONDS
    assert pace.pause == 2.0


async def test_an_event_that_came_ends_the_wait() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(came(event, 60.0))
    await asyncio.sleep(0)
    assert not waiting.done()
    event.set()
    assert await waiting
    assert await came(event, 0.0)


async def test_the_time_ends_the_wait_for_an_event_that_does_not_come() -> None:
    assert not await came(asyncio.Event(), 0.001)
