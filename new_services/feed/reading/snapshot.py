"""Reads the tables in chunks while their changes stream by, and puts the two in order.

`run` is the reading side: mark, rows, mark, chunk after chunk, job after job. `take` and
`pass_mark` are the stream's side: they see every change and every mark in the order of the log.
When a chunk's second mark is read from the log, the rows that are true then are published there, as
of its position: so the stream is in order, and a streamed change beats a row that was read before
it. How far each job has come is stored once its rows are; after any death it goes on from there.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence

from psycopg import AsyncConnection

from contracts.feed.change import Change, Op, Row, Version
from contracts.feed.rows import SnapshotRows, Values
from new_services.feed.log.keys import Key
from new_services.feed.log.tables import Table, describe
from new_services.feed.log.types import Types
from new_services.feed.publishing.shapes import Shapes
from new_services.feed.reading import chunks
from new_services.feed.reading.chunks import Reading
from new_services.feed.reading.coverage import arrives, keys, left, visible
from new_services.feed.reading.job_list import JobList
from new_services.feed.reading.jobs import Job
from new_services.feed.reading.progress import Progress
from new_services.feed.reading.visibility import Recent
from new_services.feed.reading.window import Verdict, Window

log = logging.getLogger("feed.snapshot")

CHUNK_BYTES = 4_000_000  # of text; rows of unusual width come in smaller chunks
FIRST_CHUNK = 200  # rows, until their width is known
RETRY_SECONDS = 0.02

ROWS_PER_MESSAGE = 50
MESSAGE_CHARACTERS = 32_000  # of text; a row that has more is a message by itself

# Publisher.publish, in the stream's task
Publish = Callable[[Change | SnapshotRows], Awaitable[None]]
Place = tuple[int, int, int, str]  # see Decoder.position


class Snapshotter:
    """One per session."""

    def __init__(
        self, plan: JobList, types: Types, progress: Progress, shapes: Shapes, most: int
    ) -> None:
        self._plan = plan
        self._types = types
        self._progress = progress
        self._shapes = shapes
        self._most = most  # rows in a chunk
        self._recent = Recent()
        self._last_xid = 0
        self._window: Window | None = None
        self._reading: Reading | None = None
        self._judged: asyncio.Future[Verdict] | None = None

    # --- the stream's side ------------------------------------------------------------------

    def knows(self, shape: Change, last: Version) -> bool:
        """Whether this shape was published before `last` already."""
        return shape.version < last and shape.table in self._shapes.tables

    async def take(self, change: Change) -> Change | None:
        """What of a change that was read from the log is to be published; None: nothing."""
        if change.op is Op.SHAPE:
            return await self._take_shape(change)
        if change.xid != self._last_xid:
            self._last_xid = change.xid
            self._recent.note(change.xid)
        window = self._window
        if window is not None and window.job.table == change.table:
            if change.op is Op.TRUNCATE:
                window.spoiled = True
            for key in keys(change):
                window.touch(key, change.xid)
        job = self._plan.first_reading(change.table)
        return change if job is None else await self._cover(job, change)

    async def _take_shape(self, change: Change) -> Change | None:
        shape = change.after or {}
        if not self._shapes.differs(change.table, shape):
            return None
        if self._shapes.learn(change.table, shape):  # DDL fills columns without a word in the log
            await self._plan.add(Job(change.table, initial=False))
        return self._shapes.marked(change)

    async def _cover(self, job: Job, change: Change) -> Change | None:
        seen = visible(job, change)
        if arrives(job, change) and not self._shapes.whole(change):
            # Moved here from where we have not read, and the log left a large value out.
            key = tuple(change.key.values())
            await self._plan.add(Job.of_range(job.table, key, key))
            return left(change)
        return seen

    async def pass_mark(self, text: str, place: Place, publish: Publish) -> None:
        """A mark was read from the log; marks of earlier sessions are ignored."""
        edge, name = text.split(":")
        window = self._window
        if window is None or window.name != name:
            return
        if edge == "open":
            window.open(place[0], self._recent)
        else:
            self._window = None
            await self._close(window, place, publish)

    async def _close(self, window: Window, place: Place, publish: Publish) -> None:
        assert self._judged is not None and self._reading is not None
        table, old, verdict = self._reading.table, window.job, window.judge(self._recent)
        lsn, _, xid, committed = place
        if self._shapes.differs(table.name, table.shape):
            if self._shapes.learn(table.name, table.shape) and old.at is not None:
                await self._plan.add(Job(table.name, initial=False))
            shape = Change(table.name, Op.SHAPE, {}, None, table.shape, lsn, 0, xid, committed)
            await publish(self._shapes.marked(shape))
        new = old.moved(window.opened, verdict.at, len(verdict.rows))
        self._plan.advance(old, None if verdict.done else new)
        self._judged.set_result(verdict)  # the next chunk is read while this one is published
        columns = tuple(column.name for column in table.columns)
        for rows in packed([row for _, row in verdict.rows]):
            await publish(SnapshotRows(table.name, table.key, columns, rows, lsn, committed))
        if verdict.done:
            first, last = (_row(table, edge) for edge in (old.start, old.to))
            end = (new.since, 0, 0, committed)
            await publish(Change(table.name, Op.SNAPSHOT_END, {}, first, last, *end))
            if not old.ranged and self._shapes.mended(table.name, new.since):
                shape = Change(table.name, Op.SHAPE, {}, None, table.shape, lsn, 0, xid, committed)
                await publish(shape)
        self._plan.sent(old, None if verdict.done else new)

    # --- the reading side -------------------------------------------------------------------

    async def run(self, connection: AsyncConnection) -> None:
        """For ever: whatever is to be read, and then whatever is asked for."""
        while True:
            while self._plan.jobs:
                await self._estimate(connection)
                await self._run_job(connection)
            self._progress.idle()
            await self._plan.asked()

    async def _estimate(self, connection: AsyncConnection) -> None:
        for job in self._plan.jobs:
            if not self._progress.counted(job):
                (table,) = await describe(connection, [job.table], self._types)
                self._progress.count(job, await chunks.count(connection, table, job))

    async def _run_job(self, connection: AsyncConnection) -> None:
        """The first job, chunk by chunk."""
        limit, started, rows = min(FIRST_CHUNK, self._most), time.monotonic(), 0
        table = self._plan.jobs[0].table
        while True:
            verdict, size = await self._chunk(connection, limit)
            rows += len(verdict.rows)
            self._progress.read(table, len(verdict.rows))
            if verdict.done:
                break
            if not verdict.rows:  # rows that are being written just now
                limit = max(1, limit // 4)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                width = max(1, size // len(verdict.rows))
                limit = max(1, min(self._most, CHUNK_BYTES // width))
        seconds = time.monotonic() - started
        log.info("%s has been read: %d rows in %.1f s", table, rows, seconds)

    async def _chunk(self, connection: AsyncConnection, limit: int) -> tuple[Verdict, int]:
        """The next rows of the first job, and their size as text; they are published soon."""
        job, name = self._plan.jobs[0], secrets.token_hex(6)
        window = Window(name, job)
        judged: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._reading, self._judged, self._window = None, judged, window
        await chunks.mark(connection, f"open:{name}")
        reading = await chunks.read(connection, self._types, job, limit)
        self._reading, window.read = reading, reading.rows
        await chunks.mark(connection, f"close:{name}")
        return await judged, reading.size


def packed(rows: Sequence[Values]) -> Iterator[Sequence[Values]]:
    """The rows in the groups that are one message each."""
    group, size = list[Values](), 0
    for row in rows:
        width = sum(len(value) for value in row if isinstance(value, str))
        if group and (len(group) == ROWS_PER_MESSAGE or size + width > MESSAGE_CHARACTERS):
            yield group
            group, size = [], 0
        group.append(row)
        size += width
    if group:
        yield group


def _row(table: Table, key: Key | None) -> Row | None:
    """A key with the names of its columns."""
    return None if key is None else dict(zip(table.key, key, strict=True))
