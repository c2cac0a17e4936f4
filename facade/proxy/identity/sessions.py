"""Who is asking: legacy's word on session cookies, asked once per cookie and kept for seconds.

    known ── fresh ─────────────────────────▶ the word
          └─ ask ── breaker ── question ────▶ the word, for all who wait
                       └ open ─┴─ failed ───▶ the last word, if it is not too old; else None

Where legacy does not answer, its last word counts for a while longer: a customer who was known a
minute ago may go on ordering while legacy is down. Nobody is ever taken for somebody else.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import random
from typing import NamedTuple

from chassis.breaker.circuit import REFUSED
from facade.proxy.counting.metrics import Counters
from facade.proxy.deadlines import Deadlines
from facade.proxy.identity.credentials import Whose
from facade.proxy.identity.logouts import Forgotten
from facade.proxy.identity.lookup import Question, Waiter
from facade.proxy.state import Breakers
from facade.proxy.upstream.instances import Upstreams
from facade.routes.routefile import LEGACY, IdentityOptions
from facade.routes.routefile import Breaker as BreakerConfig

BREAKER_CLASS = "identity"  # a callee of its own: questions that fail say nothing of other reads
MINIMUM_CALLS = 8  # of the breaker, unless an upstream says fewer
QUIET_SECONDS = 1.0  # after no answer, an old word is used without asking again


class Logouts(NamedTuple):
    """What workers tell each other of sessions, and the clock that they share."""

    forgotten: Forgotten
    clock: Callable[[], float]  # monotonic seconds, now and not as of the last tick


class Identities:
    """The words of legacy that one worker knows."""

    def __init__(
        self,
        upstreams: Upstreams,
        deadlines: Deadlines,
        breakers: Breakers,
        counters: Counters,
        logouts: Logouts | None = None,
    ) -> None:
        """Without `logouts` nobody else knows of them."""
        self._upstreams = upstreams
        self._deadlines = deadlines
        self._breakers = breakers
        self._counts = counters.identity
        self._logouts = logouts or Logouts(Forgotten(), lambda: deadlines.now)
        self._known: OrderedDict[bytes, Whose] = OrderedDict()
        self._asking: dict[bytes, Question] = {}
        self._options = IdentityOptions("/")
        self._cookie = b""

    def use(self, options: IdentityOptions, cookie: str) -> None:
        """Take the options of a new table; another question forgets all answers."""
        if (options.ask, cookie.encode("ascii")) != (self._options.ask, self._cookie):
            self._known.clear()
            self._asking.clear()
        self._options = options
        self._cookie = cookie.encode("ascii")

    def known(self, session: bytes) -> Whose | None:
        """Legacy's word on this cookie, if it was heard a moment ago."""
        whose = self._last_word(session)
        if whose is None:
            return None
        now = self._deadlines.now
        if now >= whose.asked + self._options.keep and now >= whose.quiet_until:
            return None
        self._known.move_to_end(session)
        return whose

    def ask(self, session: bytes, host: bytes, waiter: Waiter, *, for_client: bool) -> None:
        """Ask legacy, unless somebody does already; the waiter is told, perhaps at once.

        `host` is the client's Host; `for_client` is false when only a copy wants to know.
        """
        question = self._asking.get(session)
        if question is not None and not self._is_forgotten(session, question.began):
            question.waiters.append(waiter)
            question.for_client |= for_client
            return
        legacy, now = self._upstreams.live[LEGACY], self._deadlines.now
        breaker = self._breakers.of(LEGACY, BREAKER_CLASS, _prompt(legacy.config.breaker))
        permit = breaker.acquire(now, random())
        if permit == REFUSED:
            waiter(self._after_silence(session))
            return
        until = now + self._options.timeout
        request = self._request(session, host)
        question = Question(request, self._deadlines, (breaker, permit), until)
        question.hear = partial(self._heard, session, question)
        question.waiters.append(waiter)
        question.for_client = for_client
        self._asking[session] = question
        self._counts.asked += 1
        question.ask(legacy.pick())

    def forget(self, session: bytes) -> None:
        """What is known of this cookie may be wrong from now on, here and in other workers."""
        self._logouts.forgotten.note(session, self._logouts.clock())
        self._known.pop(session, None)
        # Who waits for an answer already asked before; who asks from now on asks anew.
        self._asking.pop(session, None)

    def _heard(self, session: bytes, question: Question, whose: Whose | None) -> Whose | None:
        """Keep the word, unless it is forgotten; returns what those who wait are told."""
        current = self._asking.get(session) is question
        if current:
            del self._asking[session]
            current = not self._is_forgotten(session, question.began)
        if whose is None:
            self._counts.unanswered += 1
            return self._after_silence(session) if current else None
        if current:
            whose.keep_from(self._known.get(session))
            self._known[session] = whose
            self._known.move_to_end(session)
            if len(self._known) > self._options.entries:
                self._known.popitem(last=False)
        return whose

    def _last_word(self, session: bytes) -> Whose | None:
        """What is known of this cookie, unless another worker saw that it is not so any more."""
        whose = self._known.get(session)
        if whose is not None and self._is_forgotten(session, whose.asked):
            del self._known[session]
            return None
        return whose

    def _is_forgotten(self, session: bytes, since: float) -> bool:
        return self._logouts.forgotten.since(session, since)

    def _after_silence(self, session: bytes) -> Whose | None:
        """The last word, if it is not too old."""
        whose, now = self._last_word(session), self._deadlines.now
        if whose is None or now >= whose.asked + self._options.keep_silent:
            return None
        whose.quiet_until = now + QUIET_SECONDS
        self._counts.stale += 1
        return whose

    def _request(self, session: bytes, host: bytes) -> bytes:
        return (
            b"GET %b HTTP/1.1\r\nHost: %b\r\nCookie: %b=%b\r\nAccept: application/json\r\n"
            b"Accept-Encoding: identity\r\nUser-Agent: fig-identity\r\n\r\n"
            % (self._options.ask.encode("ascii"), host, self._cookie, session)
        )


def _prompt(config: BreakerConfig) -> BreakerConfig:
    """Opens after few questions, since those who wait for them get 503; and closes without a ramp.

    A question is small, and there is one for a customer in `keep` seconds: no stampede.
    """
    return replace(config, minimum_calls=min(config.minimum_calls, MINIMUM_CALLS), ramp=0.0)
