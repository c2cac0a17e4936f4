"""Keeps states, stories and leases. The memory store ships for tests and for trying things out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chassis.saga.state import Entry, Phase, State


class LeaseLost(Exception):
    """Another instance has taken this saga over; whatever was to be written is void."""


class NoSuchSaga(KeyError):
    """No saga of that id."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to carry one saga on, until a unix time. `fence` grows with every holder."""

    saga_id: str
    holder: str
    fence: int
    until: float


@dataclass(frozen=True, slots=True)
class Saved:
    """A saga as stored, without its story."""

    state: State
    created: float
    updated: float


class Store(Protocol):
    """What a runner needs. Times are unix seconds and come from the caller's clock."""

    async def create(self, state: State, holder: str, now: float, until: float) -> Lease | None:
        """Store a new saga, leased to `holder`; None when one of that id exists already."""

    async def claim(self, holder: str, now: float, until: float, most: int) -> list[Lease]:
        """Lease up to `most` sagas that are due and in nobody's hands, the longest due first."""

    async def claim_one(self, saga_id: str, holder: str, now: float, until: float) -> Lease | None:
        """Lease this saga, due or not, parked or not; None when it is in somebody's hands."""

    async def load(self, saga_id: str) -> Saved:
        """The saga. Raises NoSuchSaga."""

    async def save(
        self, lease: Lease, state: State, story: Sequence[Entry], now: float, until: float
    ) -> Lease:
        """Store the state, add to the story; `until` 0 gives the lease back. Raises LeaseLost."""

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
    """A store that forgets at the end of the process, and otherwise keeps the same promises."""

    def __init__(self) -> None:
        self._records: dict[str, _Record] = {}

    async def create(self, state: State, holder: str, now: float, until: float) -> Lease | None:
        """See Store."""
        if state.saga_id in self._records:
            return None
        self._records[state.saga_id] = _Record(state, now, now, holder, 1, until, [])
        return Lease(state.saga_id, holder, 1, until)

    async def claim(self, holder: str, now: float, until: float, most: int) -> list[Lease]:
        """See Store."""
        free = [
            record
            for record in self._records.values()
            if not record.state.phase.ended and record.state.due <= now and record.until <= now
        ]
        free.sort(key=lambda record: (record.state.due, record.created))
        return [self._take(record, holder, until) for record in free[:most]]

    async def claim_one(self, saga_id: str, holder: str, now: float, until: float) -> Lease | None:
        """See Store."""
        record = self._records.get(saga_id)
        if record is None:
            raise NoSuchSaga(saga_id)
        return self._take(record, holder, until) if record.until <= now else None

    def _take(self, record: _Record, holder: str, until: float) -> Lease:
        record.holder, record.until = holder, until
        record.fence += 1
        return Lease(record.state.saga_id, holder, record.fence, until)

    async def load(self, saga_id: str) -> Saved:
        """See Store."""
        record = self._records.get(saga_id)
        if record is None:
            raise NoSuchSaga(saga_id)
        return Saved(record.state, record.created, record.updated)

    async def save(
        self, lease: Lease, state: State, story: Sequence[Entry], now: float, until: float
    ) -> Lease:
        """See Store."""
        record = self._records[lease.saga_id]
        if record.fence != lease.fence:
            raise LeaseLost(lease.saga_id)
        record.state, record.updated, record.until = state, now, until
        record.story.extend(story)
        return replace(lease, until=until)

    async def release(self, lease: Lease) -> None:
        """See Store."""
        record = self._records[lease.saga_id]
        if record.fence == lease.fence:
            record.fence, record.until = record.fence + 1, 0.0

    async def story(self, saga_id: str) -> list[Entry]:
        """See Store."""
        return list(self._records[saga_id].story)

    async def find(self, phases: Sequence[Phase], limit: int) -> list[Saved]:
        """See Store."""
        found = [record for record in self._records.values() if record.state.phase in phases]
        found.sort(key=lambda record: record.created)
        return [Saved(each.state, each.created, each.updated) for each in found[:limit]]
