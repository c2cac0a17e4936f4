"""Whether a callee is well again: checked only while a breaker toward it is open.

    a breaker opens ─▶ /healthz each second ─▶ it was away, and is well ─▶ the next call is a probe

Without this a breaker waits for the end of its pause, which grows while the callee is away, and
refuses calls in the seconds after its return. For a callee that reports itself well all the time
and still fails calls, the pause stays as it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from chassis.breaker.guard import Guard
from chassis.process.service import Background
from chassis.web.client import Answer, Request

EVERY_SECONDS = 1.0
ANSWER_SECONDS = 1.0


class Sender(Protocol):
    async def send(self, request: Request) -> Answer:
        """One exchange. Raises ConnectionError."""


class Revival:
    """Of one callee, by all breakers toward it."""

    def __init__(
        self,
        callee: Sender,
        guards: Sequence[Guard],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._callee, self._guards, self._pause = callee, guards, pause
        self._opened = asyncio.Event()
        for guard in guards:
            guard.on_open = self._opened.set

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._opened.wait()
            self._opened.clear()
            await self.watch()

    async def watch(self) -> None:
        """Until no breaker is open."""
        was_away = False
        while any(guard.is_open for guard in self._guards):
            if not await self._well():
                was_away = True
            elif was_away:
                was_away = False
                for guard in self._guards:
                    guard.revive()
            await self._pause(EVERY_SECONDS)

    async def _well(self) -> bool:
        try:
            asked = Request("GET", "/healthz", timeout=ANSWER_SECONDS)
            return (await self._callee.send(asked)).status < 500
        except ConnectionError:
            return False


def reviving(callee: Sender | None, guards: Mapping[str, Guard]) -> list[Background]:
    """The background work, where there is a callee."""
    return [] if callee is None or not guards else [Revival(callee, [*guards.values()]).run]
