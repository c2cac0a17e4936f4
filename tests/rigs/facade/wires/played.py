"""The wire to the monolith, played: each exchange is answered with what is next."""

import contextlib
from collections.abc import AsyncIterator

from chassis.web.client import Answer, NoTurn, Request


class Wire:
    """Answers each exchange with what is next, the last one for ever; each takes some time."""

    def __init__(self, *played: Answer | Exception, takes: float = 0.01) -> None:
        self.played = list(played)
        self.sent: list[Request] = []
        self.now, self.takes = 5000.0, takes
        self.queue = 0.0  # seconds until it is our turn
        self.full = False

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        if self.full:
            raise NoTurn("no turn")
        self.now += self.queue
        yield

    async def exchange(self, request: Request) -> Answer:
        self.sent.append(request)
        self.now += self.takes
        played = self.played.pop(0) if len(self.played) > 1 else self.played[0]
        if isinstance(played, Exception):
            raise played
        return played

    async def pause(self, seconds: float) -> None:
        self.now += seconds
