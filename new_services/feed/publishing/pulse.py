"""How often the feed makes a watermark: often while it is needed, and rarely at rest.

It is needed while rows change, and while a read model answers requests (it asks on the bus, see
`chassis/readmodel/heartbeats.py`). The first who needs one at rest does not wait for the next.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from nats.aio.client import Client
from nats.aio.msg import Msg

from chassis.process.pace import came
from contracts.subjects import AWAKE_SECONDS, HEARTBEAT_SUBJECT


class Pulse:
    """The pause between two heartbeats: `often` seconds, or `rarely` at rest. Begins awake."""

    def __init__(
        self, often: float, rarely: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._often, self._rarely = often, max(often, rarely)
        self._clock = clock
        self._until = clock() + AWAKE_SECONDS
        self._woken = asyncio.Event()

    @property
    def awake(self) -> bool:
        """Whether heartbeats are needed just now."""
        return self._clock() < self._until

    def wake(self) -> None:
        """A row has changed, or a read model has asked; ends a pause of rest."""
        self._until = self._clock() + AWAKE_SECONDS
        self._woken.set()

    async def pause(self) -> None:
        """Until the next heartbeat is due."""
        if self.awake:
            await asyncio.sleep(self._often)
            return
        self._woken.clear()
        await came(self._woken, self._rarely)


@asynccontextmanager
async def woken(nats: Client, pulse: Pulse) -> AsyncIterator[None]:
    """Wake it whenever a read model asks, as long as the context is open."""

    async def wake(_: Msg) -> None:
        pulse.wake()

    subscription = await nats.subscribe(HEARTBEAT_SUBJECT, cb=wake)
    try:
        yield
    finally:
        if not nats.is_closed:
            await subscription.unsubscribe()
