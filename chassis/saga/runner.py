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
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from chassis.saga import logic
from chassis.saga.definition import Context, NotYet, Refused, Retry, Saga, Step
from chassis.saga.logic import UNDO_RETRY, Move, Outcome, Spread
from chassis.saga.state import Entry, Phase, State
from chassis.saga.store import Lease, LeaseLost, Store

log = logging.getLogger("saga")

GIVE_BACK_SECONDS = 1.0  # where the store does not answer, the lease ends by itself


class Clock(Protocol):
    """Time, so that tests need not wait for it."""

    def now(self) -> float:
        """Unix seconds."""

    async def sleep(self, seconds: float) -> None:
        """Return after so long."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and counts of one runner."""

    lease: float = 15.0  # longer than any attempt, or two instances work at once for nothing
    patience: float = 1.0  # a pause up to this is slept through with the lease in hand
    poll: float = 0.25  # how often due sagas are looked for
    at_once: int = 16  # sagas taken over at the same time: a ramp, not a stampede
    drain: float = 1.0  # for what is under way when the runner is told to stop


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
    ) -> None:
        self._store = store
        self._sagas = sagas
        self._clock = clock
        self._holder = holder
        self._limits = limits or Limits()
        self._spread = spread
        for saga in sagas.values():
            for step in saga.steps:
                if step.retry.timeout >= self._limits.lease:
                    raise ValueError(f"{saga.kind}: {step.name} may take longer than the lease")

    async def start(self, state: State) -> State | None:
        """Store a new saga and carry it as far as it goes now; None when its id exists already.

        It is stored with its first step begun: one commit less for each saga.
        """
        now = self._clock.now()
        move = logic.next_move(self._sagas[state.kind], state, now)
        begun = move if move is Move.DO else None
        if begun:
            state = logic.begin(state, begun, now)
        stored = logic.promising(self._sagas[state.kind], state)
        lease = await self._store.create(stored, self._holder, now, now + self._limits.lease)
        return None if lease is None else await self.carry(lease, state, stored, begun)

    async def run_due(self) -> int:
        """Carry on what is due and in nobody's hands; the number of sagas taken."""
        taken = await self._take(self._limits.at_once)
        await self._through(taken)
        return len(taken)

    async def run_forever(self) -> None:
        """Look for due sagas until cancelled. What fails here is tried again, and logged.

        One that is slow holds up no other: as soon as one has ended the next one is taken.
        """
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                under_way |= await self._taken(self._limits.at_once - len(under_way))
                if len(under_way) < self._limits.at_once:
                    await self._clock.sleep(self._limits.poll)
                else:
                    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                under_way = {task for task in under_way if not task.done()}
        finally:
            await self._let_go(under_way)

    async def _taken(self, most: int) -> set["asyncio.Task[None]"]:
        try:
            return await self._take(most)
        except Exception as error:
            log.warning("could not look for due sagas: %s", error or type(error).__name__)
            return set()

    async def _take(self, most: int) -> set["asyncio.Task[None]"]:
        """Lease up to so many that are due, and begin to carry them on."""
        now = self._clock.now()
        leases = await self._store.claim(self._holder, now, now + self._limits.lease, most)
        return {asyncio.create_task(self._take_over(lease)) for lease in leases}

    async def _through(self, tasks: set["asyncio.Task[None]"]) -> None:
        """Wait for all of them."""
        try:
            if tasks:
                await asyncio.gather(*tasks)
        finally:
            await self._let_go(tasks)

    async def _let_go(self, tasks: set["asyncio.Task[None]"]) -> None:
        """Told to stop: wait for a moment only; what has not ended then gives its lease back."""
        left = {task for task in tasks if not task.done()}
        if left:
            await asyncio.wait(left, timeout=self._limits.drain)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def retry(self, saga_id: str) -> State:
        """A person's order: go on with a parked saga. Raises ValueError, NoSuchSaga, LeaseLost."""
        return await self._order(saga_id, "retry")

    async def compensate(self, saga_id: str) -> State:
        """A person's order: undo a parked saga. Raises ValueError, NoSuchSaga, LeaseLost."""
        return await self._order(saga_id, "compensate")

    async def _order(self, saga_id: str, order: str) -> State:
        now = self._clock.now()
        until = now + self._limits.lease
        lease = await self._store.claim_one(saga_id, self._holder, now, until)
        if lease is None:
            raise LeaseLost(saga_id)
        state = (await self._store.load(saga_id)).state
        try:
            saga = self._sagas[state.kind]
            ordered = logic.retry(state) if order == "retry" else logic.compensate(saga, state)
        except ValueError:
            await self._store.save(lease, state, [], now, 0.0)
            raise
        entry = Entry(now, "", f"a person said {order}", detail=state.reason)
        lease = await self._store.save(lease, ordered, [entry], now, until)
        return await self.carry(lease, ordered, ordered)

    async def _take_over(self, lease: Lease) -> None:
        try:
            state = (await self._store.load(lease.saga_id)).state
            await self.carry(lease, state, state)
        except LeaseLost:
            log.warning("saga %s was taken over by another instance", lease.saga_id)
        except Exception:
            log.exception("saga %s: carried on after its lease ends", lease.saga_id)

    async def carry(
        self, lease: Lease, state: State, stored: State, begun: Move | None = None
    ) -> State:
        """Carry the saga until it ends or has to wait for long. Raises LeaseLost.

        `stored` is what others know of it; `begun` what has been begun already, as they know too.
        Cancelled, it gives the lease back, and another instance goes on from what is stored.
        """
        try:
            return await self._carry(lease, state, stored, begun)
        except asyncio.CancelledError:
            await self._give_back(lease)
            raise

    async def _give_back(self, lease: Lease) -> None:
        try:
            async with asyncio.timeout(GIVE_BACK_SECONDS):
                await self._store.release(lease)
        except Exception as error:
            why = error or type(error).__name__
            log.warning("saga %s: taken over when its lease ends: %s", lease.saga_id, why)

    async def _carry(self, lease: Lease, state: State, stored: State, begun: Move | None) -> State:
        saga = self._sagas[state.kind]
        story: list[Entry] = []
        while True:
            if begun is not None:
                story.append(self._entry(saga, state, begun.value))
                state = await self._settled(saga, state, begun, lease.until, story)
            now = self._clock.now()
            begun = logic.next_move(saga, state, now)
            if begun is Move.WAIT and state.due - now <= self._limits.patience:
                lease, stored, story = await self._store_on(lease, saga, state, story)
                await self._clock.sleep(state.due - now)
                begun = None
            elif begun in (Move.WAIT, Move.END):
                await self._store.save(lease, state, story, now, 0.0)
                return state
            else:
                state = logic.begin(state, begun, now)
                if logic.must_store(saga, stored, state) or not self._lasts(lease, saga, state):
                    lease, stored, story = await self._store_on(lease, saga, state, story)

    async def _store_on(
        self, lease: Lease, saga: Saga, state: State, story: list[Entry]
    ) -> tuple[Lease, State, list[Entry]]:
        """Store it and go on: the lease from now, what is stored, and an empty story."""
        now, stored = self._clock.now(), logic.promising(saga, state)
        lease = await self._store.save(lease, stored, story, now, now + self._limits.lease)
        return lease, stored, []

    async def _settled(
        self, saga: Saga, state: State, move: Move, until: float, story: list[Entry]
    ) -> State:
        """Carry out what was begun; the state after it, and a line of the story."""
        outcome = await self._attempt(saga, state, move, until)
        after = logic.settle(saga, state, outcome, self._clock.now(), self._spread)
        story.append(self._told(saga, state, after, outcome))
        return after

    def _lasts(self, lease: Lease, saga: Saga, state: State) -> bool:
        """Whether the lease is longer than the attempt that begins now."""
        limits = _limits(saga.steps[state.position], state)
        return self._clock.now() + limits.timeout < lease.until

    async def _attempt(self, saga: Saga, state: State, move: Move, until: float) -> Outcome:
        """Call the step, and translate what it says into an outcome."""
        step = saga.steps[state.position]
        context = Context(
            state.saga_id,
            state.request,
            state.results,
            state.attempts,
            state.tried,
            until,
            state.reason,
        )
        try:
            async with asyncio.timeout(_limits(step, state).timeout):
                return await _call(step, move, context)
        except Refused as error:
            return logic.Refusal(error.reason, error.answer)
        except NotYet as error:
            # Of a question, "not yet" is no answer: only None says that there was no effect.
            kind = logic.Unknown if move is Move.ASK else logic.Absent
            return kind(error.reason, error.after)
        except Exception as error:
            return logic.Unknown(f"{type(error).__name__}: {error}".removesuffix(": "))

    def _entry(self, saga: Saga, state: State, what: str, detail: str = "") -> Entry:
        step = saga.steps[state.position].name
        return Entry(self._clock.now(), step, what, state.attempts, detail)

    def _told(self, saga: Saga, before: State, after: State, outcome: Outcome) -> Entry:
        detail = getattr(outcome, "reason", "") or after.reason
        return self._entry(saga, before, type(outcome).__name__.lower(), detail)


def _limits(step: Step, state: State) -> Retry:
    return UNDO_RETRY if state.phase is Phase.BACKWARD else step.retry


async def _call(step: Step, move: Move, context: Context) -> Outcome:
    if move is Move.DO:
        return logic.Done(await step.do(context) or {})
    if move is Move.ASK:
        assert step.ask is not None
        found = await step.ask(context)
        return logic.Absent("it had no effect") if found is None else logic.Done(found)
    assert step.undo is not None
    await step.undo(context)
    return logic.Done({})
