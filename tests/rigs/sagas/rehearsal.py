"""Sagas in a world where everything may go wrong: ships for the tests of stores, and as a pattern
for the rehearsal of a service's own saga.

PLACE     the pivot in the middle: a way back before it, none after it
CANCEL    the pivot first: refused it leaves nothing behind, after it there is no way back
SETTLE    no pivot: decided elsewhere, it only goes onward
"""

import contextlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chassis.saga.definition import Retry, Saga
from chassis.saga.runner import Limits, Runner
from chassis.saga.state import Phase, State
from chassis.saga.storage.store import LeaseLost, MemoryStore, Store
from tests.rigs.sagas.due import run_due
from tests.rigs.sagas.faults import (
    Callee,
    Crash,
    Fault,
    FaultyStore,
    InstanceClock,
    Opinion,
    VirtualClock,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What kinds of steps follow each other; those in none of the other fields are idempotent."""

    names: tuple[str, ...]
    looks: tuple[str, ...] = ()  # steps without an effect
    asked: tuple[str, ...] = ()  # the monolith's: not idempotent, but it can be asked
    pivot: str = ""
    onward: bool = False

    @property
    def turn(self) -> int:
        """From this step on there is no way back."""
        return self.names.index(self.pivot) if self.pivot else 0


PLACE = Shape(
    ("quote", "reserve", "authorise", "write", "capture"),
    looks=("quote",),
    asked=("write",),
    pivot="write",
)
CANCEL = Shape(("cancel", "refund", "put-back", "confirm"), asked=("cancel",), pivot="cancel")
SETTLE = Shape(("refund", "put-back", "confirm"), onward=True)
WRONG_SECONDS = 10.0  # so far are the wall clocks of two instances apart, or some times so far
SHAPES = {"place": PLACE, "cancel": CANCEL, "settle": SETTLE}


@dataclass
class Rehearsal:
    """One saga of a shape, each of its steps with the service behind it."""

    save_faults: Sequence[Fault] = ()
    inner: Store | None = None
    saga_id: str = "saga-1"
    shape: Shape = PLACE
    clock: VirtualClock = field(default_factory=VirtualClock)
    promises: bool = False  # those of `shape.asked`

    def __post_init__(self) -> None:
        shape = self.shape
        inner = self.inner or MemoryStore(self.clock.now)
        self.callees: list[Callee] = [
            Opinion(name, self.clock)
            if name in shape.looks
            else Callee(name, self.clock, idempotent=name not in shape.asked)
            for name in shape.names
        ]
        for callee in self.callees:
            callee.while_paused = self.another_takes_over
            callee.promises = self.promises and callee.name in shape.asked
        self.store = FaultyStore(inner, self.save_faults)
        self.names = itertools.count()

    def saga(self, clock: InstanceClock) -> Saga:
        """As the instance with this clock has it."""
        retry, shape = Retry(deadline=60.0, timeout=2.0), self.shape
        steps = [
            callee.step(
                retry, clock, pivot=callee.name == shape.pivot, undoable=position < shape.turn
            )
            for position, callee in enumerate(self.callees)
        ]
        return Saga("rehearsal", steps, onward=shape.onward)

    def runner(self) -> Runner:
        """A fresh instance, with clocks of its own: what the former one had in memory is gone."""
        number = next(self.names)
        wrong = (number % 5 - 2) * WRONG_SECONDS
        clock = InstanceClock(self.clock, wrong, booted=1000.0 * number)
        sagas = {"rehearsal": self.saga(clock)}
        return Runner(self.store, sagas, clock, f"instance-{number}", Limits(), lambda: 0.5)

    async def another_takes_over(self) -> None:
        """The lease of the sleeping instance runs out, and another one continues the saga."""
        await self.clock.sleep(Limits().lease + 1)
        with contextlib.suppress(Crash):
            await run_due(self.runner())

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
                await run_due(self.runner())
        raise AssertionError(f"it never ends: {state}")

    def check(self, state: State) -> None:
        """All done or all undone, each effect once, also after what was late has arrived."""
        for callee in self.callees:
            callee.arrive()
        lasting = [callee for callee in self.callees if callee.name not in self.shape.looks]
        effects = {callee.name: callee.effects for callee in lasting}
        assert all(callee.most <= 1 for callee in self.callees), f"doubled: {effects}"
        if state.phase is Phase.DONE:
            assert set(effects.values()) == {1}, effects
        elif state.phase is Phase.UNDONE:
            assert not self.shape.onward, "it was decided elsewhere"
            assert set(effects.values()) == {0}, effects
            assert state.reason
        else:
            assert state.phase is Phase.PARKED
            assert state.reason


def planned(world: Rehearsal, plan: Mapping[tuple[str, str], Sequence[Fault]]) -> None:
    """What goes wrong with the messages to each step, by step and verb, in order."""
    for callee in world.callees:
        for verb in ("do", "ask", "undo"):
            callee.faults[verb] = list(plan.get((callee.name, verb), []))
