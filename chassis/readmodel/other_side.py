"""Whether legacy could answer in our place: checked only while our own feed stands still.

A read model that is older than clients remember their writes declines, so that legacy answers. When
legacy cannot answer either, an old answer that states its age is better than none.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from chassis.readmodel.watermark import Watermark
from chassis.web.client import Answer, Request

log = logging.getLogger("other side")

EVERY_SECONDS = 1.0
ANSWER_SECONDS = 2.0
TRIES = 2  # in vain, one after the other: then it is away


class Sender(Protocol):
    async def send(self, request: Request) -> Answer:
        """One exchange. Raises ConnectionError."""


class OtherSide:
    """Asks legacy's health while the read model is stale."""

    def __init__(
        self,
        legacy: Sender,
        watermark: Watermark,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._legacy = legacy
        self._watermark = watermark
        self._pause = pause
        self._vain = 0  # tries, one after the other

    @property
    def away(self) -> bool:
        """Whether it cannot answer either."""
        return self._vain >= TRIES

    async def run(self) -> None:
        """For ever."""
        while True:
            await self.look()
            await self._pause(EVERY_SECONDS)

    async def look(self) -> None:
        """Ask once, where it matters."""
        if not self._watermark.stale:
            self._vain = 0
            return
        request = Request("GET", "/healthz", timeout=ANSWER_SECONDS)
        try:
            well = (await self._legacy.send(request)).status < 500
        except ConnectionError:
            well = False
        self._vain = 0 if well else self._vain + 1
        if self._vain == TRIES:
            log.warning("the feed stands still and legacy is away: answers state their age")
