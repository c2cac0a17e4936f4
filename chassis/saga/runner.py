"""Carries sagas through: one lease each, stored before whatever could not be done over.

    start ──▶ create, leased ──┐
    claim (due, unleased) ─────┴▶ carry: next move ▶ store, where it must be ▶ call ▶ settle ─┐
                                          ▲───────────────────────────────────────────────────┘
Stored is a promise: the steps that may be begun before the next time (`logic.promising`). A new
time comes before a step that cannot be repeated, at a turn, at a pause, and at the end. So a saga
of six steps with one such step among them costs three commits when all goes well.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from chassis.process.pace import Pace
from chassis.saga import logic
from chassis.saga.attempt import Circumstances, attempt
from chassis.saga.callees import Callees
from chassis.saga.definition import Saga
from chassis.saga.logic import Done, Move, Spread
from chassis.saga.state import Entry, State
from chassis.saga.storage.store import Lease, LeaseLost, Store
from chassis.saga.storage.storetime import Clock, StoreTime
from chassis.saga.story import Story
from chassis.tracing.context import traceparent

log = logging.getLogger("saga")

GIVE_BACK_SECONDS = 1.0  # where the store does not answer, the lease ends by itself


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and counts of one runner."""

    lease: float = 15.0  # longer than any attempt, or two instances work at once for nothing
    patience: float = 1.0  # a pause up to this is slept through with the lease in hand
    poll: float = 0.25  # how often due sagas are looked for
    rest: float = 1.0  # the same while there are none
    at_once: int = 16  # sagas taken over at the same time: a ramp, not a stampede
    drain: float = 1.0  # for the sagas under way when the runner is stopped


@dataclass(slots=True)
class _Held:
    """A saga in our hands. Times are seconds of our monotonic clock."""

    saga: Saga
    lease: Lease
    until: float  # our lease ends
    stored: State  # the stored state, as other instances know it
    story: Story
    begun: float | None = None  # its action was last begun by us
    owed: State | None = None  # to be stored by the step that begins, before its effect
    joined: "_Joined | None" = (
        None  # what was so before the step stored it in a transaction of its own
    )


@dataclass(frozen=True, slots=True)
class _Joined:
    """See _Held: the same fields, and the lines of the story."""

    lease: Lease
    until: float
    stored: State
    lines: list[Entry]


Change = Callable[[Saga, State], State]

ORDERS: Mapping[str, Change] = {
    "resume": lambda _, state: logic.resume(state),
    "compensate": logic.compensate,
    "park": lambda _, state: logic.park(state),
}


class Runner:
    """One instance's runner. Any number of them may share a store."""

    def __init__(
        self,
        store: Store,
        sagas: Mapping[str, Saga],
        clock: Clock,
        holder: str,
        limits: Limits | None = None,
        spread: Spread = random.random,
        callees: Callees | None = None,
    ) -> None:
        self._store = store
        self._sagas = sagas
        self._clock = clock
        self._time = StoreTime(store.now, clock)
        self._holder = holder
        self._limits = limits or Limits()
        self._spread = spread
        self._callees = callees or Callees()
        self._pace = Pace(self._limits.poll, self._limits.rest, clock.monotonic)
        for saga in sagas.values():
            for step in saga.steps:
                if step.retry.timeout >= self._limits.lease:
                    raise ValueError(f"{saga.kind}: {step.name} may take longer than the lease")

    async def start(self, state: State) -> State | None:
        """Store a new saga and carry it as far as it goes now; None when its id exists already.

        It is stored with its first step begun: one commit less for each saga.
        """
        self._pace.worked()
        await self._time.ask()
        saga, now = self._sagas[state.kind], self._time.now()
        state = state.changed(trace=traceparent())
        move = logic.next_move(saga, state, now)
        begun = move if move is Move.DO else None
        if begun:
            state = logic.begin(state, begun, now)
        sent, stored = self._clock.monotonic(), logic.promising(saga, state)
        lease = await self._store.create(stored, self._holder, self._limits.lease)
        if lease is None:
            return None
        return await self.carry(self._taken(lease, sent, stored), state, begun)

    async def run_forever(self) -> None:
        """Look for due sagas until cancelled. A failure is logged, and tried again.

        A slow saga delays no other: as soon as one has ended the next one is taken.
        """
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                under_way |= await self._takeable(self._limits.at_once - len(under_way))
                if under_way:
                    self._pace.worked()
                if len(under_way) < self._limits.at_once:
                    await self._clock.sleep(self._pace.pause)
                else:
                    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                under_way = {task for task in under_way if not task.done()}
        finally:
            await self._let_go(under_way)

    async def _takeable(self, most: int) -> set["asyncio.Task[None]"]:
        try:
            return await self._take(most)
        except Exception as error:
            log.warning("could not look for due sagas: %s", error or type(error).__name__)
            return set()

    async def _take(self, most: int) -> set["asyncio.Task[None]"]:
        """Lease up to so many that are due, and begin to carry them on.

        Of those that wait for a callee which is away, one at a time.
        """
        await self._time.ask()
        sent, seconds = self._clock.monotonic(), self._limits.lease
        alone = self._callees.left_alone()
        leases = await self._store.claim(self._holder, seconds, most, alone)
        for callee in self._callees.to_try(sent)[: most - len(leases)]:
            leases += await self._store.claim(self._holder, seconds, 1, only=callee)
        return {asyncio.create_task(self._take_over(lease, sent)) for lease in leases}

    async def _let_go(self, tasks: set["asyncio.Task[None]"]) -> None:
        """Stop: wait for a moment only; a saga that has not ended by then gives its lease back."""
        left = {task for task in tasks if not task.done()}
        if left:
            await asyncio.wait(left, timeout=self._limits.drain)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def order(self, saga_id: str, order: str) -> State:
        """A person's order, one of ORDERS: `park` stops it also in other hands.

        Raises ValueError where it cannot be followed, NoSuchSaga, LeaseLost.
        """
        await self._time.ask()
        sent, seconds = self._clock.monotonic(), self._limits.lease
        if order == "park":
            lease: Lease | None = await self._store.seize(saga_id, self._holder, seconds)
        else:
            lease = await self._store.claim_one(saga_id, self._holder, seconds)
        if lease is None:
            raise LeaseLost(saga_id)
        return await self._ordered(lease, sent, f"a person said {order}", ORDERS[order])

    async def recall(self, saga_id: str) -> State:
        """The client no longer wants it; see `logic.recall`. Raises as `order` does."""
        await self._time.ask()
        sent = self._clock.monotonic()
        lease = await self._store.seize(saga_id, self._holder, self._limits.lease)
        return await self._ordered(lease, sent, "recalled", logic.recall)

    async def _ordered(self, lease: Lease, sent: float, said: str, order: Change) -> State:
        state = (await self._store.load(lease.saga_id)).state
        try:
            ordered = order(self._sagas[state.kind], state)
        except ValueError:
            await self._store.save(lease, state, [], 0.0)
            raise
        held = self._taken(lease, sent, state)
        held.story.add(Entry(self._time.now(), "", said, detail=state.reason))
        await self._store_on(held, ordered)
        return await self.carry(held, ordered)

    async def _take_over(self, lease: Lease, sent: float) -> None:
        try:
            state = (await self._store.load(lease.saga_id)).state
            await self.carry(self._taken(lease, sent, state), state)
        except LeaseLost:
            log.warning("saga %s was taken over by another instance", lease.saga_id)
        except Exception:
            log.exception("saga %s: carried on after its lease ends", lease.saga_id)

    def _taken(self, lease: Lease, sent: float, stored: State) -> _Held:
        self._time.heard(lease.at, sent)
        saga = self._sagas[stored.kind]
        return _Held(saga, lease, sent + self._limits.lease, stored, Story(saga))

    async def carry(self, held: _Held, state: State, begun: Move | None = None) -> State:
        """Carry the saga until it ends or has to wait for long. Raises LeaseLost.

        `begun` is what has been begun already, as others know. Cancelled, it gives the lease back,
        and another instance goes on from what is stored.
        """
        try:
            return await self._carry(held, state, begun)
        except asyncio.CancelledError:
            await self._give_back(held.lease)
            raise

    async def _give_back(self, lease: Lease) -> None:
        try:
            async with asyncio.timeout(GIVE_BACK_SECONDS):
                await self._store.release(lease)
        except Exception as error:
            why = error or type(error).__name__
            log.warning("saga %s: taken over when its lease ends: %s", lease.saga_id, why)

    async def _carry(self, held: _Held, state: State, begun: Move | None) -> State:
        while True:
            if begun is not None:
                state = await self._settled(held, state, begun)
            now = self._time.now()
            begun = logic.next_move(held.saga, state, now)
            if begun is Move.WAIT and self._sleeps(state, now):
                await self._store_on(held, state)
                await self._clock.sleep(state.due - now)
                begun = None
            elif begun in (Move.WAIT, Move.END):
                await self._store.save(held.lease, state, held.story.taken(), 0.0)
                return state
            else:
                state = logic.begin(state, begun, now)
                if not self._lasts(held, state):
                    await self._store_on(held, state)
                elif logic.must_store(held.saga, held.stored, state):
                    if begun is Move.DO and held.saga.steps[state.position].promises:
                        held.owed = state
                    else:
                        await self._store_on(held, state)

    def _sleeps(self, state: State, now: float) -> bool:
        """Whether a pause is so short that the lease is kept; an absence may be long."""
        return not state.waits_for and state.due - now <= self._limits.patience

    async def _store_on(self, held: _Held, state: State, inside: object = None) -> None:
        """Store it and go on with a lease from now."""
        sent, stored = self._clock.monotonic(), logic.promising(held.saga, state)
        story, seconds = held.story.taken(), self._limits.lease
        held.lease = await self._store.save(held.lease, stored, story, seconds, inside)
        held.stored, held.until = stored, sent + seconds
        self._time.heard(held.lease.at, sent)

    async def _settled(self, held: _Held, state: State, move: Move) -> State:
        """Carry out what was begun; returns the state after it, with its log."""
        began, at = self._clock.monotonic(), self._time.now()
        if move is Move.DO:
            held.begun = began
        age = began - held.begun if held.begun is not None else max(0.0, at - state.tried)
        under = Circumstances(age, held.until, partial(self._promise, held))
        outcome = await attempt(held.saga, state, move, under)
        self._kept(held, done=isinstance(outcome, Done))
        now = self._time.now()
        after = logic.settle(held.saga, state, outcome, now, self._spread)
        if after.waits_for:
            self._callees.away(after.waits_for, self._clock.monotonic())
        elif state.waits_for:
            self._callees.back(state.waits_for)
        return held.story.attempted(state, move, after, outcome, at, now)

    async def _promise(self, held: _Held, inside: object = None) -> None:
        """See Context.promise; once is enough."""
        if held.owed is None:
            return
        owed, held.owed = held.owed, None
        if inside is not None:
            held.joined = _Joined(held.lease, held.until, held.stored, held.story.lines())
        await self._store_on(held, owed, inside)

    def _kept(self, held: _Held, *, done: bool) -> None:
        """The attempt is over. What it stored in its own transaction holds where it is done; else
        that may have been rolled back, and counts as not stored: the next time it is."""
        if done and held.owed is not None:
            raise RuntimeError(f"{held.saga.kind}: a step is done that has promised nothing")
        joined, held.owed, held.joined = held.joined, None, None
        if joined is not None and not done:
            held.lease, held.until, held.stored = joined.lease, joined.until, joined.stored
            held.story.put_back(joined.lines)

    def _lasts(self, held: _Held, state: State) -> bool:
        """Whether the lease is longer than the attempt that begins now."""
        timeout = logic.limits(held.saga, state).timeout
        return self._clock.monotonic() + timeout < held.until
