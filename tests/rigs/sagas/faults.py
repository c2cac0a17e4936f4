"""What goes wrong on command: the parts of a rehearsal.

`Callee` stands for the service behind one step and keeps count of what really happened there; a
plan of faults says what goes wrong with each message to it. `Opinion` has no effect and may change
its mind. `FaultyStore` dies around a save.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

from chassis.saga.definition import BadAnswer, Context, Data, NotYet, Refused, Retry, Step, nothing
from chassis.saga.state import Entry, State
from chassis.saga.storage.store import Lease, Store

LATE_SECONDS = 10.0  # what is late has its effect after so long, at the most
CERTAIN_SECONDS = 13.0  # after that, what was not found is not under way either
STEP_SECONDS = 20.0  # a wall clock that is set is set ahead by so much
ANSWER_SECONDS = 3.0  # longer than anybody waits for an answer


class Crash(BaseException):
    """The instance dies at this point; nothing in it may catch this."""


class Fault(StrEnum):
    """What goes wrong with one message."""

    NONE = "none"
    CRASH_BEFORE = "crash before it was sent"
    CRASH_AFTER = "crash after it had its effect"
    LOST = "lost on the way"
    UNANSWERED = "had its effect, the answer is lost"
    LATE = "no answer, and its effect is committed later"
    LATE_ANSWER = "had its effect, and the answer comes when nobody waits any more"
    BROKEN = "no effect, and answered with an error of its own"
    BROKEN_AFTER = "had its effect, and answered with an error of its own"
    STEPPED = "the sender's wall clock is set 20 s ahead"
    TWICE = "delivered twice"
    REFUSED = "refused"
    NOT_YET = "not now"
    PAUSED = "the sender sleeps past its lease first"


class VirtualClock:
    """The time of a rehearsal's world, which moves when somebody sleeps, as its store shows it."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self._start = start
        self.passed = 0.0  # seconds since the world began
        self.moved: Callable[[float], Awaitable[None]] | None = None  # called with `now`

    def now(self) -> float:
        """Unix seconds, by the store's clock."""
        return self._start + self.passed

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.passed

    async def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.passed += max(0.0, seconds)
        await asyncio.sleep(0)
        if self.moved is not None:
            await self.moved(self.now())


class InstanceClock:
    """One instance's clocks: its wall clock is wrong, and may be set; its monotonic one began when
    the machine did."""

    def __init__(self, world: VirtualClock, wrong: float, booted: float) -> None:
        self._world = world
        self.wrong = wrong
        self._booted = booted

    def now(self) -> float:
        """What its wall clock shows, in unix seconds."""
        return self._world.now() + self.wrong

    def monotonic(self) -> float:
        """Seconds since it was started."""
        return self._world.passed + self._booted

    async def sleep(self, seconds: float) -> None:
        """See VirtualClock."""
        await self._world.sleep(seconds)


class Callee:
    """The service behind one step. An idempotent one knows messages again, as ours do; another
    does whatever it is told each time, as the monolith does, and can only be asked."""

    def __init__(self, name: str, clock: VirtualClock, *, idempotent: bool = True) -> None:
        self.name = name
        self.effects = 0  # in force now
        self.most = 0  # in force at any time
        self.barred = False  # refused or undone: whatever arrives later has no effect
        self.faults: dict[str, list[Fault]] = {"do": [], "ask": [], "undo": []}
        self.while_paused: Callable[[], Awaitable[Any]] | None = None
        self.sick = False  # answers everything with an error of its own, for ever
        self.calls = 0
        self.promises = False  # its step stores by itself that it begins
        self._late: list[tuple[float, Callable[[], None]]] = []
        self._clock = clock
        self._idempotent = idempotent

    def step(
        self, retry: Retry, clock: "InstanceClock", *, pivot: bool = False, undoable: bool = True
    ) -> Step:
        """The step that talks to this callee, in the instance with this clock."""

        async def do(context: Context) -> Data:
            return await self.do(context, clock)

        ask = None if self._idempotent else self.ask
        undo = self.undo if undoable else None
        promises = self.promises
        return Step(self.name, do, undo, ask, pivot=pivot, retry=retry, promises=promises)

    async def do(self, context: Context, clock: "InstanceClock") -> Data:
        """The step's action."""
        if self.promises:
            await context.promise()
        fault = await self._fault("do", clock)
        if fault is Fault.REFUSED and not self.effects:
            self.barred = True
        if not self._idempotent and clock.monotonic() > context.until:
            raise NotYet("the lease is over")
        await self._deliver(fault, self._apply)
        if self.barred:
            raise Refused(f"{self.name} says no", {"from": self.name})
        return {"by": self.name}

    async def undo(self, _: Context) -> None:
        """The step's compensation."""
        await self._deliver(await self._fault("undo"), self._revoke)

    async def ask(self, context: Context) -> Data | None:
        """The step's question: that there is no effect is certain only after a while."""
        self.arrive(self._clock.passed)
        fault = await self._fault("ask")
        if fault not in (Fault.NONE, Fault.TWICE, Fault.REFUSED, Fault.STEPPED):
            raise TimeoutError("no answer to the question")
        if not self.effects and context.age < CERTAIN_SECONDS:
            raise NotYet("it may still be under way")
        return {"by": self.name} if self.effects else None

    def arrive(self, until: float = math.inf) -> None:
        """What was late and is due by then arrives."""
        due = [effect for at, effect in self._late if at <= until]
        self._late = [each for each in self._late if each[0] > until]
        for effect in due:
            effect()

    async def _fault(self, verb: str, clock: "InstanceClock | None" = None) -> Fault:
        self.calls += 1
        if self.sick:
            raise BadAnswer(f"{self.name} answered 500")
        faults = self.faults[verb]
        fault = faults.pop(0) if faults else Fault.NONE
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        if fault is Fault.LOST:
            raise TimeoutError("no answer")
        if fault is Fault.NOT_YET:
            raise NotYet(f"{self.name} is not up")
        if fault is Fault.BROKEN:
            raise BadAnswer(f"{self.name} answered 500")
        if fault is Fault.STEPPED and clock is not None:
            clock.wrong += STEP_SECONDS
        if fault is Fault.PAUSED and self.while_paused:
            await self.while_paused()
        return fault

    async def _deliver(self, fault: Fault, effect: Callable[[], None]) -> None:
        if fault is Fault.LATE:
            self._late.append((self._clock.passed + LATE_SECONDS, effect))
            raise TimeoutError("no answer")
        effect()
        if fault is Fault.TWICE and self._idempotent:
            effect()
        if fault is Fault.CRASH_AFTER:
            raise Crash
        if fault is Fault.LATE_ANSWER:
            await self._clock.sleep(ANSWER_SECONDS)
        if fault in (Fault.UNANSWERED, Fault.LATE_ANSWER):
            raise TimeoutError("no answer")
        if fault is Fault.BROKEN_AFTER:
            raise BadAnswer(f"{self.name} answered 500")

    def _apply(self) -> None:
        if not self.barred and not (self._idempotent and self.effects):
            self.effects += 1
            self.most = max(self.most, self.effects)

    def _revoke(self) -> None:
        self.barred = True
        self.effects = 0


class Opinion(Callee):
    """Behind a step that leaves nothing behind: it may say no after it has said yes."""

    def step(
        self, retry: Retry, clock: "InstanceClock", *, pivot: bool = False, undoable: bool = True
    ) -> Step:
        """The step that asks for it."""

        async def do(context: Context) -> Data:
            return await self.do(context, clock)

        undo = nothing if undoable else None
        return Step(self.name, do, undo=undo, pivot=pivot, retry=retry)

    async def do(self, context: Context, clock: "InstanceClock") -> Data:
        """The step's action."""
        fault = await self._fault("do", clock)
        await self._deliver(fault, lambda: None)
        if fault is Fault.REFUSED:
            raise Refused(f"{self.name} says no", {"from": self.name})
        return {"by": self.name}


class FaultyStore:
    """Dies before or after a save, as planned; otherwise it is the store it was given."""

    def __init__(self, inner: Store, faults: Iterable[Fault] = ()) -> None:
        self._inner = inner
        self.faults = list(faults)
        self.create = inner.create
        self.claim = inner.claim
        self.claim_one = inner.claim_one
        self.seize = inner.seize
        self.now = inner.now
        self.load = inner.load
        self.release = inner.release
        self.story = inner.story
        self.find = inner.find

    async def save(
        self,
        lease: Lease,
        state: State,
        story: Sequence[Entry],
        seconds: float,
        inside: Any = None,
    ) -> Lease:
        """See Store."""
        fault = self.faults.pop(0) if self.faults else Fault.NONE
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        saved = await self._inner.save(lease, state, story, seconds, inside)
        if fault is Fault.CRASH_AFTER:
            raise Crash
        return saved
