"""Asks every new side how far its read model has come, and keeps the last minute of it.

A new side says it in the answer of `GET /readyz`, member `watermark`: unix microseconds; everything
that legacy committed before is in its answers. One that says nothing has no lag to speak of.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx2

from chassis.process.files import write_whole
from chassis.process.pace import came
from facade.control.surroundings.tables import Tables
from facade.control.trust import authorities
from facade.runtime.lags import LAG, Lag

EVERY_SECONDS = 1.0
QUIET_SECONDS = 2.0  # the same while it is quiet; well below lags.OUTDATED_SECONDS
KEPT = 60  # seconds
TIMEOUT_SECONDS = 1.0


class Lags:
    """Per upstream the last lag and those before it, in seconds; None: it did not say."""

    def __init__(
        self,
        tables: Tables,
        runtime: Path,
        clock: Callable[[], float] = time.time,
        transport: httpx2.AsyncBaseTransport | None = None,
        quiet: Callable[[], bool] = lambda: False,
    ) -> None:
        """While it is `quiet` no client asks anything, and it is measured less often."""
        self._tables = tables
        self._runtime = runtime
        self._clock = clock
        self._client = httpx2.AsyncClient(
            verify=authorities(), timeout=TIMEOUT_SECONDS, trust_env=False, transport=transport
        )
        self._quiet = quiet
        self._asked = asyncio.Event()
        self._measured: float | None = None
        self.now: dict[str, Lag] = {}
        self.history: dict[str, deque[float | None]] = {}

    async def run(self) -> None:
        """For as long as the process runs."""
        try:
            while True:
                self._asked.clear()
                await self.measure()
                await came(self._asked, QUIET_SECONDS if self._quiet() else EVERY_SECONDS)
        finally:
            await self._client.aclose()

    def look(self) -> None:
        """Measure now: somebody else is to be asked."""
        self._asked.set()

    async def measure(self) -> None:
        """Ask every upstream that is some route's new side, at once."""
        routes = {route.new: route.name for route in self._tables.routes() if route.new}
        asked = {name: self._tables.addresses(route, "new") for name, route in routes.items()}
        found = await asyncio.gather(*(self._of(urls) for urls in asked.values()))
        self.now = {name: lag for name, lag in zip(asked, found, strict=True) if lag is not None}
        passed = self._passed()
        for name, lag in self.now.items():
            kept = self.history.setdefault(name, deque(maxlen=KEPT))
            kept.extend([lag.seconds] * passed)
        plain = {
            name: {"seconds": lag.seconds, "at": lag.at, "reason": lag.reason}
            for name, lag in self.now.items()
        }
        write_whole(self._runtime / LAG, json.dumps(plain))

    def _passed(self) -> int:
        """Whole seconds since it was measured last, for the history: one at least."""
        before, self._measured = self._measured, self._clock()
        return 1 if before is None else max(1, min(round(self._measured - before), KEPT))

    async def _of(self, urls: Sequence[str]) -> Lag | None:
        """The furthest behind of its instances; None when none of them speaks of a watermark."""
        if not urls:
            return Lag(None, self._clock(), "no instance is registered")
        answers = await asyncio.gather(*(self._ask(url) for url in urls))
        known = [answer for answer in answers if answer is not None]
        # An instance that is gone stays registered for some seconds; it answers no client anyway.
        measured = [lag for lag in known if lag.seconds is not None]
        worst = sorted(measured, key=lambda lag: -(lag.seconds or 0.0)) or known
        return worst[0] if worst else None

    async def _ask(self, url: str) -> Lag | None:
        try:
            body = (await self._client.get(f"{url.rstrip('/')}/readyz")).json()
        except (httpx2.HTTPError, ValueError) as error:
            return Lag(None, self._clock(), f"{url} does not answer ({type(error).__name__})")
        now = self._clock()
        if not isinstance(body, dict) or "watermark" not in body:
            return None
        watermark = body["watermark"]
        if not isinstance(watermark, int) or watermark <= 0:
            return Lag(None, now, str(body.get("reason") or "no snapshot has been applied yet"))
        return Lag(max(0.0, now - watermark / 1e6), now)
