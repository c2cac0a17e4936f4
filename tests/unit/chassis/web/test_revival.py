"""A callee that is well again is asked for its health only while a breaker is open, and tried."""

import asyncio

import pytest

from chassis.breaker.circuit import BreakerSettings, State
from chassis.breaker.guard import Guard, Held
from chassis.web.client import Answer, NoAnswer, Request
from chassis.web.revival import Revival, reviving

SETTINGS = BreakerSettings(minimum_calls=2, open_for=8.0, probes=1, ramp=0.0)


class World:
    """A callee whose health is asked, its guard, and a clock that only pauses move."""

    def __init__(self) -> None:
        self.now, self.asked = 100.0, 0
        self.well = False
        self.guard = Guard("legacy", SETTINGS, clock=lambda: self.now, chance=lambda: 0.9)
        self.revival = Revival(self, [self.guard], self.pause)
        self.later = [self.watched]

    async def send(self, request: Request) -> Answer:
        assert (request.method, request.path) == ("GET", "/healthz")
        self.asked += 1
        if not self.well:
            raise NoAnswer("silent")
        return Answer(200, {}, b"")

    async def pause(self, seconds: float) -> None:
        self.now += seconds
        if self.later:
            self.later.pop(0)()
        await asyncio.sleep(0)

    def watched(self) -> None:
        self.well = True

    async def call(self, well: bool) -> None:
        async def answer() -> str:
            if not well:
                raise ConnectionError("away")
            return "answer"

        try:
            await self.guard.call(answer)
        except ConnectionError as error:
            assert not isinstance(error, Held)


async def opened() -> World:
    world = World()
    for _ in range(2):
        await world.call(well=False)
    assert world.guard.is_open
    return world


async def test_one_that_was_away_and_is_well_is_tried_before_its_pause_is_over() -> None:
    world = await opened()
    await world.revival.watch()
    assert (world.asked, world.now) == (2, 102.0)  # away at first, well a second later
    assert world.guard.breaker.state is State.HALF_OPEN
    await world.call(well=True)
    assert world.guard.breaker.state is not State.OPEN


async def test_one_that_says_it_is_well_and_fails_is_asked_as_seldom_as_ever() -> None:
    world = await opened()
    world.well = True
    await world.revival.watch()
    assert world.now == 108.0, "its pause was not shortened"


async def test_at_rest_nobody_is_asked() -> None:
    world = World()
    running = asyncio.create_task(world.revival.run())
    await world.call(well=True)
    for _ in range(5):
        await asyncio.sleep(0)
    assert world.asked == 0
    await world.call(well=False)
    await _until_half_open(world)
    assert world.asked > 0
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def _until_half_open(world: World) -> None:
    for _ in range(1000):
        if world.guard.breaker.state is State.HALF_OPEN:
            return
        await asyncio.sleep(0)
    raise AssertionError(world.guard.facts())


def test_without_a_callee_there_is_nothing_to_do() -> None:
    world = World()
    assert reviving(None, {"write": world.guard}) == reviving(world, {}) == []
    assert len(reviving(world, {"write": world.guard})) == 1
