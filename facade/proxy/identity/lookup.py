"""One question to legacy: whose session is this cookie? Asked once for everybody who waits.

200 with an e-mail address   that customer's
401, 403                     nobody's
anything else, or nothing    no answer
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import orjson

from chassis.breaker.circuit import Breaker, Outcome
from facade.http1.responses import ResponseHead
from facade.proxy import errors
from facade.proxy.deadlines import Deadlines
from facade.proxy.errors import Failure
from facade.proxy.identity.credentials import Whose
from facade.proxy.upstream.instances import ANY, NEW, Instance
from facade.proxy.upstream.outbound import Outbound

MOST_BYTES = 64 * 1024
NOBODY = frozenset({401, 403})

# Gets legacy's word, or None when there was no answer.
Waiter = Callable[[Whose | None], None]
Hear = Callable[[Whose | None], Whose | None]


class Question:
    """Under way. It is the Caller of its connection."""

    method = b"GET"

    def __init__(
        self, request: bytes, deadlines: Deadlines, guard: tuple[Breaker, int], until: float
    ) -> None:
        """`guard` is the breaker with its permit; `until` in monotonic seconds."""
        self.gave_up = False
        self.deadline = until
        self.began = deadlines.now
        self.waiters: list[Waiter] = []
        self.hear: Hear | None = None  # told first; says what those who wait are told
        self.for_client = False  # somebody's answer depends on it, not only a copy's
        self._bytes = request
        self._deadlines = deadlines
        self._breaker, self._permit = guard
        self._started = perf_counter()
        self._instance: Instance | None = None
        self._connection: Outbound | None = None
        self._again = True
        self._status = 0
        self._body = b""

    def ask(self, instance: Instance | None) -> None:
        """Ask this instance; None is nobody to ask."""
        self._instance = instance
        self._deadlines.add(self)
        if instance is None:
            self.failed(errors.UNAVAILABLE)
        else:
            instance.connect(self, ANY)

    def connected(self, connection: Outbound) -> None:
        """See Caller."""
        self._connection = connection
        connection.begin(self, self._bytes, whole=True)

    def answered(self, head: ResponseHead) -> None:
        """See Caller."""
        self._status = head.status

    def body(self, data: bytes) -> None:
        """See Caller."""
        self._body += data
        if len(self._body) > MOST_BYTES and self._connection is not None:
            self._connection.abandon()
            self.failed(errors.NONSENSE)

    def ended(self, _trailers: list[bytes]) -> None:
        """See Caller."""
        self._connection = None
        failed = self._status >= 500
        self._tell(self._read(), Outcome.FAILURE if failed else Outcome.SUCCESS)

    def failed(self, failure: Failure) -> None:
        """See Caller: asked once more where only an old connection was to blame."""
        connection, self._connection = self._connection, None
        stale = failure.stale and connection is not None and connection.reused
        if stale and self._again and self._instance is not None and not self.gave_up:
            self._again = False
            self._instance.connect(self, NEW)
            return
        self._tell(None, failure.outcome)

    def expired(self, _now: float) -> None:
        """No answer in time."""
        if self._connection is not None:
            self._connection.abandon()
        self._tell(None, Outcome.FAILURE)

    def interim(self, _head: ResponseHead) -> None:
        """See Caller."""

    def switched(self, _head: ResponseHead, _rest: bytes) -> None:
        """See Caller."""
        if self._connection is not None:
            self._connection.abandon()
        self.failed(errors.NONSENSE)

    def upstream_full(self, _full: bool) -> None:
        """See Caller."""

    def _read(self) -> Whose | None:
        now = self._deadlines.now
        if self._status in NOBODY:
            return Whose(None, "", now)
        if self._status != 200:
            return None
        try:
            said: Any = orjson.loads(self._body)
        except ValueError:
            return None
        email = said.get("email") if isinstance(said, dict) else None
        if not isinstance(email, str) or not email:
            return None
        return Whose(email, str(said.get("name") or ""), now)

    def _tell(self, whose: Whose | None, outcome: Outcome) -> None:
        if self.gave_up:
            return
        self.gave_up = True
        self._deadlines.discard(self)
        if outcome is Outcome.FAILURE and not self.for_client:
            outcome = Outcome.CANCELLED  # a copy's failure never opens a live breaker
        took = perf_counter() - self._started
        self._breaker.release(self._permit, outcome, self._deadlines.now, took)
        if self.hear is not None:
            whose = self.hear(whose)
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            waiter(whose)
