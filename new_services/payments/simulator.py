"""A provider of our own: remembers what it was asked, moves pretended money, fails on command.

It writes in transactions of its own (a function in its schema), so that we can die between its
commit and ours, and it counts each request by its key, so that a charge made twice would show.
"""

import asyncio
import random
from collections import Counter, deque
from dataclasses import dataclass, field
from decimal import Decimal

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from chassis.database import SOON
from new_services.payments.domain import Operation
from new_services.payments.provider import Declined, ProviderAway, ProviderSilent

# The reason where it is declined. Its commit does not wait for the disk: whatever is stored because
# of this answer comes behind it in the same log, so a crash that takes the answer takes that, too.
_ASK = f"WITH {SOON} SELECT provider.ask($1, $2, $3, $4, $5) FROM soon"
Share = Field(default=0.0, ge=0.0, le=1.0)


class Behaviour(BaseModel):
    """Shares of requests that go wrong, and what exactly happens to the next ones."""

    model_config = ConfigDict(extra="forbid")

    declined: float = Share
    away: float = Share  # not reached
    lost: float = Share  # no answer, no effect
    silent: float = Share  # no answer, but the effect
    delay: float = Field(default=0.0, ge=0.0, le=10.0)  # seconds
    next: list[str] = Field(default_factory=list)  # of the names above, or "ok"


@dataclass(slots=True)
class Mood:
    """The behaviour in force, and how many requests came to what since the process began."""

    chance: random.Random = field(default_factory=random.Random)
    behaviour: Behaviour = field(default_factory=Behaviour)
    struck: Counter[str] = field(default_factory=Counter)
    _next: deque[str] = field(default_factory=deque)

    def command(self, behaviour: Behaviour) -> None:
        """From now on."""
        self.behaviour = behaviour
        self._next = deque(behaviour.next)

    def draw(self) -> str:
        """What happens to this request; counted."""
        fate = self._drawn()
        self.struck[fate] += 1
        self.struck["delayed"] += self.behaviour.delay > 0
        return fate

    def _drawn(self) -> str:
        if self._next:
            return self._next.popleft()
        value = self.chance.random()
        for name in ("declined", "away", "lost", "silent"):
            value -= getattr(self.behaviour, name)
            if value < 0:
                return name
        return "ok"


class SimulatedProvider:
    """See Provider."""

    def __init__(self, pool: asyncpg.Pool, mood: Mood) -> None:
        self._pool = pool
        self.mood = mood

    async def ask(self, key: str, operation: Operation, reference: str, amount: Decimal) -> None:
        fate = self.mood.draw()
        if self.mood.behaviour.delay:
            await asyncio.sleep(self.mood.behaviour.delay)
        if fate == "away":
            raise ProviderAway("simulated: not reached")
        if fate == "lost":
            raise ProviderSilent("simulated: the request was lost")
        no = "simulated" if fate == "declined" and operation is Operation.AUTHORISE else None
        declined = await self._pool.fetchval(_ASK, key, operation, reference, amount, no)
        if fate == "silent":
            raise ProviderSilent("simulated: the answer was lost")
        if declined is not None:
            raise Declined(declined)

    async def remembers(self, key: str) -> bool:
        row = await self._pool.fetchrow("SELECT declined FROM provider.request WHERE key = $1", key)
        if row is not None and row["declined"] is not None:
            raise Declined(row["declined"])
        return row is not None
