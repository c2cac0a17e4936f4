"""A step that stores in its own transaction that it begins: both hold, or neither does."""

from collections.abc import Sequence
from typing import Any

import pytest

from chassis.saga import Phase, Refused, Runner, Saga, State, Step
from chassis.saga.definition import Context, NotYet, Retry, nothing
from chassis.saga.state import Entry
from chassis.saga.storage.store import Lease, LeaseLost, MemoryStore
from tests.rigs.sagas.faults import VirtualClock

DONE: dict[str, str] = {"by": "us"}


class Transaction:
    """Of the store's database, with the step's own effect in it."""

    def __init__(self) -> None:
        self.saves: list[tuple[Any, ...]] = []


class Joining(MemoryStore):
    """Keeps what is stored in a transaction until that is committed."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock.now)
        self.commits = 0

    async def save(
        self,
        lease: Lease,
        state: State,
        story: Sequence[Entry],
        seconds: float,
        inside: Any = None,
    ) -> Lease:
        if inside is None:
            self.commits += 1
            return await super().save(lease, state, story, seconds)
        if self._records[lease.saga_id].fence != lease.fence:
            raise LeaseLost(lease.saga_id)
        inside.saves.append((lease, state, story, seconds))
        return lease

    async def commit(self, transaction: Transaction) -> None:
        self.commits += 1
        for saved in transaction.saves:
            await super().save(*saved)


class World:
    """A saga of three steps, of which the second is the pivot, and joins."""

    def __init__(self, *plan: Exception | None) -> None:
        self.clock = VirtualClock()
        self.store = Joining(self.clock)
        self.plan = list(plan)
        self.effects = 0
        self.lost = False
        self.silent = False

    async def write(self, context: Context) -> dict[str, str]:
        transaction = Transaction()
        if self.lost:
            await self.store.seize("s", "another", 15.0)
        if not self.silent:
            await context.promise(transaction)
            await context.promise(transaction)  # once is enough
        fault = self.plan.pop(0) if self.plan else None
        if fault is not None:
            raise fault
        self.effects += 1
        await self.store.commit(transaction)
        return DONE

    async def ask(self, _: Context) -> dict[str, str] | None:
        return DONE if self.effects else None

    async def run(self) -> State:
        async def done(_: Context) -> None:
            return None

        steps = [
            Step("hold", done, undo=nothing),
            Step("write", self.write, ask=self.ask, pivot=True, retry=Retry(), promises=True),
            Step("collect", done),
        ]
        runner = Runner(self.store, {"k": Saga("k", steps)}, self.clock, "me", spread=lambda: 0.5)
        state = await runner.start(State("s", "k", {}))
        assert state is not None
        return state

    async def story(self) -> list[tuple[str, str]]:
        return [(entry.step, entry.what) for entry in await self.store.story("s")]


WHOLE = [
    ("hold", "do"), ("hold", "done"), ("write", "do"), ("write", "done"), ("collect", "do"),
    ("collect", "done"),
]  # fmt: skip


async def test_it_costs_no_commit_of_its_own() -> None:
    world = World()
    assert (await world.run()).phase is Phase.DONE
    assert (world.effects, world.store.commits) == (1, 2)  # the step's and the end's
    assert await world.story() == WHOLE


async def test_what_was_rolled_back_is_stored_the_next_time() -> None:
    world = World(NotYet("moving", 0.05))
    assert (await world.run()).phase is Phase.DONE
    story = await world.story()
    assert story[:2] == WHOLE[:2] and story[-4:] == WHOLE[2:]
    assert story.count(("hold", "done")) == 1
    assert world.effects == 1


async def test_a_refusal_goes_back_with_the_whole_story() -> None:
    world = World(Refused("no"))
    assert (await world.run()).phase is Phase.UNDONE
    assert (await world.story())[:4] == [*WHOLE[:3], ("write", "refusal")]
    assert world.effects == 0


async def test_who_has_lost_the_lease_writes_nothing() -> None:
    world = World()
    world.lost = True
    with pytest.raises(LeaseLost):
        await world.run()
    assert world.effects == 0


async def test_a_step_that_forgets_to_promise_is_an_error() -> None:
    world = World()
    world.silent = True
    with pytest.raises(RuntimeError, match="promised nothing"):
        await world.run()
