"""What is to be read, as it is now and as it is stored.

A job is ahead of its bookmark by the rows that JetStream has not confirmed yet.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from new_services.feed.log.decoder import TableChanged
from new_services.feed.log.tables import Table
from new_services.feed.publishing.publisher import Publisher
from new_services.feed.reading.bookmark import Bookmark, Bookmarks
from new_services.feed.reading.jobs import Job

log = logging.getLogger("feed.snapshot")


class JobList:
    """The jobs of one session, the first one being worked on."""

    def __init__(self, bookmarks: Bookmarks, bookmark: Bookmark, publisher: Publisher) -> None:
        self._bookmarks = bookmarks
        self._publisher = publisher
        self._now = bookmark
        self._stored = bookmark
        self._steps: deque[tuple[Job, Job | None, int]] = deque()  # sent, with what count
        self._stepped = asyncio.Event()
        self._added = asyncio.Event()
        self._writing = asyncio.Lock()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """As they are now."""
        return self._now.jobs

    @property
    def complete(self) -> bool:
        """Whether every table has been read once, and that is stored."""
        return self._stored.complete

    def first_reading(self, table: str) -> Job | None:
        """The job that reads the table for the first time, if it is not done."""
        return next((job for job in self.jobs if job.initial and job.table == table), None)

    async def add(self, job: Job) -> None:
        """Read a table, or a part of it, again; what is asked for already is not added."""
        wanted = (job.table, job.at, job.to)
        if any((each.table, each.at, each.to) == wanted for each in self.jobs if not each.since):
            return
        self._now = replace(self._now, jobs=(*self._now.jobs, job))
        self._stored = replace(self._stored, jobs=(*self._stored.jobs, job))
        self._added.set()
        log.info("to be read again: %s", job)
        await self._write()

    async def asked(self) -> None:
        """Until a job is added."""
        await self._added.wait()
        self._added.clear()

    async def look(self, tables: Sequence[Table]) -> None:
        """Read again what may have changed without a word in the log. Raises TableChanged."""
        for table in tables:
            known = self._stored.known.get(table.name)
            if known is not None and known.identity != table.identity:
                raise TableChanged(f"{table.name} has become another table, or has another key")
            if known is not None and known.content == table.content:
                continue
            # A bookmark of an earlier version knows no table at all, and has read them.
            first, adopted = known is None, not self._stored.known
            self._stored = self._stored.knows(table)
            if not adopted:
                await self.add(Job(table.name, initial=first))
            await self._write()

    def advance(self, old: Job, new: Job | None) -> None:
        """The stream has come to the end of a chunk."""
        self._now = self._now.changed(old, new)

    def sent(self, old: Job, new: Job | None) -> None:
        """The chunk's rows are on their way."""
        self._steps.append((old, new, self._publisher.sent))
        self._stepped.set()

    async def save(self) -> None:
        """For ever: store each step once its rows are stored. Raises PublishFailed."""
        while True:
            while not self._steps:
                self._stepped.clear()
                await self._stepped.wait()
            old, new, count = self._steps.popleft()
            await self._publisher.stored(count)
            self._stored = self._stored.changed(old, new)
            await self._write()

    async def _write(self) -> None:
        async with self._writing:
            await self._bookmarks.write(self._stored)
