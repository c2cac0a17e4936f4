"""How long to pause between two looks for work: until it is announced, or for some time."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

AWAKE_SECONDS = 10.0  # after the last work


class Pace:
    """A short pause while there was work lately, a long one at rest. Seconds."""

    def __init__(
        self, awake: float, at_rest: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._awake, self._at_rest = awake, max(awake, at_rest)
        self._clock = clock
        self._rests_at = clock() + AWAKE_SECONDS

    def worked(self) -> None:
        """There was work just now."""
        self._rests_at = self._clock() + AWAKE_SECONDS

    @property
    def pause(self) -> float:
        """Until the next look."""
        return self._awake if self._clock() < self._rests_at else self._at_rest


async def came(event: asyncio.Event, seconds: float) -> bool:
    """Until the event is set, for so long at most; whether it is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
