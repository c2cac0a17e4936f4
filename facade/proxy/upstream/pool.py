"""The connections of one address as state alone: every method changes it and says what is to be
done; `Instance` does that.
"""

from asyncio import BaseTransport
from collections import deque
from typing import Generic, Protocol, TypeVar


class Pooled(Protocol):
    """What the pool must know of a connection."""

    idle_since: float  # monotonic seconds

    @property
    def transport(self) -> BaseTransport | None:
        """While it is closing, no request can be sent."""


class Waiting(Protocol):
    """A caller that waits for a connection."""

    @property
    def gave_up(self) -> bool:
        """Whether it no longer wants one."""


C = TypeVar("C", bound=Pooled)
W = TypeVar("W", bound=Waiting)


class Pool(Generic[C, W]):
    """Connections of one address, at most `limit` open or being opened."""

    __slots__ = ("idle", "limit", "open", "waiters")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.open = 0  # being opened, busy or idle
        self.idle: deque[C] = deque()  # the last used one is at the right
        self.waiters: deque[tuple[W, float]] = deque()  # with the time at which each gives up

    @property
    def busy(self) -> int:
        """How many connections are at work."""
        return self.open - len(self.idle)

    def take(self, not_idle_before: float) -> C | None:
        """The connection used last, if it was not idle before that time; else None."""
        idle = self.idle
        while idle:
            connection = idle[-1]
            transport = connection.transport
            if transport is not None and not transport.is_closing():
                if connection.idle_since < not_idle_before:
                    return None
                return idle.pop()
            idle.pop()
        return None

    def may_open(self) -> bool:
        """Reserve room for one more connection; False when there is none."""
        if self.open >= self.limit:
            return False
        self.open += 1
        return True

    def evict(self) -> C | None:
        """The connection that was idle for longest, to be closed to make room; None if none is."""
        return self.idle.popleft() if self.idle else None

    def wait(self, waiting: W, until: float) -> None:
        """Queue a caller until this time; `next_waiter` returns it."""
        self.waiters.append((waiting, until))

    def put_back(self, connection: C, now: float) -> W | None:
        """A connection is free again: returns the caller it is for; None: it is kept as idle."""
        waiting = self.next_waiter() if self.waiters else None
        if waiting is None:
            connection.idle_since = now
            self.idle.append(connection)
        return waiting

    def closed(self, connection: C | None) -> None:
        """A connection ended, or could not be opened; an idle one leaves the pool."""
        self.open -= 1
        if connection is not None and connection in self.idle:
            self.idle.remove(connection)

    def next_waiter(self) -> W | None:
        """The next caller that still wants a connection."""
        while self.waiters:
            waiting, _until = self.waiters.popleft()
            if not waiting.gave_up:
                return waiting
        return None

    def overdue(self, now: float) -> list[W]:
        """Take out the callers that waited too long."""
        late: list[W] = []
        while self.waiters and (self.waiters[0][1] <= now or self.waiters[0][0].gave_up):
            waiting, _until = self.waiters.popleft()
            if not waiting.gave_up:
                late.append(waiting)
        return late

    def surplus(self, idle_before: float) -> list[C]:
        """Take out the connections that were idle since before that time."""
        old: list[C] = []
        while self.idle and self.idle[0].idle_since < idle_before:
            old.append(self.idle.popleft())
        return old
