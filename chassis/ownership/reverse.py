"""The reverse feed of one domain: writes the owning service's changes into legacy's tables. Once
the window is closed, it publishes them to the services that keep a copy, as events (`closed`).

    a write's transaction ─▶ owned_change ─▶ present state of those keys ─▶ one transaction there
                                 ▲                                              │
                                 └───────────────── deleted ◀───────────────────┘
Rows name keys and no values, so they need no order of commit, and applying them twice is harmless.
All rows of a key are taken together, in one snapshot. One instance does it at a time; `turn` in
legacy's database keeps a batch out that another instance has overtaken.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

from chassis.database import SOON, DatabaseAway
from chassis.events.bus import BusErrors
from chassis.ownership.closed.publisher import StatePublisher
from chassis.ownership.record import Owner, Record
from chassis.ownership.records import Records
from chassis.ownership.sides import Batch, Late, LegacyAway, LegacySide, Pending, Source
from chassis.process.backoff import Backoff
from chassis.process.exclusive import exclusive
from chassis.process.pace import came

log = logging.getLogger("reverse")

BATCH = 200  # rows, and besides them all of the same keys
# From one batch to the next, unless it is full: a batch of one row costs nearly as much as one of
# ten. Whoever writes alone does not wait for it.
PACE_SECONDS = 0.04
IDLE_SECONDS = 0.25  # between looks while no write of this process says that there is something
AWAY_SECONDS = 1.0  # between looks while the domain is legacy's
PATIENCE_SECONDS = 0.5  # for which a write waits until legacy has it
POLL_SECONDS = 0.01  # where another instance writes; this one says itself what it has written
LOOK_SECONDS = 0.1
KEPT = 500  # numbers of changes that this instance has written
_TAKE = """
WITH first AS (SELECT entity, key FROM owned_change WHERE domain = $1 ORDER BY seq LIMIT $2)
SELECT seq, entity, key FROM owned_change
WHERE domain = $1 AND (entity, key) IN (SELECT entity, key FROM first) ORDER BY seq
"""
_NEXT = "SELECT nextval(pg_get_serial_sequence('owned_change', 'seq'))"
# Where a crash takes this back, the same is written once more, which does no harm.
_DONE = f"""
WITH {SOON} DELETE FROM owned_change USING soon WHERE domain = $1 AND seq = ANY ($2::bigint[])
"""
_WAITS = "SELECT EXISTS (SELECT FROM owned_change WHERE domain = $1 AND seq = $2)"
_PENDING = """
SELECT count(*) AS pending, coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8
FROM owned_change WHERE domain = $1
"""


@dataclass(slots=True)
class ReverseFeed:
    """Of one domain, in one process."""

    database_url: str
    records: Records
    legacy: LegacySide | None  # None: there is no monolith, or its database is not known
    own: Source
    publisher: StatePublisher | None = None  # None: no service keeps a copy
    trouble: str = "not begun yet"  # why nothing is written just now; empty: nothing is in the way
    position: int = 0  # the last change that this process has written
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _active: bool = False  # it is this instance that writes
    _done: "deque[int]" = field(default_factory=lambda: deque(maxlen=KEPT))
    _waiting: "dict[int, asyncio.Event]" = field(default_factory=dict)  # by number of the change

    def hurry(self) -> None:
        """There is something to write."""
        self._news.set()

    async def given(self, seq: int) -> None:
        """Wait a moment until legacy has this change, so that its author finds it there, and in
        every read model, from the answer on. Not while something is in the way."""
        self.hurry()
        if seq in self._done:
            return
        until = time.monotonic() + PATIENCE_SECONDS
        written = self._waiting[seq] = asyncio.Event()
        try:
            while not self.trouble and time.monotonic() < until:
                seconds = LOOK_SECONDS if self._active else POLL_SECONDS
                if await came(written, seconds) or not await self._waits(seq):
                    break
        finally:
            del self._waiting[seq]

    async def _waits(self, seq: int) -> bool:
        found = await self.records.pool.fetchval(_WAITS, self.records.domain, seq)
        return bool(found)

    async def run(self) -> None:
        """For ever; what passes is waited for."""
        backoff = Backoff()
        while True:
            began = time.monotonic()
            try:
                await self._work()
            except (*DatabaseAway, *BusErrors, LegacyAway, Late) as error:
                self._failed(error)
            except Exception as error:
                self._failed(error)
                log.exception("reverse feed of %s", self.records.domain)
            if time.monotonic() - began > AWAY_SECONDS:
                backoff.reset()
            await asyncio.sleep(backoff.next())

    def _failed(self, error: Exception) -> None:
        said = str(error) or type(error).__name__
        if said != self.trouble:
            log.warning("reverse feed of %s: %s", self.records.domain, said)
        self.trouble = said

    async def _work(self) -> None:
        name = f"reverse feed of {self.records.domain}"
        async with exclusive(self.database_url, name) as connection:
            self._active = True
            try:
                while True:
                    await self._look(connection)
            finally:
                self._active = False
                if self.legacy is not None:
                    await self.legacy.release()

    async def _look(self, connection: asyncpg.Connection) -> None:
        """Write a batch, or wait a moment."""
        self._news.clear()
        began, record = time.monotonic(), await self.records.look(connection)
        count = await self._batch(connection, record) if record.owner is Owner.NEW else 0
        self.trouble = ""
        if not count:
            await came(self._news, IDLE_SECONDS if record.owner is Owner.NEW else AWAY_SECONDS)
        elif count < BATCH:
            await asyncio.sleep(max(0.0, began + PACE_SECONDS - time.monotonic()))

    async def _batch(self, connection: asyncpg.Connection, record: Record) -> int:
        """How many rows there were to write, 0: none."""
        domain = self.records.domain
        legacy = self._legacy() if record.window_open else None
        turn = 0 if legacy is None else await legacy.turn()
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            rows = await connection.fetch(_TAKE, domain, BATCH)
            if not rows:
                return 0
            if not (await self.records.look(connection)).same_window(record):
                return len(rows)  # moved, or closed, since the last look: once more
            pending = [Pending(*row) for row in rows]
            present = await self.own.read(connection, pending)
        if legacy is not None:
            await legacy.apply(Batch(record.epoch, turn, pending[-1].seq, present))
        elif self.publisher is not None:
            seq = await connection.fetchval(_NEXT)  # behind the reading: the later, the higher
            await self.publisher.publish(record, pending, present, seq)
        await self._written(connection, pending)
        return len(rows)

    def _legacy(self) -> LegacySide:
        if self.legacy is None:
            raise LegacyAway("legacy's database is not configured, and the window is open")
        return self.legacy

    async def _written(self, connection: asyncpg.Connection, pending: Sequence[Pending]) -> None:
        numbers = [each.seq for each in pending]
        self._done.extend(numbers)
        for number in numbers:
            if number in self._waiting:
                self._waiting[number].set()
        await connection.execute(_DONE, self.records.domain, numbers)
        self.position = numbers[-1]

    async def drained(self) -> bool:
        """Whether legacy has been given everything."""
        self.hurry()
        return (await self.behind())[0] == 0

    async def behind(self) -> tuple[int, float]:
        """How many changes legacy has not been given, and how many seconds old the oldest is."""
        pending, age = await self.records.pool.fetchrow(_PENDING, self.records.domain)
        return int(pending), float(age)
