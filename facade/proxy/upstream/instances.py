"""One upstream: the addresses it has now, and the connections to each.

Connections survive a reload where the address and the upstream's settings stay the same. `Pool` is
state alone: every method changes it and says what is to be done; `Instance` does that.
"""

from collections import deque
from collections.abc import Iterable
from math import inf
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from facade.proxy import errors
from facade.proxy.deadlines import NEVER, Deadlines
from facade.proxy.upstream.caller import Caller
from facade.proxy.upstream.dialing import Dial
from facade.proxy.upstream.outbound import Outbound
from facade.routes.routefile import UpstreamConfig, UpstreamTimeouts
from facade.routes.trouble import Trouble

# How long a pooled connection may have been idle, in seconds. A request that must not be sent twice
# takes a fresh one: a connection idle for longer may be closing at this moment.
ANY: Final = inf
FRESH: Final = 1.0
NEW: Final = -1.0  # none that was used before
AWAY_FIRST_SECONDS: Final = 0.5  # an address that refuses connections is left out for this long
AWAY_MOST_SECONDS: Final = 10.0


class Pooled(Protocol):
    """What the pool must know of a connection."""

    idle_since: float  # monotonic seconds

    @property
    def usable(self) -> bool:
        """Whether a request can be sent on it."""


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
            if connection.usable:
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


class Instance:
    """One address of an upstream, and the connections to it."""

    def __init__(
        self, url: str, config: UpstreamConfig, limit: int, deadlines: Deadlines, dial: Dial
    ) -> None:
        parts = urlsplit(url)
        self.url = url
        self.host = parts.hostname or ""
        self.port = parts.port or 80
        self.timeouts: UpstreamTimeouts = config.timeouts
        self.pool: Pool[Outbound, Caller] = Pool(limit)
        self.healthy = True  # by active probing
        self.away_until = 0.0  # by what requests met
        self._refusals = 0
        self._deadlines = deadlines
        self._dial = dial
        self._retired = False

    def connect(self, caller: Caller, idle_at_most: float) -> None:
        """Give the caller a connection, now or later; see ANY, FRESH and NEW."""
        pool = self.pool
        now = self._deadlines.now
        connection = pool.take(now - idle_at_most)
        if connection is not None:
            caller.connected(connection)
        elif pool.may_open():
            self._open(caller)
        elif (old := pool.evict()) is not None:
            old.abandon()
            pool.wait(caller, now + self.timeouts.connect)
        else:
            pool.wait(caller, now + self.timeouts.connect)

    def release(self, connection: Outbound) -> None:
        """The connection is free again."""
        if self._retired:
            connection.abandon()
            return
        waiting = self.pool.put_back(connection, self._deadlines.now)
        if waiting is not None:
            waiting.connected(connection)

    def closed(self, connection: Outbound | None) -> None:
        """A connection is gone; a caller that waits may open another one."""
        self.pool.closed(connection)
        waiting = self.pool.next_waiter()
        if waiting is not None and self.pool.may_open():
            self._open(waiting)

    def sweep(self, now: float) -> None:
        """Close connections idle for too long; fail callers that waited too long."""
        for connection in self.pool.surplus(now - self.timeouts.idle):
            connection.abandon()
        for caller in self.pool.overdue(now):
            caller.failed(errors.BUSY)

    def retire(self) -> None:
        """The address is not used any more: idle connections go, the others when they are done."""
        self._retired = True
        for connection in self.pool.surplus(NEVER):
            connection.abandon()

    def _open(self, caller: Caller) -> None:
        connection = Outbound(self, self._deadlines)

        def done(error: BaseException | None) -> None:
            if error is None:
                self._opened(connection, caller)
                return
            self._refused()
            if connection.transport is None:
                self.closed(None)
            else:
                connection.abandon()
            if not caller.gave_up:
                caller.failed(errors.connecting(error))

        self._dial(connection, self.host, self.port, self.timeouts.connect, done)

    def _opened(self, connection: Outbound, caller: Caller) -> None:
        self._refusals = 0
        self.away_until = 0.0
        if caller.gave_up:
            self.release(connection)
        else:
            caller.connected(connection)

    def _refused(self) -> None:
        self._refusals += 1
        pause = min(AWAY_FIRST_SECONDS * 2.0 ** (self._refusals - 1), AWAY_MOST_SECONDS)
        self.away_until = self._deadlines.now + pause


class Upstream:
    """A side to forward to, with the instances it has now."""

    def __init__(
        self, config: UpstreamConfig, limit: int, deadlines: Deadlines, dial: Dial
    ) -> None:
        self.config = config
        self.trouble: Final = Trouble(config.breaker.count)
        self.instances: tuple[Instance, ...] = ()
        self.limit = limit
        self._deadlines = deadlines
        self._dial = dial
        self._turn = 0

    def set_addresses(self, urls: Iterable[str]) -> None:
        """Use these addresses from now on; connections to those that stay are kept."""
        known = {instance.url: instance for instance in self.instances}
        self.instances = tuple(
            known.pop(url)
            if url in known
            else Instance(url, self.config, self.limit, self._deadlines, self._dial)
            for url in dict.fromkeys(urls)
        )
        for instance in known.values():
            instance.retire()

    def pick(self) -> Instance | None:
        """The instance for the next request; None when there is none."""
        instances = self.instances
        if len(instances) == 1:
            return instances[0]
        now = self._deadlines.now
        able = [one for one in instances if one.healthy and one.away_until <= now] or instances
        if not able:
            return None
        if self.config.balance == "least-busy":
            return min(able, key=lambda one: one.pool.busy)
        self._turn += 1
        return able[self._turn % len(able)]

    def connect(self, caller: Caller, idle_at_most: float) -> None:
        """Give the caller a connection to an instance, or tell it that there is none."""
        instance = self.pick()
        if instance is None:
            caller.failed(errors.UNAVAILABLE)
        else:
            instance.connect(caller, idle_at_most)

    @property
    def slow(self) -> bool:
        """Whether requests wait for a connection."""
        return any(instance.pool.waiters for instance in self.instances)

    def snapshot(self) -> dict[str, Any]:
        """The upstream's part of the counters frame."""
        return {
            "connections": sum(instance.pool.open for instance in self.instances),
            "idle": sum(len(instance.pool.idle) for instance in self.instances),
            "instances": {i.url: i.healthy and not i.away_until for i in self.instances},
        }
