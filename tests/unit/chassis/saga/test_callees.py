"""An absence costs what it lasts, not what waits for it."""

from typing import Any

import pytest

from chassis.saga import MemoryStore, NotYet, Phase, Runner, Saga, State, Step
from chassis.saga.callees import FIRST_SECONDS, MOST_SECONDS, Callees
from chassis.saga.definition import Context, Retry
from chassis.saga.runner import Limits
from tests.rigs.sagas.due import run_due
from tests.rigs.sagas.faults import VirtualClock

HOUR = 3600.0


class Counting(MemoryStore):
    """Counts commits: what is made, leased, and stored."""

    commits = 0

    async def create(self, *given: Any) -> Any:
        self.commits += 1
        return await super().create(*given)

    async def claim(self, *given: Any, **more: Any) -> Any:
        leases = await super().claim(*given, **more)
        self.commits += len(leases)
        return leases

    async def save(self, *given: Any) -> Any:
        self.commits += 1
        return await super().save(*given)


class Legacy:
    """Away until told otherwise."""

    def __init__(self) -> None:
        self.away, self.held, self.calls = True, False, 0

    async def write(self, _: Context) -> dict[str, Any]:
        self.calls += 1
        if self.away:
            raise NotYet(f"connection refused ({self.calls})", callee="legacy")
        return {}

    async def find(self, _: Context) -> None:
        return None

    def holds(self) -> list[str]:
        return ["legacy"] if self.held else []


class World:
    """Pending sagas, and one instance that carries them."""

    def __init__(self) -> None:
        self.clock, self.legacy = VirtualClock(), Legacy()
        self.store = Counting(self.clock.now)
        retry = Retry(deadline=None, timeout=8.0, first=0.1, most=4.0)
        step = Step("write", self.legacy.write, ask=self.legacy.find, pivot=True, retry=retry)
        self.runner = Runner(
            self.store, {"place": Saga("place", [step])}, self.clock, "me", Limits(), lambda: 0.5,
            Callees(self.legacy.holds, lambda: 0.5),
        )  # fmt: skip

    async def pending(self, count: int) -> None:
        for number in range(count):
            await self.runner.start(State(f"s{number}", "place", {}))

    async def passes(self, seconds: float) -> None:
        until = self.clock.passed + seconds
        while self.clock.passed < until:
            await run_due(self.runner)
            await self.clock.sleep(0.25)


async def _an_hour(sagas: int) -> tuple[int, int, int]:
    """Calls, commits and lines of all stories."""
    world = World()
    await world.pending(sagas)
    await world.passes(HOUR)
    lines = [len(await world.store.story(f"s{number}")) for number in range(sagas)]
    return world.legacy.calls, world.store.commits, sum(lines)


async def test_one_order_that_is_pending_for_an_hour_costs_a_few_hundred_commits() -> None:
    calls, commits, lines = await _an_hour(1)
    assert calls <= HOUR / (MOST_SECONDS / 2)
    assert commits <= 4 * calls
    assert lines == 2  # begun once, came out once; the rest is counted


async def test_a_hundred_cost_hardly_more_than_one() -> None:
    one, hundred = await _an_hour(1), await _an_hour(100)
    assert hundred[0] <= one[0] + 2 * 100
    assert hundred[1] <= one[1] + 6 * 100
    assert hundred[2] <= 2 * 100


async def test_what_was_counted_is_reported_once_it_ends() -> None:
    world = World()
    await world.pending(1)
    await world.passes(120.0)
    assert (await world.store.load("s0")).state.again == world.legacy.calls - 1
    world.legacy.away = False
    await world.passes(2 * MOST_SECONDS)
    story = [(entry.what, entry.attempt) for entry in await world.store.story("s0")]
    attempts = world.legacy.calls
    assert story == [
        *(("do", 1), ("absent", 1), ("again", attempts - 2)),
        *(("do", attempts), ("done", attempts)),
    ]


async def test_when_one_has_found_it_back_all_go_on() -> None:
    world = World()
    await world.pending(40)
    await world.passes(300.0)
    world.legacy.away = False
    await world.passes(2 * MOST_SECONDS)
    assert len(await world.store.find([Phase.DONE], 99)) == 40


async def test_no_saga_is_taken_up_while_the_breaker_holds() -> None:
    world = World()
    await world.pending(3)
    world.legacy.held = True
    calls, commits = world.legacy.calls, world.store.commits
    await world.passes(HOUR)
    assert (world.legacy.calls, world.store.commits) == (calls, commits)
    world.legacy.held = world.legacy.away = False
    await world.passes(2 * MOST_SECONDS)
    assert len(await world.store.find([Phase.DONE], 9)) == 3


async def test_those_who_wait_for_another_callee_go_on() -> None:
    world = World()
    await world.pending(1)
    await world.store.create(State("other", "place", {}, waits_for="payments"), "dead", 0.0)
    world.legacy.held = True
    before = world.legacy.calls
    await world.passes(1.0)
    assert world.legacy.calls > before


def test_several_that_find_it_away_in_one_pause_count_as_one() -> None:
    callees = Callees(spread=lambda: 1.0)
    for _ in range(50):
        callees.away("legacy", 0.0)
    assert callees.to_try(FIRST_SECONDS - 0.01) == []
    assert callees.to_try(FIRST_SECONDS) == ["legacy"]
    assert callees.to_try(FIRST_SECONDS) == []  # one at a time


@pytest.mark.parametrize("rounds", [1, 3, 30])
def test_pauses_double_up_to_the_most(rounds: int) -> None:
    callees, now, pause = Callees(spread=lambda: 1.0), 0.0, FIRST_SECONDS
    callees.away("legacy", now)
    for _ in range(rounds):
        assert callees.to_try(now + pause - 0.001) == []
        now += pause
        assert callees.to_try(now) == ["legacy"]
        callees.away("legacy", now)
        pause = min(MOST_SECONDS, 2 * pause)
    assert callees.left_alone() == ["legacy"]
    callees.back("legacy")
    assert callees.left_alone() == []


def test_one_that_never_says_what_it_met_is_followed_by_another() -> None:
    callees = Callees()
    callees.away("legacy", 0.0)
    assert callees.to_try(1.0) == ["legacy"]
    assert callees.to_try(1.0 + MOST_SECONDS) == ["legacy"]
