"""What goes wrong on command: the parts of a rehearsal.

`Callee` stands for the service behind one step and keeps count of what really happened there; a
plan of faults says what goes wrong with each message to it. `Opinion` has no effect and may change
its mind. `FaultyStore` dies around a save.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

from chassis.saga.definition import Context, Data, NotYet, Refused, Retry, Step, nothing
from chassis.saga.state import Entry, State
from chassis.saga.store import Lease, Store


class Crash(BaseException):
    """The instance dies at this point; nothing in it may catch this."""


class Fault(StrEnum):
    """What goes wrong with one message."""

    NONE = "none"
    CRASH_BEFORE = "crash before it was sent"
    CRASH_AFTER = "crash after it had its effect"
    LOST = "lost on the way"
    UNANSWERED = "had its effect, the answer is lost"
    LATE = "no answer, and its effect comes later"
    TWICE = "delivered twice"
    REFUSED = "refused"
    NOT_YET = "not now"
    PAUSED = "the sender sleeps past its lease first"


class VirtualClock:
    """A clock that moves when somebody sleeps."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        """Unix seconds."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self._now += max(0.0, seconds)


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
        self._late: list[Callable[[], None]] = []
        self._clock = clock
        self._idempotent = idempotent

    def step(self, retry: Retry, *, pivot: bool = False, undoable: bool = True) -> Step:
        """The step that talks to this callee."""
        ask = None if self._idempotent else self.ask
        undo = self.undo if undoable else None
        return Step(self.name, self.do, undo=undo, ask=ask, pivot=pivot, retry=retry)

    async def do(self, context: Context) -> Data:
        """The step's action."""
        fault = await self._fault("do")
        if fault is Fault.REFUSED and not self.effects:
            self.barred = True
        if not self._idempotent and self._clock.now() > context.until:
            raise NotYet("the lease is over")
        await self._deliver(fault, self._apply)
        if self.barred:
            raise Refused(f"{self.name} says no", {"from": self.name})
        return {"by": self.name}

    async def undo(self, _: Context) -> None:
        """The step's compensation."""
        await self._deliver(await self._fault("undo"), self._revoke)

    async def ask(self, _: Context) -> Data | None:
        """The step's question: whoever asks has waited until nothing is on its way any more."""
        self.arrive()
        fault = await self._fault("ask")
        if fault not in (Fault.NONE, Fault.TWICE, Fault.REFUSED):
            raise TimeoutError("no answer to the question")
        return {"by": self.name} if self.effects else None

    def arrive(self) -> None:
        """What was late arrives."""
        late, self._late = self._late, []
        for effect in late:
            effect()

    async def _fault(self, verb: str) -> Fault:
        faults = self.faults[verb]
        fault = faults.pop(0) if faults else Fault.NONE
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        if fault is Fault.LOST:
            raise TimeoutError("no answer")
        if fault is Fault.NOT_YET:
            raise NotYet(f"{self.name} is not up")
        if fault is Fault.PAUSED and self.while_paused:
            await self.while_paused()
        return fault

    async def _deliver(self, fault: Fault, effect: Callable[[], None]) -> None:
        if fault is Fault.LATE:
            self._late.append(effect)
            raise TimeoutError("no answer")
        effect()
        if fault is Fault.TWICE and self._idempotent:
            effect()
        if fault is Fault.CRASH_AFTER:
            raise Crash
        if fault is Fault.UNANSWERED:
            raise TimeoutError("no answer")

    def _apply(self) -> None:
        if not self.barred and not (self._idempotent and self.effects):
            self.effects += 1
            self.most = max(self.most, self.effects)

    def _revoke(self) -> None:
        self.barred = True
        self.effects = 0


class Opinion(Callee):
    """Behind a step that leaves nothing behind: it may say no after it has said yes."""

    def step(self, retry: Retry, *, pivot: bool = False, undoable: bool = True) -> Step:
        """The step that asks for it."""
        return Step(
            self.name, self.do, undo=nothing if undoable else None, pivot=pivot, retry=retry
        )

    async def do(self, _: Context) -> Data:
        """The step's action."""
        fault = await self._fault("do")
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
        self.load = inner.load
        self.release = inner.release
        self.story = inner.story
        self.find = inner.find

    async def save(
        self, lease: Lease, state: State, story: Sequence[Entry], now: float, until: float
    ) -> Lease:
        """See Store."""
        fault = self.faults.pop(0) if self.faults else Fault.NONE
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        saved = await self._inner.save(lease, state, story, now, until)
        if fault is Fault.CRASH_AFTER:
            raise Crash
        return saved
