"""Keeps states, stories and leases. The memory store ships for tests and for trying things out.

All times are by the store's own clock, which all instances share; what callers give are seconds
from now.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from chassis.saga.state import Entry, Phase, State


class LeaseLost(Exception):
    """Another instance has taken this saga over; whatever was to be written is void."""


class NoSuchSaga(KeyError):
    """No saga of that id."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to carry one saga on. `fence` grows with every holder; `at` is the store's time
    when it was given or renewed, in unix seconds."""

    saga_id: str
    holder: str
    fence: int
    at: float


@dataclass(frozen=True, slots=True)
class Saved:
    """A saga as stored, without its log."""

    state: State
    created: float
    updated: float


class Store(Protocol):
    """What a runner needs. A lease lasts `seconds` from when the store gives it."""

    async def now(self) -> float:
        """The store's time, in unix seconds."""

    async def create(self, state: State, holder: str, seconds: float) -> Lease | None:
        """Store a new saga, leased to `holder`; None when one of that id exists already."""

    async def claim(
        self,
        holder: str,
        seconds: float,
        most: int,
        without: Collection[str] = (),
        only: str | None = None,
    ) -> list[Lease]:
        """Lease up to `most` sagas that are due and not leased, the longest due first.

        None that waits for a callee in `without`, or `only` those that wait for that one.
        """

    async def claim_one(self, saga_id: str, holder: str, seconds: float) -> Lease | None:
        """Lease this saga, due or not, parked or not; None when another instance has leased it."""

    async def seize(self, saga_id: str, holder: str, seconds: float) -> Lease:
        """Lease this saga, also from another instance: what that one still writes is void."""

    async def load(self, saga_id: str) -> Saved:
        """The saga. Raises NoSuchSaga."""

    async def save(
        self,
        lease: Lease,
        state: State,
        story: Sequence[Entry],
        seconds: float,
        inside: Any = None,
    ) -> Lease:
        """Store the state, append to the log; 0 seconds give the lease back. Raises LeaseLost.

        `inside` is a connection to the store's own database with an open transaction: the change
        holds once that is committed.
        """

    async def release(self, lease: Lease) -> None:
        """Give the lease back; whatever its holder still writes is void. A lost one: nothing."""

    async def story(self, saga_id: str) -> list[Entry]:
        """Everything that happened to it, oldest first."""

    async def find(self, phases: Sequence[Phase], limit: int) -> list[Saved]:
        """Sagas in these phases, the oldest first."""


@dataclass(slots=True)
class _Record:
    state: State
    created: float
    updated: float
    holder: str
    fence: int
    until: float
    story: list[Entry]


class MemoryStore:
    """A store in memory: lost at the end of the process, otherwise with the same guarantees."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._records: dict[str, _Record] = {}
        self._clock = clock

    async def now(self) -> float:
        return self._clock()

    async def create(self, state: State, holder: str, seconds: float) -> Lease | None:
        if state.saga_id in self._records:
            return None
        now = self._clock()
        self._records[state.saga_id] = _Record(state, now, now, holder, 1, now + seconds, [])
        return Lease(state.saga_id, holder, 1, now)

    async def claim(
        self,
        holder: str,
        seconds: float,
        most: int,
        without: Collection[str] = (),
        only: str | None = None,
    ) -> list[Lease]:
        now = self._clock()
        free = [
            record
            for record in self._records.values()
            if not record.state.phase.ended and record.state.due <= now and record.until <= now
            and record.state.waits_for not in without and only in (None, record.state.waits_for)
        ]  # fmt: skip
        free.sort(key=lambda record: (record.state.due, record.created))
        return [self._take(record, holder, seconds) for record in free[:most]]

    async def claim_one(self, saga_id: str, holder: str, seconds: float) -> Lease | None:
        record = self._record(saga_id)
        return self._take(record, holder, seconds) if record.until <= self._clock() else None

    async def seize(self, saga_id: str, holder: str, seconds: float) -> Lease:
        return self._take(self._record(saga_id), holder, seconds)

    def _record(self, saga_id: str) -> _Record:
        record = self._records.get(saga_id)
        if record is None:
            raise NoSuchSaga(saga_id)
        return record

    def _take(self, record: _Record, holder: str, seconds: float) -> Lease:
        now = self._clock()
        record.holder, record.until = holder, now + seconds
        record.fence += 1
        return Lease(record.state.saga_id, holder, record.fence, now)

    async def load(self, saga_id: str) -> Saved:
        record = self._record(saga_id)
        return Saved(record.state, record.created, record.updated)

    async def save(
        self,
        lease: Lease,
        state: State,
        story: Sequence[Entry],
        seconds: float,
        inside: Any = None,
    ) -> Lease:
        """See Store; it knows no transactions."""
        del inside
        record = self._records[lease.saga_id]
        if record.fence != lease.fence:
            raise LeaseLost(lease.saga_id)
        now = self._clock()
        record.state, record.updated, record.until = state, now, now + seconds if seconds else 0.0
        record.story.extend(story)
        return replace(lease, at=now)

    async def release(self, lease: Lease) -> None:
        record = self._records[lease.saga_id]
        if record.fence == lease.fence:
            record.fence, record.until = record.fence + 1, 0.0

    async def story(self, saga_id: str) -> list[Entry]:
        return list(self._records[saga_id].story)

    async def find(self, phases: Sequence[Phase], limit: int) -> list[Saved]:
        found = [record for record in self._records.values() if record.state.phase in phases]
        found.sort(key=lambda record: record.created)
        return [Saved(each.state, each.created, each.updated) for each in found[:limit]]
