"""One upstream: the addresses it has now, and the connections to each.

An address that refuses a connection certainly got nothing of the request: the next one is asked,
for any method. The address is left out until a connection that we open ourselves stands.

One that takes a request and stays silent, as a frozen process does, accepts connections all the
same: it is left out until a request that is tried there, one at a time, is answered.

Connections survive a reload where the address and the upstream's settings stay the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Final

from facade.proxy import errors
from facade.proxy.deadlines import NEVER, Deadlines
from facade.proxy.errors import Failure
from facade.proxy.upstream.caller import Caller, Connection, Ignoring
from facade.proxy.upstream.dialing import Dial, address_of
from facade.proxy.upstream.outbound import Outbound
from facade.proxy.upstream.pool import Pool
from facade.rewriting.answered import AnswerRewrite
from facade.rewriting.asked import RequestRewrite
from facade.routes.config.routefile import UpstreamConfig, UpstreamTimeouts
from facade.routes.trouble import Trouble

# How long a pooled connection may have been idle, in seconds. A request that must not be sent twice
# takes a fresh one: a connection idle for longer may be closing at this moment.
ANY: Final = inf
FRESH: Final = 1.0
NEW: Final = -1.0  # none that was used before
AWAY_FIRST_SECONDS: Final = 0.5  # until an address that refused a connection is asked again
AWAY_MOST_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A connection that a caller wants and does not have yet."""

    caller: Caller
    idle_at_most: float  # see ANY, FRESH and NEW
    refused: "tuple[Instance, ...]" = ()  # they got nothing of the request
    elsewhere: "Callable[[Wanted, Failure], None] | None" = None  # None: no other instance will do

    @property
    def gave_up(self) -> bool:
        return self.caller.gave_up


class Instance:
    """One address of an upstream, and the connections to it."""

    def __init__(
        self,
        url: str,
        config: UpstreamConfig,
        limit: int,
        deadlines: Deadlines,
        dial: Dial,
        mended: dict[str, int],
    ) -> None:
        """`mended` takes the counts of answers that were put right, by kind."""
        self._address = address_of(url, config.tls)
        self._mended = mended
        self.url = url
        self.authority = config.host or f"{self._address.host}:{self._address.port}"
        self.timeouts: UpstreamTimeouts = config.timeouts
        self.pool: Pool[Outbound, Wanted] = Pool(limit)
        self.healthy = True  # by active probing
        self.away_until = 0.0  # it refused: when it is asked again; 0: it accepts connections
        self.quiet_until = 0.0  # it stayed silent: when a request is tried there; 0: it answers
        self._silences = 0
        self._tried = False  # a request goes there, to see whether it answers
        self._refusals = 0
        self._probing = False  # a connection of ours is being opened, to see whether it accepts
        self._deadlines = deadlines
        self._dial = dial
        self._retired = False

    def connect(self, caller: Caller, idle_at_most: float) -> None:
        """Give the caller a connection to this address, now or later; see ANY, FRESH and NEW."""
        connection = self.pool.take(self._deadlines.now - idle_at_most)
        if connection is not None:
            caller.connected(connection)
        else:
            self.want(Wanted(caller, idle_at_most))

    def want(self, wanted: Wanted) -> None:
        """The same for a caller without an idle connection, or refused by another instance."""
        pool, now = self.pool, self._deadlines.now
        connection = pool.take(now - wanted.idle_at_most) if wanted.refused else None
        if connection is not None:
            wanted.caller.connected(connection)
        elif pool.may_open():
            self._open(wanted)
        elif (old := pool.evict()) is not None:
            old.abandon()
            pool.wait(wanted, now + self.timeouts.connect)
        else:
            pool.wait(wanted, now + self.timeouts.connect)

    def release(self, connection: Outbound) -> None:
        """The connection is free again."""
        if self.quiet_until:
            self.answers()
        if self._retired:
            connection.abandon()
            return
        waiting = self.pool.put_back(connection, self._deadlines.now)
        if waiting is not None:
            waiting.caller.connected(connection)

    def closed(self, connection: Outbound | None) -> None:
        """A connection is gone; a caller that waits may open another one."""
        self.pool.closed(connection)
        waiting = self.pool.next_waiter()
        if waiting is not None and self.pool.may_open():
            self._open(waiting)

    def silent(self) -> None:
        """A request got no byte of an answer in time."""
        now = self._deadlines.now
        if self.quiet_until > now and not self._tried:
            return  # of several requests under way, only the first one says something new
        self._tried = False
        self._silences += 1
        self.quiet_until = now + _pause(self._silences)

    def answers(self) -> None:
        """A request was answered."""
        self.quiet_until, self._silences, self._tried = 0.0, 0, False

    def able(self, now: float) -> bool:
        """Whether requests are sent there."""
        return self.healthy and not self.away_until and self.quiet_until <= now

    def tried(self) -> None:
        """A request goes there. Where it was silent, no other one does until that is answered."""
        if self.quiet_until:
            self._tried = True
            self.quiet_until = self._deadlines.now + self.timeouts.first_byte

    def mended(self, kind: str) -> None:
        """Count an answer that had a fault of this kind, which was put right."""
        self._mended[kind] = self._mended.get(kind, 0) + 1

    def sweep(self, now: float) -> None:
        """Close connections idle for too long; fail callers that waited too long."""
        for connection in self.pool.surplus(now - self.timeouts.idle):
            connection.abandon()
        for waiting in self.pool.overdue(now):
            waiting.caller.failed(errors.BUSY)

    def probe(self, now: float) -> None:
        """Find out whether an address that refused accepts again, where that is due.

        The connection is kept for the next request.
        """
        due = self.away_until and self.away_until <= now and not self._probing
        if due and self.pool.may_open():
            self._probing = True
            self._open(Wanted(Ignoring(), NEW))

    def retire(self) -> None:
        """The address is not used any more: idle connections go, the others when they are done."""
        self._retired = True
        for connection in self.pool.surplus(NEVER):
            connection.abandon()

    def _open(self, wanted: Wanted) -> None:
        connection = Outbound(self, self._deadlines)

        def done(error: BaseException | None) -> None:
            if error is None:
                self._opened(connection, wanted.caller)
                return
            self._refused()
            if connection.transport is None:
                self.closed(None)
            else:
                connection.abandon()
            failure = errors.connecting(error)
            if wanted.gave_up:
                return
            if wanted.elsewhere is None:
                wanted.caller.failed(failure)
            else:
                wanted.elsewhere(replace(wanted, refused=(*wanted.refused, self)), failure)

        self._dial(connection, self._address, self.timeouts.connect, done)

    def _opened(self, connection: Outbound, caller: Caller) -> None:
        self._refusals = 0
        self.away_until = 0.0
        self._probing = False
        if caller.gave_up:
            self.release(connection)
        else:
            caller.connected(connection)

    def _refused(self) -> None:
        now = self._deadlines.now
        if self.away_until > now and not self._probing:
            return  # of several requests under way, only the first one says something new
        self._probing = False
        self._refusals += 1
        self.away_until = now + _pause(self._refusals)


def _pause(times: int) -> float:
    """Seconds for which an address is left out that failed so many times in a row."""
    return min(AWAY_FIRST_SECONDS * 2.0 ** (times - 1), AWAY_MOST_SECONDS)


class Upstream:
    """A side to forward to, with the instances it has now."""

    def __init__(
        self,
        config: UpstreamConfig,
        limit: int,
        deadlines: Deadlines,
        dial: Dial,
        mended: dict[str, int],
    ) -> None:
        """`mended` is as for Instance."""
        self.config = config
        self.trouble: Final = Trouble(config.breaker.count)
        self.asked: RequestRewrite | None = None  # set by Upstreams.use
        self.answers: AnswerRewrite | None = AnswerRewrite.of(config)
        self.instances: tuple[Instance, ...] = ()
        self.limit = limit
        self._deadlines = deadlines
        self._dial = dial
        self._mended = mended
        self._turn = 0

    def set_addresses(self, urls: Iterable[str]) -> None:
        """Use these addresses from now on; connections to those that stay are kept."""
        known = {instance.url: instance for instance in self.instances}
        self.instances = tuple(
            known.pop(url)
            if url in known
            else Instance(url, self.config, self.limit, self._deadlines, self._dial, self._mended)
            for url in dict.fromkeys(urls)
        )
        for instance in known.values():
            instance.retire()

    def pick(self, refused: tuple[Instance, ...] = ()) -> Instance | None:
        """The instance for the next request, except those in `refused`; None when none is left."""
        instances = self.instances
        if refused:
            instances = tuple(one for one in instances if one not in refused)
        if len(instances) == 1:
            return instances[0]
        now = self._deadlines.now
        able = [one for one in instances if one.able(now)] or instances
        if not able:
            return None
        if self.config.balance == "least-busy":
            chosen = min(able, key=lambda one: one.pool.busy)
        else:
            self._turn += 1
            chosen = able[self._turn % len(able)]
        chosen.tried()
        return chosen

    @property
    def another(self) -> bool:
        """Whether a request that one instance did not answer can be sent to another one."""
        now = self._deadlines.now
        return len(self.instances) > 1 and any(one.able(now) for one in self.instances)

    def connect(
        self, caller: Caller, idle_at_most: float, failed: Connection | None = None
    ) -> None:
        """Give the caller a connection to an instance, or fail it where there is none.

        A request that `failed` on a connection is sent to another instance where one is able: a
        process that is being killed may end its connections before it stops to accept new ones.
        """
        instance = self.pick() if failed is None else self._pick_another(failed.owner)
        if instance is None:
            caller.failed(errors.UNAVAILABLE)
            return
        connection = instance.pool.take(self._deadlines.now - idle_at_most)
        if connection is not None:
            caller.connected(connection)
        else:
            instance.want(Wanted(caller, idle_at_most, elsewhere=self._elsewhere))

    def sweep(self, now: float) -> None:
        """What is due: connections to close, callers to fail, addresses to ask again."""
        # A single one is asked by requests (the breaker's probes), and by us where none come.
        due = now if len(self.instances) > 1 else now - AWAY_MOST_SECONDS
        for instance in self.instances:
            instance.sweep(now)
            instance.probe(due)

    def _elsewhere(self, wanted: Wanted, failure: Failure) -> None:
        """An instance refused the connection: ask another one, each at most once."""
        instance = self.pick(wanted.refused)
        if instance is None:
            wanted.caller.failed(failure)
        else:
            instance.want(wanted)

    def _pick_another(self, failed: object) -> Instance | None:
        """An instance other than the one that failed; that one again where no other is able."""
        now = self._deadlines.now
        if any(one.able(now) for one in self.instances if one is not failed):
            return self.pick(tuple(one for one in self.instances if one is failed))
        return self.pick()

    @property
    def slow(self) -> bool:
        """Whether requests wait for a connection."""
        return any(instance.pool.waiters for instance in self.instances)

    def snapshot(self) -> dict[str, Any]:
        """The upstream's part of the counters frame."""
        return {
            "connections": sum(instance.pool.open for instance in self.instances),
            "idle": sum(len(instance.pool.idle) for instance in self.instances),
            "instances": {i.url: i.able(self._deadlines.now) for i in self.instances},
        }
