"""The upstreams of a worker: which addresses each has now, and the connections to them.

Connections survive a reload where the address and the upstream's settings stay the same.
"""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any
from urllib.parse import urlsplit

from facade.proxy import errors
from facade.proxy.deadlines import NEVER, Deadlines
from facade.proxy.upstream.caller import Caller
from facade.proxy.upstream.dialing import Dial
from facade.proxy.upstream.outbound import Outbound
from facade.proxy.upstream.pool import Pool
from facade.routes.routefile import UpstreamConfig, UpstreamTimeouts

# How long a pooled connection may have been idle, in seconds. A request that must not be sent twice
# takes a fresh one: a connection idle for longer may be closing at this moment.
ANY = inf
FRESH = 1.0
NEW = -1.0  # none that was used before
AWAY_FIRST_SECONDS = 0.5  # an address that refuses connections is left out for this long
AWAY_MOST_SECONDS = 10.0


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
        """A connection is gone; somebody who waits may open another one."""
        self.pool.closed(connection)
        waiting = self.pool.next_waiter()
        if waiting is not None and self.pool.may_open():
            self._open(waiting)

    def sweep(self, now: float) -> None:
        """Let go of connections idle for too long and of those who waited too long."""
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


class Upstreams:
    """Every upstream of the table in force, and again for copies, with limits of their own."""

    def __init__(self, deadlines: Deadlines, dial: Dial) -> None:
        self.live: dict[str, Upstream] = {}
        self.shadow: dict[str, Upstream] = {}
        self._deadlines = deadlines
        self._dial = dial
        self._discovered: Mapping[str, list[str]] = {}
        self._redirected: Mapping[str, list[str]] = {}

    def use(
        self, configs: Mapping[str, UpstreamConfig], shadow_limit: int
    ) -> dict[str, tuple[Upstream, Upstream]]:
        """Take the upstreams of a new table; unchanged ones keep their connections.

        Returns for each name the upstream of clients and the one of copies.
        """
        self._replace(self.live, configs, None)
        self._replace(self.shadow, configs, shadow_limit)
        self.discovered(self._discovered)
        return {name: (self.live[name], self.shadow[name]) for name in configs}

    def discovered(self, instances: Mapping[str, list[str]]) -> None:
        """Take the addresses that the registry has for each service."""
        self._discovered = instances
        for name, upstream in (*self.live.items(), *self.shadow.items()):
            service = upstream.config.service
            known = upstream.config.urls if service is None else instances.get(service, [])
            upstream.set_addresses(self._redirected.get(name) or known)

    def redirected(self, addresses: Mapping[str, list[str]]) -> None:
        """Ask these addresses in place of an upstream's own, until told otherwise."""
        self._redirected = addresses
        self.discovered(self._discovered)

    def sweep(self, now: float) -> None:
        """See Instance.sweep."""
        for upstream in (*self.live.values(), *self.shadow.values()):
            for instance in upstream.instances:
                instance.sweep(now)

    def _replace(
        self, held: dict[str, Upstream], configs: Mapping[str, UpstreamConfig], limit: int | None
    ) -> None:
        for name in [*held]:
            config = configs.get(name)
            known = held[name]
            if config is None or config != known.config or (limit or 0) not in (0, known.limit):
                held.pop(name).set_addresses(())
        for name, config in configs.items():
            if name not in held:
                most = limit or config.connections
                held[name] = Upstream(config, most, self._deadlines, self._dial)
