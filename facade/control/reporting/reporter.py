"""Looks at the workers' counters, and says what began and what ended."""

import asyncio
import time

from facade.control.intake.fleet import Fleet
from facade.control.reporting.fallbacks import Fallbacks
from facade.control.reporting.news import News
from facade.control.reporting.troubles import upstream_troubles
from facade.control.surroundings.tables import Tables

LOOK_SECONDS = 0.5  # as often as workers send their counters


class Reporter:
    """Its `news` is what the dashboard shows."""

    def __init__(self, fleet: Fleet, tables: Tables) -> None:
        self._fleet, self._tables = fleet, tables
        self._fallbacks = Fallbacks()
        self.news = News()

    def look(self, now: float) -> None:
        """Say what is new; `now` in unix seconds."""
        upstreams = self._tables.table.upstreams if self._tables.table else {}
        wrong = [
            *upstream_troubles(self._fleet, upstreams),
            *self._fallbacks.look(self._fleet, now),
        ]
        self.news.look(wrong, now)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look(time.time())
            await asyncio.sleep(LOOK_SECONDS)
