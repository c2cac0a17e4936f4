"""A saga of five steps in a world where everything may go wrong: ships for the tests of stores,
and as a pattern for the rehearsal of a service's own saga.
"""

import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from chassis.saga.definition import Retry, Saga
from chassis.saga.faults import Callee, Crash, Fault, FaultyStore, Opinion, VirtualClock
from chassis.saga.runner import Limits, Runner
from chassis.saga.state import Phase, State
from chassis.saga.store import LeaseLost, MemoryStore, Store

PIVOT = 3


@dataclass
class Rehearsal:
    """quote only looks, reserve and authorise are idempotent, write is the monolith's and the
    pivot, then capture."""

    save_faults: Sequence[Fault] = ()
    inner: Store = field(default_factory=MemoryStore)
    saga_id: str = "saga-1"
    clock: VirtualClock = field(default_factory=VirtualClock)

    def __post_init__(self) -> None:
        self.callees: list[Callee] = [Opinion("quote", self.clock)]
        self.callees += [
            Callee(name, self.clock, idempotent=name != "write")
            for name in ("reserve", "authorise", "write", "capture")
        ]
        for callee in self.callees:
            callee.while_paused = self.another_takes_over
        retry = Retry(deadline=60.0, timeout=2.0)
        self.saga = Saga(
            "rehearsal",
            [
                callee.step(retry, pivot=position == PIVOT)
                for position, callee in enumerate(self.callees)
            ],
        )
        self.store = FaultyStore(self.inner, self.save_faults)
        self.names = itertools.count()

    def runner(self) -> Runner:
        """A fresh instance: what the former one had in memory is gone."""
        name = f"instance-{next(self.names)}"
        return Runner(
            self.store, {self.saga.kind: self.saga}, self.clock, name, Limits(), lambda: 0.5
        )

    async def another_takes_over(self) -> None:
        """The lease of whoever sleeps runs out, and the saga is carried on elsewhere."""
        await self.clock.sleep(Limits().lease + 1)
        with contextlib.suppress(Crash):
            await self.runner().run_due()

    async def play(self) -> State:
        """Start the saga; after each death another instance comes, until it has ended."""
        with contextlib.suppress(Crash, LeaseLost):
            await self.runner().start(State(self.saga_id, "rehearsal", {"total": "10.00"}))
        return await self.play_on()

    async def play_on(self) -> State:
        """As often as it takes."""
        for _ in range(200):
            state = (await self.store.load(self.saga_id)).state
            if state.phase.ended:
                return state
            await self.clock.sleep(5.0)
            with contextlib.suppress(Crash):
                await self.runner().run_due()
        raise AssertionError(f"it never ends: {state}")

    def check(self, state: State) -> None:
        """All done or all undone, each effect once, also after what was late has arrived."""
        for callee in self.callees:
            callee.arrive()
        effects = {callee.name: callee.effects for callee in self.callees[1:]}
        assert all(callee.most <= 1 for callee in self.callees), f"doubled: {effects}"
        if state.phase is Phase.DONE:
            assert set(effects.values()) == {1}, effects
        elif state.phase is Phase.UNDONE:
            assert set(effects.values()) == {0}, effects
            assert state.reason
        else:
            assert state.phase is Phase.PARKED
            assert state.reason
