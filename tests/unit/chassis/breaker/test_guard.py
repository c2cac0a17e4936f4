"""Calls through a breaker: who failed, and who only was in the way."""

import asyncio

import pytest

from chassis.breaker.circuit import BreakerSettings, State
from chassis.breaker.guard import Guard, Held

SETTINGS = BreakerSettings(minimum_calls=4, slow_call=1.0, open_for=2.0, probes=1, ramp=0.0)


class World:
    """A guard over a callee that answers as told."""

    def __init__(self) -> None:
        self.now, self.takes = 100.0, 0.1
        self.guard = Guard("smtp", SETTINGS, (OSError,), lambda: self.now, lambda: 0.0)

    async def ask(self, said: object) -> object:
        async def call() -> object:
            self.now += self.takes
            if isinstance(said, BaseException):
                raise said
            return said

        return await self.guard.call(call, lambda found: found == "bad")

    async def often(self, said: object, times: int = 4) -> None:
        for _ in range(times):
            if isinstance(said, BaseException):
                with pytest.raises(type(said)):
                    await self.ask(said)
            else:
                await self.ask(said)


@pytest.mark.parametrize("said", [OSError("refused"), "bad"])
async def test_failures_open_it_and_it_says_when_to_come_back(said: object) -> None:
    world = World()
    await world.often(said)
    assert world.guard.is_open
    with pytest.raises(Held, match="toward smtp is open") as caught:
        await world.ask("good")
    assert caught.value.after == pytest.approx(2.0)
    world.now += 2.0
    assert await world.ask("good") == "good"
    assert not world.guard.is_open


@pytest.mark.parametrize("said", [ValueError("no"), asyncio.CancelledError()])
async def test_a_no_and_a_cancelled_call_are_not_the_callees_failure(said: BaseException) -> None:
    world = World()
    await world.often(said, 30)
    assert world.guard.breaker.state is State.CLOSED


async def test_slow_calls_open_it() -> None:
    world = World()
    world.takes = 3.0
    await world.often("good")
    assert world.guard.facts()["cause"] == "calls were slow"
    assert world.guard.holds_back(10.0)
