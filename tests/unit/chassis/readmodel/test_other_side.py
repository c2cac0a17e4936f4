"""Legacy is asked only while our own feed stands still, and counts as away when it says nothing."""

import asyncio
import contextlib

import pytest

from chassis.readmodel.other_side import OtherSide
from chassis.readmodel.watermark import Watermark
from chassis.web.client import Answer, NoAnswer, NotConnected, Request
from contracts.memory import REMEMBERED_SECONDS


class World:
    """A watermark that is stale or not, and a legacy that answers as told."""

    def __init__(self) -> None:
        self.passed, self.asked = 0.0, 0
        self.says: int | Exception = 200
        self.watermark = Watermark(lambda: 1_000_000.0, lambda: self.passed)
        self.watermark.advance(1_000_000_000_000)
        self.other = OtherSide(self, self.watermark, self.pause)

    async def send(self, request: Request) -> Answer:
        self.asked += 1
        assert request.path == "/healthz"
        if isinstance(self.says, Exception):
            raise self.says
        return Answer(self.says, {}, b"")

    async def pause(self, seconds: float) -> None:
        self.passed += seconds
        await asyncio.sleep(0)

    def stands_still(self) -> None:
        self.passed += REMEMBERED_SECONDS + 1


async def test_nobody_is_asked_while_the_feed_is_well() -> None:
    world = World()
    await world.other.look()
    assert (world.asked, world.other.away) == (0, False)


@pytest.mark.parametrize("says", [503, NotConnected("refused"), NoAnswer("silent")])
async def test_what_says_nothing_twice_is_away_until_it_answers(says: int | Exception) -> None:
    world = World()
    world.stands_still()
    world.says = says
    await world.other.look()
    assert not world.other.away
    await world.other.look()
    assert world.other.away
    world.says = 200
    await world.other.look()
    assert not world.other.away


async def test_once_the_feed_goes_on_no_side_is_alone() -> None:
    world = World()
    world.stands_still()
    world.says = 503
    task = asyncio.create_task(world.other.run())
    for _ in range(int(REMEMBERED_SECONDS) + 5):
        await asyncio.sleep(0)
    assert world.other.away
    world.watermark.reset()
    await asyncio.sleep(0)
    assert not world.other.away
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
