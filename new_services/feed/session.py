"""One run of the feed, from connecting until something fails; the next run resumes."""

import asyncio
import logging
import time
from contextlib import AsyncExitStack

from nats.aio.client import Client
from psycopg import AsyncConnection, conninfo

from contracts.change import Change, Op
from new_services.feed.log import publication, slot, stream
from new_services.feed.log.decoder import Decoder
from new_services.feed.log.filling import Filler
from new_services.feed.log.messages import Commit, LogicalMessage
from new_services.feed.log.pgoutput import parse
from new_services.feed.log.publication import Table
from new_services.feed.publishing import heartbeat
from new_services.feed.publishing.publisher import Publisher
from new_services.feed.publishing.retention import Retention
from new_services.feed.publishing.shapes import Shapes
from new_services.feed.reading import requests
from new_services.feed.reading.bookmark import Bookmark, Bookmarks
from new_services.feed.reading.chunks import MARK_PREFIX
from new_services.feed.reading.jobs import Job
from new_services.feed.reading.plan import Plan
from new_services.feed.reading.snapshot import Snapshotter
from new_services.feed.settings import FeedSettings
from new_services.feed.status import Status

log = logging.getLogger("feed")

STANDBY_SECONDS = 0.5
COALESCE_SECONDS = 0.02  # while catching up, old watermarks closer than this are left out


class Session:
    """The steps of one run, numbered in `run`."""

    def __init__(
        self, settings: FeedSettings, nats: Client, publisher: Publisher, status: Status
    ) -> None:
        self._settings = settings
        self._nats = nats
        self._status = status
        self._publisher = publisher
        self._bookmarks = Bookmarks(nats, settings.slot)
        self._watermark_at = 0.0

    async def run(self) -> None:
        """Until something fails; never returns. The caller waits a little and runs a new one."""
        settings = self._settings
        async with AsyncExitStack() as stack:
            # 1. be the only feed of this slot
            plain = await stack.enter_async_context(await self._connect(settings.legacy_url))
            await self._wait_for_lock(plain)
            # 2. the stream, and where it stands
            await self._publisher.open()
            shapes = Shapes()
            await shapes.load(self._nats, settings.tables)
            self._publisher.broken = shapes.broken
            # 3. the tables, and their publication
            tables = await self._publish_tables(plain)
            # 4. a slot, and what is still to be read of the tables
            replication = await stack.enter_async_context(await stream.connect(settings.legacy_url))
            bookmark = await self._ensure_slot(plain, replication, tables)
            plan = Plan(self._bookmarks, bookmark, self._publisher)
            snapshotter = Snapshotter(plan, self._status.progress, shapes, settings.chunk_rows)
            reading = await stack.enter_async_context(await self._connect(settings.legacy_url))
            await stack.enter_async_context(requests.answered(self._nats, plan, tables))
            # 5. stream from where the slot stands, for ever, with a heartbeat; read meanwhile
            await slot.release(plain, settings.slot)
            async with asyncio.TaskGroup() as tasks:
                seconds = settings.heartbeat_ms / 1000
                tasks.create_task(heartbeat.beat(plain, seconds, self._status.log_ends))
                tasks.create_task(
                    self._stream(replication, snapshotter, plan, Filler(plain, shapes))
                )
                tasks.create_task(snapshotter.run(reading))
                tasks.create_task(plan.save())
                tasks.create_task(
                    Retention(self._nats, settings.stream_mb * 1024 * 1024, self._status).run()
                )

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
        missing = not wanted <= await publication.published(plain, name)
        if owner_url and (missing or await publication.restricted(plain, name)):
            reader = str(conninfo.conninfo_to_dict(self._settings.legacy_url)["user"])
            async with await self._connect(owner_url) as owner:
                await publication.set_up(owner, name, tables, reader)
            if missing:
                await slot.drop(plain, self._settings.slot)  # it knows nothing of the new tables
        await publication.require(plain, name, tables)
        return tables

    async def _ensure_slot(
        self, plain: AsyncConnection, replication: AsyncConnection, tables: tuple[Table, ...]
    ) -> Bookmark:
        """Go on with a usable slot whose bookmark is known, else start over with a new one."""
        system = await slot.system_identifier(replication)
        bookmark = await self._bookmarks.read()
        if bookmark and bookmark.system != system:
            raise RuntimeError(
                f"the stream holds the changes of another PostgreSQL cluster ({bookmark.system},"
                f" not {system}); remove the stream and bucket `feed` to start over"
            )
        existing = await slot.inspect(plain, self._settings.slot)
        same_stream = bookmark is not None and bookmark.stream == self._publisher.stream
        if bookmark and same_stream and existing and existing.usable:
            return bookmark
        if bookmark:
            lost = "slot" if same_stream else "stream"
            log.warning("the %s is lost, and changes with it: every table is read again", lost)
        names = tuple(table.name for table in tables)
        jobs = tuple(Job(name, initial=True) for name in names)
        bookmark = Bookmark(system, self._publisher.stream, names, jobs)
        # Before the slot: what is written afterwards would leave a moment in which an old
        # bookmark speaks of a new slot.
        await self._bookmarks.write(bookmark)
        await slot.drop(plain, self._settings.slot)
        await slot.create(replication, self._settings.slot)
        return bookmark

    async def _stream(
        self,
        replication: AsyncConnection,
        snapshotter: Snapshotter,
        plan: Plan,
        filler: Filler,
    ) -> None:
        source, decoder = stream.ReplicationStream(replication), Decoder()
        await source.start(self._settings.slot, self._settings.publication)
        log.info("streaming")
        async for data in source.messages():
            if data is not None:
                message = parse(data)
                for change in decoder.decode(message):
                    await self._hand_over(await filler.whole(change), snapshotter)
                if isinstance(message, LogicalMessage) and message.prefix == MARK_PREFIX:
                    text = message.content.decode()
                    await snapshotter.pass_mark(text, decoder.position, self._publisher.publish)
                elif isinstance(message, Commit):
                    self._publisher.confirm(message.end)
            else:
                if not decoder.in_transaction:
                    # Nothing of ours up to the end of the log: let PostgreSQL forget it.
                    self._publisher.confirm(source.end)
                self._publisher.check()
            source.confirm(self._publisher.safe)
            self._status.streams(source.confirmed, self._publisher.published, plan.complete)

    async def _hand_over(self, change: Change, snapshotter: Snapshotter) -> None:
        """Publish, unless the stream holds it since before the last restart."""
        last = self._publisher.last
        if change.op is Op.WATERMARK:
            if change.version > last:
                await self._publish_watermark(change)
        elif change.op is not Op.SHAPE or not snapshotter.knows(change, last):
            seen = await snapshotter.take(change)
            if seen is not None and (seen.op is Op.SHAPE or seen.version > last):
                await self._publisher.publish(seen)

    async def _publish_watermark(self, change: Change) -> None:
        now = time.monotonic()
        if now - self._watermark_at >= COALESCE_SECONDS:
            self._watermark_at = now
            self._status.watermark = change.committed
            await self._publisher.publish(change)
