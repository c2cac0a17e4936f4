"""One run of the feed, from connecting until something fails; the next run resumes."""

import asyncio
import logging
import time
from contextlib import AsyncExitStack

from nats.aio.client import Client
from psycopg import AsyncConnection, conninfo

from contracts.change import Change, Op
from new_services.anticorruption.feed import heartbeat, publication, slot, snapshot, stream
from new_services.anticorruption.feed.bookmark import Bookmark, Bookmarks
from new_services.anticorruption.feed.decoder import Decoder
from new_services.anticorruption.feed.messages import Commit
from new_services.anticorruption.feed.pgoutput import parse
from new_services.anticorruption.feed.publication import Table
from new_services.anticorruption.feed.publisher import Publisher
from new_services.anticorruption.feed.settings import FeedSettings
from new_services.anticorruption.feed.status import Status

log = logging.getLogger("feed")

STANDBY_SECONDS = 0.5
COALESCE_SECONDS = 0.02  # while catching up, old watermarks closer than this are left out


class Session:
    """The steps of one run, numbered in `run`."""

    def __init__(self, settings: FeedSettings, nats: Client, status: Status) -> None:
        self._settings = settings
        self._nats = nats
        self._status = status
        self._publisher = Publisher(nats)
        self._bookmarks = Bookmarks(nats, settings.slot)
        self._watermark_at = 0.0

    async def run(self) -> None:
        """Until something fails; never returns. The caller waits a little and runs a new one."""
        async with AsyncExitStack() as stack:
            # 1. be the only feed of this slot
            plain = await stack.enter_async_context(await self._connect(self._settings.legacy_url))
            await self._wait_for_lock(plain)
            # 2. the stream, and where it stands
            await self._publisher.open()
            # 3. the tables, and their publication
            tables = await self._publish_tables(plain)
            # 4. a slot whose snapshot is complete
            replication = await stack.enter_async_context(
                await stream.connect(self._settings.legacy_url)
            )
            await self._ensure_snapshot(plain, replication, tables)
            # 5. stream from where the slot stands, for ever, with a heartbeat
            await slot.release(plain, self._settings.slot)
            async with asyncio.TaskGroup() as tasks:
                seconds = self._settings.heartbeat_ms / 1000
                tasks.create_task(heartbeat.beat(plain, seconds, self._status.log_ends))
                tasks.create_task(self._stream(replication))

    async def _connect(self, url: str) -> AsyncConnection:
        return await AsyncConnection.connect(
            url, autocommit=True, connect_timeout=5, application_name="fig-feed"
        )

    async def _wait_for_lock(self, plain: AsyncConnection) -> None:
        while not await heartbeat.take_lock(plain, self._settings.slot):
            self._status.reason = "standby: another feed serves this database"
            await asyncio.sleep(STANDBY_SECONDS)

    async def _publish_tables(self, plain: AsyncConnection) -> tuple[Table, ...]:
        """Create the publication when we may and it is missing; the slot must come after it."""
        name, owner_url = self._settings.publication, self._settings.owner_url
        tables = await publication.describe(plain, self._settings.tables)
        wanted = {table.name for table in tables}
        if owner_url and not wanted <= await publication.published(plain, name):
            reader = str(conninfo.conninfo_to_dict(self._settings.legacy_url)["user"])
            async with await self._connect(owner_url) as owner:
                await publication.set_up(owner, name, tables, reader)
            await slot.drop(plain, self._settings.slot)  # it knows nothing of the new tables
        await publication.require(plain, name, tables)
        return tables

    async def _ensure_snapshot(
        self, plain: AsyncConnection, replication: AsyncConnection, tables: tuple[Table, ...]
    ) -> None:
        """Leave a usable slot with a finished snapshot alone, else start over with a new one."""
        system = await slot.system_identifier(replication)
        bookmark = await self._bookmarks.read()
        if bookmark and bookmark.system != system:
            raise RuntimeError(
                f"the stream holds the changes of another PostgreSQL cluster ({bookmark.system},"
                f" not {system}); remove the stream and bucket `feed` to start over"
            )
        existing = await slot.inspect(plain, self._settings.slot)
        if bookmark and existing and existing.usable:
            return
        self._status.reason = "taking a snapshot of the legacy database"
        await slot.drop(plain, self._settings.slot)
        made = await slot.create(replication, self._settings.slot)
        await self._take_snapshot(made, tables)
        names = tuple(table.name for table in tables)
        await self._bookmarks.write(Bookmark(system, made.consistent_point, names))

    async def _take_snapshot(self, made: slot.NewSlot, tables: tuple[Table, ...]) -> None:
        self._status.snapshot_rows = 0
        started = time.monotonic()
        async with await self._connect(self._settings.legacy_url) as connection:
            async for change in snapshot.read(connection, made, tables):
                await self._publisher.publish(change)
                self._status.snapshot_rows += 1
        await self._publisher.drain()
        seconds = time.monotonic() - started
        log.info("snapshot: %d rows in %.1f s", self._status.snapshot_rows, seconds)

    async def _stream(self, replication: AsyncConnection) -> None:
        source, decoder = stream.ReplicationStream(replication), Decoder()
        await source.start(self._settings.slot, self._settings.publication)
        log.info("streaming")
        self._status.reason = None
        async for data in source.messages():
            if data is not None:
                message = parse(data)
                for change in decoder.decode(message):
                    await self._hand_over(change)
                if isinstance(message, Commit):
                    self._publisher.confirm(message.end)
            else:
                if not decoder.in_transaction:
                    # Nothing of ours up to the end of the log: let PostgreSQL forget it.
                    self._publisher.confirm(source.end)
                self._publisher.check()
            source.confirm(self._publisher.safe)
            self._status.position = source.confirmed
            self._status.published = self._publisher.published

    async def _hand_over(self, change: Change) -> None:
        """Publish, unless the stream holds it since before the last restart."""
        if change.version <= self._publisher.last:
            return
        if change.op is Op.WATERMARK:
            now = time.monotonic()
            if now - self._watermark_at < COALESCE_SECONDS:
                return
            self._watermark_at = now
            self._status.watermark = change.committed
        await self._publisher.publish(change)
