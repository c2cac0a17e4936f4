"""Calls to the monolith in the name of a person, each through the breaker of its kind.

What the monolith began, it ends within `Limits.settle`, because its database ends it otherwise: the
monolith's role waits for locks, and idles in a transaction, for less (fig/stack/engines/databases).
"""

import random
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from joserfc.jwk import OKPKey

from chassis.breaker.circuit import BreakerSettings
from chassis.breaker.guard import Guard, Held
from chassis.web.client import QUEUE_SECONDS, Answer, NoAnswer, NotSent, NoTurn, Request
from chassis.web.sealed import NotSealed, Session, unseal
from contracts.record import Customer, RecordAway, RecordRefused, RecordSilent

# Away for long, it is asked ever less often. Two calls at once do no harm to one that is back.
READ = BreakerSettings(
    slow_call=2.0, minimum_calls=6, open_for=2.0, open_most=8.0, probes=2, trickle=2
)
WRITE = replace(READ, slow_call=4.0, probe_timeout=5.0)
LATER = frozenset({408, 425, 429})  # "not now": nothing was done, and a refusal it is not
MOST_RETRY_AFTER = 60.0


class Wire(Protocol):
    """See HttpClient."""

    def turn(self) -> AbstractAsyncContextManager[None]:
        """A turn among our own calls."""

    async def exchange(self, request: Request) -> Answer:
        """One exchange."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds."""

    queue: float = QUEUE_SECONDS
    write: float = 5.0
    read: float = 1.5
    # How long a write that was given up may still be under way inside the monolith: it waits for
    # locks on stock there. Only after that is "not found" believed.
    settle: float = 8.0

    @property
    def under_way(self) -> float:
        """From the beginning of a write to when it has surely had its effect, or never will."""
        return self.queue + self.write + self.settle


class Calls:
    """`clock` is monotonic."""

    def __init__(
        self,
        client: Wire,
        key: OKPKey | None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._key = key
        self._clock = clock
        self.limits = limits or Limits()
        failures = (NotSent, NoAnswer)
        self.guards = {
            kind: Guard(f"legacy ({kind})", settings, failures, clock, chance)
            for kind, settings in (("write", WRITE), ("read", READ))
        }

    def session(self, person: Customer) -> Session:
        """The only place where a person's session is opened. Raises RecordRefused."""
        if self._key is None:
            raise RecordRefused(401, {"error": "not logged in"})
        try:
            return unseal(self._key, person.session, person.email)
        except NotSealed as error:
            raise RecordRefused(401, {"error": "not logged in"}) from error

    def left(self, until: float) -> float:
        """Seconds for a write that begins now. Raises RecordAway when its time is over."""
        seconds = min(self.limits.write, until - self._clock())
        if seconds <= 0:
            raise RecordAway("the saga may be in other hands by now", ours=True)
        return seconds

    async def call(self, kind: str, request: Callable[[], Request]) -> Answer:
        """Through the breaker, once it is our turn. Raises RecordAway, RecordSilent."""
        guard = self.guards[kind]
        try:
            async with self._client.turn():
                asked = request()
                answer = await guard.call(lambda: self._client.exchange(asked), _is_failure)
        except Held as error:
            raise RecordAway(str(error), error.after) from error
        except NotSent as error:
            raise RecordAway(str(error), ours=isinstance(error, NoTurn)) from error
        except NoAnswer as error:
            raise RecordSilent(str(error)) from error
        if _is_failure(answer):
            raise RecordSilent(f"legacy answered {answer.status}", answered=True)
        if answer.status in LATER:
            after = _retry_after(answer)
            raise RecordAway(f"legacy answered {answer.status}", after, answered=True)
        return answer


def _is_failure(answer: Answer) -> bool:
    return answer.status >= 500


def _retry_after(answer: Answer) -> float:
    """In seconds; a date is as good as nothing."""
    given = answer.headers.get("retry-after", "")
    return min(MOST_RETRY_AFTER, float(given)) if given.isdecimal() else 0.0
