"""Asks the feed for watermarks; at rest it makes few (`new_services/feed/publishing/pulse.py`).

A request that waits asks for a watermark at once. A request that is answered asks for frequent
ones, so that the next read or comparison finds the read model as fresh as under load.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from nats.aio.client import Client

from chassis.events.bus import BusErrors
from contracts.subjects import AWAKE_SECONDS, HEARTBEAT_SUBJECT

log = logging.getLogger("heartbeats")

ONCE_SECONDS = 0.05  # requests that wait at the same time ask once
AGAIN_SECONDS = AWAKE_SECONDS / 2


class Heartbeats:
    """Of one read model; every request may call, few messages are sent."""

    def __init__(self, nats: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._nats = nats
        self._clock = clock
        self._asked = -AWAKE_SECONDS
        self._sending: set[asyncio.Task[None]] = set()

    def ask(self, waits: bool) -> None:
        """A request is answered by how fresh the read model is; `waits`: for the next watermark."""
        now = self._clock()
        if now - self._asked < (ONCE_SECONDS if waits else AGAIN_SECONDS):
            return
        self._asked = now
        task = asyncio.get_running_loop().create_task(self._send())
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self) -> None:
        try:
            await self._nats.publish(HEARTBEAT_SUBJECT, b"")
        except BusErrors as error:
            log.debug("not asked: %s", error)  # without the bus there is no watermark either
