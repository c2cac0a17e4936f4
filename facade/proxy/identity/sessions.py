"""The owners of session cookies: one upstream is asked once per cookie, its answer kept for
seconds, and for hours where it gives none. The upstream is legacy, or the new side of the route
that is asked once that side answers all of it; never both for one request.

    known ── fresh ───────────────────────▶ the owner
          └─ ask ── breaker ── lookup ────▶ the owner, for all requests that wait
                       └ open ─┴─ failed ─▶ the owner as last known, if not too old; else None

Where it does not answer, the last answer to any worker of the host counts for hours: a known
customer may go on ordering while legacy is down (legacy checks the session when it writes the
order), and see those orders. A logout ends it. No customer is ever taken for another one.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from random import random
from typing import Final

from chassis.breaker.circuit import REFUSED, Breaker, State
from facade.proxy.counting.metrics import Counters
from facade.proxy.deadlines import Deadlines
from facade.proxy.identity.credentials import SessionOwner
from facade.proxy.identity.logouts import LogoutList
from facade.proxy.identity.lookup import SessionLookup, Waiter
from facade.proxy.identity.remembered import Remembered
from facade.proxy.state import Breakers
from facade.proxy.upstream.instances import Upstream
from facade.proxy.upstream.upstreams import Upstreams
from facade.routes.config.routefile import LEGACY, IdentityOptions
from facade.routes.config.routefile import Breaker as BreakerConfig
from facade.runtime.memory import HostMemory

CIRCUIT_CLASS: Final = "identity"  # of its own: lookups that fail say nothing of other reads
MINIMUM_CALLS: Final = 8  # of the breaker, unless an upstream says fewer
QUIET_SECONDS: Final = 1.0  # after no answer, the last one is used without asking again


@dataclass(frozen=True, slots=True)
class SharedLogouts:
    """The logout list of all workers, and the clock that they share."""

    listed: LogoutList
    clock: Callable[[], float]  # monotonic seconds, now and not as of the last tick


class Sessions:
    """The owners of sessions that one worker knows."""

    def __init__(
        self,
        upstreams: Upstreams,
        deadlines: Deadlines,
        breakers: Breakers,
        counters: Counters,
        logouts: SharedLogouts | None = None,
        remembered: Remembered | None = None,
    ) -> None:
        """Without `logouts` and `remembered` no other worker learns of them."""
        self._upstreams = upstreams
        self._deadlines = deadlines
        self._breakers = breakers
        self._counters = counters
        self._logouts = logouts or SharedLogouts(LogoutList(), lambda: deadlines.now)
        self._remembered = remembered or Remembered(HostMemory(None), lambda: deadlines.now)
        self._known: OrderedDict[bytes, SessionOwner] = OrderedDict()
        self._asking: dict[bytes, SessionLookup] = {}
        self._options = IdentityOptions("/")
        self._names: tuple[str, ...] = ()
        self._asked = LEGACY
        self._host = b""  # of the client of the last lookup
        self._probing = False

    def use(self, options: IdentityOptions, names: tuple[str, ...], asked: str) -> None:
        """Take the options of a new table, and the upstream that is asked from now on.

        Another address or cookie to ask drops all answers; another upstream knows the same
        sessions, and drops none.
        """
        if (options.ask, names) != (self._options.ask, self._names):
            self._known.clear()
            self._asking.clear()
        self._options = options
        self._names = names
        self._asked = asked
        address = (options.ask, *names)
        self._remembered.use(" ".join(address).encode("ascii") + b" ")

    def known(self, session: bytes) -> SessionOwner | None:
        """The owner of this session, `name=value; …`, if that was said a moment ago."""
        owner = self._last_known(session)
        if owner is None:
            return None
        now = self._deadlines.now
        if now >= owner.asked + self._options.keep and now >= owner.quiet_until:
            return None
        self._known.move_to_end(session)
        return owner

    def ask(self, session: bytes, host: bytes, waiter: Waiter, *, for_client: bool) -> None:
        """Look up the owner, unless a lookup is under way; the waiter is called, perhaps at once.

        `host` is the client's Host; `for_client` is false when only a copy depends on it.
        """
        lookup = self._asking.get(session)
        if lookup is not None and not self._logged_out(session, lookup.began):
            lookup.waiters.append(waiter)
            lookup.for_client |= for_client
            return
        upstream, self._host = self._upstreams.live[self._asked], host
        lookup = self._lookup(session, upstream)
        if lookup is None:
            waiter(self._after_silence(session))
            return
        counts = self._counters.identity_of(self._asked)
        lookup.counts = counts
        lookup.keep = partial(self._keep, session, lookup)
        lookup.waiters.append(waiter)
        lookup.for_client = for_client
        self._asking[session] = lookup
        counts.asked += 1
        lookup.ask(upstream)

    def probe(self, now: float) -> None:
        """Ask about no session while the breaker finds out whether its upstream is well again.

        Customers ask so seldom that without us it would stay half open for minutes.
        """
        upstream = self._upstreams.live.get(self._asked)
        if upstream is None or not self._host or self._probing:
            return
        breaker = self._breaker(upstream)
        breaker.tick(now)
        lookup = self._lookup(b"", upstream) if breaker.state is State.HALF_OPEN else None
        if lookup is not None:
            self._probing = lookup.for_client = True  # it opens the breaker again where it fails
            lookup.keep = self._probed
            lookup.ask(upstream)

    def _probed(self, owner: SessionOwner | None) -> SessionOwner | None:
        self._probing = False
        return owner

    def _breaker(self, upstream: Upstream) -> Breaker:
        return self._breakers.of(self._asked, CIRCUIT_CLASS, _prompt(upstream.config.breaker))

    def _lookup(self, session: bytes, upstream: Upstream) -> SessionLookup | None:
        """One that may ask now; None: the breaker lets none through."""
        breaker, now = self._breaker(upstream), self._deadlines.now
        permit = breaker.acquire(now, random())
        if permit == REFUSED:
            return None
        own = upstream.config.host
        request = self._request(session, self._host if own is None else own.encode("ascii"))
        until = now + self._options.timeout
        return SessionLookup(request, self._deadlines, (breaker, permit), until)

    def forget(self, session: bytes) -> None:
        """What is known of this cookie may be wrong from now on, here and in other workers."""
        self._logouts.listed.note(session, self._logouts.clock())
        self._known.pop(session, None)
        self._remembered.forget(session)
        # Requests that wait were sent before; those that come from now on ask again.
        self._asking.pop(session, None)

    def _keep(
        self, session: bytes, lookup: SessionLookup, owner: SessionOwner | None
    ) -> SessionOwner | None:
        """Keep the answer, unless the session ended meanwhile; returns what the waiters get."""
        current = self._asking.get(session) is lookup
        if current:
            del self._asking[session]
            current = not self._logged_out(session, lookup.began)
        if owner is None:
            lookup.counts.unanswered += 1
            return self._after_silence(session) if current else None
        if current:
            owner.keep_from(self._known.get(session))
            self._note(session, owner)
            self._remembered.keep(session, owner, self._options.keep_silent)
            if self._logged_out(session, lookup.began):  # by another worker, at this very moment
                self._remembered.forget(session)
        return owner

    def _note(self, session: bytes, owner: SessionOwner) -> None:
        self._known[session] = owner
        self._known.move_to_end(session)
        if len(self._known) > self._options.entries:
            self._known.popitem(last=False)

    def _last_known(self, session: bytes) -> SessionOwner | None:
        """The owner as last known, unless a worker saw the session log in or out since."""
        owner, now = self._known.get(session), self._deadlines.now
        if owner is None or (now >= owner.asked + self._options.keep and now >= owner.quiet_until):
            owner = self._of_all_workers(session, owner)
        if owner is not None and self._logged_out(session, owner.asked):
            self._known.pop(session, None)
            return None
        return owner

    def _of_all_workers(self, session: bytes, mine: SessionOwner | None) -> SessionOwner | None:
        """The owner as it was said last to any worker."""
        shared = self._remembered.of(session)
        if shared is None or (mine is not None and shared.asked <= mine.asked):
            return mine
        shared.keep_from(mine)
        self._note(session, shared)
        return shared

    def _logged_out(self, session: bytes, since: float) -> bool:
        return self._logouts.listed.since(session, since)

    def _after_silence(self, session: bytes) -> SessionOwner | None:
        """The owner as last known, if that is not too old."""
        owner, now = self._last_known(session), self._deadlines.now
        if owner is None or now >= owner.asked + self._options.keep_silent:
            return None
        owner.quiet_until = now + QUIET_SECONDS
        self._counters.identity_of(self._asked).stale += 1
        return owner

    def _request(self, session: bytes, host: bytes) -> bytes:
        cookie = b"Cookie: %b\r\n" % session if session else b""
        return (
            b"GET %b HTTP/1.1\r\nHost: %b\r\n%bAccept: application/json\r\n"
            b"Accept-Encoding: identity\r\nUser-Agent: fig-identity\r\n\r\n"
            % (self._options.ask.encode("ascii"), host, cookie)
        )


def _prompt(config: BreakerConfig) -> BreakerConfig:
    """Opens after few lookups, since requests that wait for them get 503; closes without a ramp.

    A lookup is small, and there is one for a customer in `keep` seconds: no stampede.
    """
    return replace(config, minimum_calls=min(config.minimum_calls, MINIMUM_CALLS), ramp=0.0)
