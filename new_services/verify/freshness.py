"""How far a read model has come, by its own account, and waiting until it is far enough."""

import asyncio
import time
from collections.abc import Callable

import asyncpg

PATIENCE_SECONDS = 15.0
PAUSE_SECONDS = 0.01


class NotFresh(Exception):
    """The read model does not come as far as it must for a fair comparison."""


class Freshness:
    """The watermark of one service, read where its projection stores it."""

    def __init__(
        self,
        name: str,
        reader: str,
        database: asyncpg.Connection,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._reader = reader
        self._database = database
        self._patience = patience
        self._clock = clock
        self._since: float | None = None  # when the present waiting began

    async def watermark(self) -> int:
        """Unix microseconds; 0 before the first snapshot was applied."""
        found = await self._database.fetchval(
            "SELECT watermark FROM reader_position WHERE name = $1", self._reader
        )
        return int(found or 0)

    async def wait(self, micros: int) -> None:
        """Until everything legacy committed before this time is in. Raises NotFresh."""
        while not await self.reached(micros):
            pass

    async def reached(self, micros: int) -> bool:
        """Whether it is; when not, a little time has passed. Raises NotFresh after too much."""
        reached = await self.watermark()
        if reached >= micros:
            self._since = None
            return True
        now = self._clock()
        self._since = self._since or now
        if now - self._since > self._patience:
            raise NotFresh(self._complaint(reached, micros))
        await asyncio.sleep(PAUSE_SECONDS)
        return False

    def _complaint(self, reached: int, micros: int) -> str:
        waited = f"and did not catch up within {self._patience:.0f} s"
        hint = "is the feed running? (`fig status`, `fig lag`)"
        if reached == 0:
            return f"{self._name} has not applied its first snapshot {waited}; {hint}"
        behind = (micros - reached) / 1e6
        return f"{self._name} is {behind:.1f} s behind legacy {waited}; {hint}"
