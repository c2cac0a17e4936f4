"""One lookup of a session's owner, for all requests that wait for it.

200 with an e-mail address   that customer's
401, 403                     no customer's
anything else, or nothing    unknown
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

import orjson

from chassis.breaker.circuit import Breaker, Outcome
from facade.http1.responses import ResponseHead
from facade.proxy import errors
from facade.proxy.counting.metrics import IdentityCounts
from facade.proxy.deadlines import Deadlines
from facade.proxy.errors import Failure
from facade.proxy.identity.credentials import SessionOwner
from facade.proxy.upstream.caller import Connection, Ignoring
from facade.proxy.upstream.instances import ANY, NEW, Upstream

MOST_BYTES: Final = 64 * 1024
NOT_LOGGED_IN: Final = frozenset({401, 403})

# Gets the owner, or None when there was no answer.
Waiter = Callable[[SessionOwner | None], None]
Keep = Callable[[SessionOwner | None], SessionOwner | None]


class SessionLookup(Ignoring):
    """A lookup under way. It is the Caller of its connection."""

    def __init__(
        self, request: bytes, deadlines: Deadlines, guard: tuple[Breaker, int], until: float
    ) -> None:
        """`guard` is the breaker with its permit; `until` in monotonic seconds."""
        super().__init__(gave_up=False)
        self.deadline = until
        self.began = deadlines.now
        self.waiters: list[Waiter] = []
        self.keep: Keep | None = None  # called first; returns what the waiters get
        self.counts = IdentityCounts()  # of the upstream that is asked
        self.for_client = False  # an answer to a client depends on it, not only a copy
        self._bytes = request
        self._deadlines = deadlines
        self._breaker, self._permit = guard
        self._started = perf_counter()
        self._upstream: Upstream | None = None
        self._connection: Connection | None = None
        self._again = True
        self._status = 0
        self._body = b""

    def ask(self, upstream: Upstream) -> None:
        """Ask an instance of this upstream, and no other."""
        self._upstream = upstream
        self._deadlines.add(self)
        upstream.connect(self, ANY)

    def connected(self, connection: Connection) -> None:
        """Send the request."""
        self._connection = connection
        connection.begin(self, self._bytes, whole=True)

    def answered(self, head: ResponseHead) -> None:
        """Keep the status."""
        self._status = head.status

    def body(self, data: bytes) -> None:
        """Collect the body, up to a limit."""
        self._body += data
        if len(self._body) > MOST_BYTES and self._connection is not None:
            self._connection.abandon()
            self.failed(errors.NONSENSE)

    def ended(self, _trailers: list[bytes]) -> None:
        """Read the answer and call the waiters."""
        self._connection = None
        failed = self._status >= 500
        self._finish(self._read(), Outcome.FAILURE if failed else Outcome.SUCCESS)

    def failed(self, failure: Failure) -> None:
        """Ask once more where only an old connection was to blame; else there is no answer."""
        connection, self._connection = self._connection, None
        stale = failure.stale and connection is not None and connection.reused
        if stale and self._again and self._upstream is not None and not self.gave_up:
            self._again = False
            self._upstream.connect(self, NEW, connection)
            return
        self._finish(None, Outcome.FAILURE if failure.kind else Outcome.CANCELLED)

    def expired(self, _now: float) -> None:
        """No answer in time."""
        if self._connection is not None:
            self._connection.abandon()
        self._finish(None, Outcome.FAILURE)

    def switched(self, _head: ResponseHead, _rest: bytes) -> None:
        """The lookup asked for no other protocol."""
        if self._connection is not None:
            self._connection.abandon()
        self.failed(errors.NONSENSE)

    def _read(self) -> SessionOwner | None:
        now = self._deadlines.now
        if self._status in NOT_LOGGED_IN:
            return SessionOwner(None, "", now)
        if self._status != 200:
            return None
        try:
            said: Any = orjson.loads(self._body)
        except ValueError:
            return None
        email = said.get("email") if isinstance(said, dict) else None
        if not isinstance(email, str) or not email:
            return None
        return SessionOwner(email, str(said.get("name") or ""), now)

    def _finish(self, owner: SessionOwner | None, outcome: Outcome) -> None:
        if self.gave_up:
            return
        self.gave_up = True
        self._deadlines.discard(self)
        if outcome is Outcome.FAILURE and not self.for_client:
            outcome = Outcome.CANCELLED  # a copy's failure never opens a live breaker
        took = perf_counter() - self._started
        self._breaker.release(self._permit, outcome, self._deadlines.now, took)
        if self.keep is not None:
            owner = self.keep(owner)
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            waiter(owner)
