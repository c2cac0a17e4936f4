"""How many events wait in an outbox and for how long, also while nothing can be sent.

On a connection of its own and in each instance: what makes events pile up may have stopped the
relay. While the database is away, no event is added either.
"""

import asyncio
import logging

import asyncpg
from prometheus_client import CollectorRegistry, Gauge

from chassis.database import DatabaseAway
from chassis.process.backoff import Backoff

log = logging.getLogger("outbox")

AT_REST = 4  # times the usual pause between two looks, while nothing waits

AGE = """
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created)), 0)::float8
FROM outbox WHERE sent IS NULL
"""


class OutboxWatch:
    """Two gauges, and one warning each time the oldest event has waited for too long."""

    def __init__(
        self, database_url: str, metrics: CollectorRegistry, every: float, warn_after: float
    ) -> None:
        """Seconds."""
        self._database_url = database_url
        self._every, self._warn_after = every, warn_after
        self._pending = Gauge("outbox_pending", "Events not yet sent", registry=metrics)
        self._oldest = Gauge(
            "outbox_oldest_pending_seconds", "Age of the oldest of them", registry=metrics
        )
        self._warned = False

    async def run(self) -> None:
        """For ever."""
        backoff = Backoff()
        while True:
            try:
                await self._measure_often(backoff)
            except DatabaseAway as error:
                log.warning("not measuring: %s", f"{type(error).__name__}: {error}".rstrip(": "))
            except Exception:
                log.exception("the outbox is not measured for a moment")
            await asyncio.sleep(backoff.next())

    async def _measure_often(self, backoff: Backoff) -> None:
        connection = await asyncpg.connect(
            self._database_url,
            timeout=3,
            command_timeout=10,
            server_settings={"application_name": "outbox watch"},
        )
        try:
            while True:
                pending, age = await connection.fetchrow(AGE)
                self.saw(pending, age)
                backoff.reset()
                await asyncio.sleep(self._every if pending else AT_REST * self._every)
        finally:
            connection.terminate()  # at once, also when this task is cancelled

    def saw(self, pending: int, age: float) -> None:
        """So many wait, the oldest for `age` seconds."""
        self._pending.set(pending)
        self._oldest.set(age)
        late = age > self._warn_after
        if late and not self._warned:
            log.warning("the oldest of %d pending events waits for %.0f s", pending, age)
        self._warned = late
