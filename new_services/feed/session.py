"""One run of the feed, from connecting until something fails; the next run resumes."""

import asyncio
import logging
import time
from collections.abc import Collection, Iterator
from contextlib import AsyncExitStack

from nats.aio.client import Client
from psycopg import AsyncConnection, conninfo

from contracts.feed.change import Change, Op
from new_services.feed.log import publication, slot, stream
from new_services.feed.log.decoder import Decoder, TableChanged
from new_services.feed.log.filling import Filler
from new_services.feed.log.identity import NotPublished
from new_services.feed.log.messages import Commit, LogicalMessage, Relation
from new_services.feed.log.pgoutput import parse
from new_services.feed.log.tables import Table, describe
from new_services.feed.log.types import Types
from new_services.feed.publishing import heartbeat
from new_services.feed.publishing.publisher import Publisher
from new_services.feed.publishing.pulse import Pulse, woken
from new_services.feed.publishing.retention import Retention
from new_services.feed.publishing.shapes import Shapes
from new_services.feed.reading import requests
from new_services.feed.reading.bookmark import Bookmark, Bookmarks
from new_services.feed.reading.chunks import MARK_PREFIX
from new_services.feed.reading.job_list import JobList
from new_services.feed.reading.jobs import Job
from new_services.feed.reading.snapshot import Snapshotter
from new_services.feed.settings import FeedSettings
from new_services.feed.status import Status

log = logging.getLogger("feed")

STANDBY_SECONDS = 0.5
LOOK_SECONDS = 1.0  # at the tables: what DDL does to them stands in no log
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
        self._types = Types()
        self._pulse = Pulse(settings.heartbeat_ms / 1000, settings.rest_ms / 1000)
        self._watermark_at = 0.0

    async def run(self) -> None:
        """Until something fails; never returns. The caller waits a little and runs a new one."""
        try:
            await self._run()
        except* TableChanged:
            await self._bookmarks.forget()
            raise
        except* NotPublished as group:
            unusable = frozenset[str]()
            for error in _leaves(group):
                unusable |= error.unusable
            await self._withdraw(unusable)
            raise

    async def _run(self) -> None:
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
            plan = JobList(self._bookmarks, bookmark, self._publisher)
            await plan.look(tables)
            snapshotter = Snapshotter(
                plan, self._types, self._status.progress, shapes, settings.chunk_rows
            )
            watching = await stack.enter_async_context(await self._connect(settings.legacy_url))
            reading = await stack.enter_async_context(await self._connect(settings.legacy_url))
            await stack.enter_async_context(requests.answered(self._nats, plan, tables))
            await stack.enter_async_context(woken(self._nats, self._pulse))
            # 5. stream from where the slot stands, for ever, with a heartbeat; read meanwhile
            await slot.release(plain, settings.slot)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(heartbeat.beat(plain, self._pulse, self._status.log_ends))
                filler = Filler(plain, self._types, shapes)
                decoder = Decoder(tables, self._types)
                tasks.create_task(self._stream(replication, decoder, snapshotter, plan, filler))
                tasks.create_task(snapshotter.run(reading))
                tasks.create_task(self._watch(watching, plan))
                tasks.create_task(plan.save())
                tasks.create_task(
                    Retention(self._nats, settings.stream_mb * 1024 * 1024, self._status).run()
                )

    async def _connect(self, url: str) -> AsyncConnection:
        return await AsyncConnection.connect(
            stream.spoken(url), autocommit=True, connect_timeout=5, application_name="fig-feed"
        )

    async def _wait_for_lock(self, plain: AsyncConnection) -> None:
        while not await heartbeat.take_lock(plain, self._settings.slot):
            self._status.reason = "standby: another feed serves this database"
            await asyncio.sleep(STANDBY_SECONDS)

    async def _publish_tables(self, plain: AsyncConnection) -> tuple[Table, ...]:
        """Set the publication up where we may and it lacks something; the slot must come after."""
        name, owner_url = self._settings.publication, self._settings.owner_url
        tables = await describe(plain, self._settings.tables, self._types)
        wanted = {table.name for table in tables}
        missing = not wanted <= await publication.published(plain, name)
        if owner_url and (missing or await publication.restricted(plain, name)):
            reader = str(conninfo.conninfo_to_dict(self._settings.legacy_url)["user"])
            async with await self._connect(owner_url) as owner:
                await publication.set_up(owner, name, tables, reader)
            await slot.drop(plain, self._settings.slot)  # it does not hold what was left out
        await publication.require(plain, name, tables)
        return tables

    async def _withdraw(self, unusable: Collection[str]) -> None:
        """The application must be able to write to these tables. Raises NotPublished."""
        name, owner_url = self._settings.publication, self._settings.owner_url
        if not unusable:
            return
        async with await self._connect(owner_url or self._settings.legacy_url) as connection:
            if owner_url:
                await publication.withdraw(connection, name, unusable)
            elif listed := sorted(set(unusable) & await publication.published(connection, name)):
                raise NotPublished(
                    f"PostgreSQL refuses UPDATE and DELETE on {', '.join(listed)} as long as it is"
                    f" published: ALTER PUBLICATION {name} DROP TABLE {', '.join(listed)}"
                )

    async def _watch(self, connection: AsyncConnection, plan: JobList) -> None:
        """For ever: what DDL does to the tables. Raises NotPublished, TableChanged."""
        settings = self._settings
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            tables = await describe(connection, settings.tables, self._types)
            try:
                await publication.require(connection, settings.publication, tables)
            except NotPublished as error:
                raise TableChanged(str(error)) from error
            await plan.look(tables)

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
        same_tables = bookmark is not None and bookmark.describes(tables)
        if bookmark and same_stream and same_tables and existing and existing.usable:
            return bookmark
        if bookmark and not same_tables:
            log.warning("a table has another key than before: every table is read again")
        elif bookmark:
            lost = "slot" if same_stream else "stream"
            log.warning("the %s is lost, and changes with it: every table is read again", lost)
        jobs = tuple(Job(table.name, initial=True) for table in tables)
        bookmark = Bookmark(system, self._publisher.stream, {}, jobs).knows(*tables)
        # Before the slot: what is written afterwards would leave a moment in which an old
        # bookmark speaks of a new slot.
        await self._bookmarks.write(bookmark)
        await slot.drop(plain, self._settings.slot)
        await slot.create(replication, self._settings.slot)
        return bookmark

    async def _stream(
        self,
        replication: AsyncConnection,
        decoder: Decoder,
        snapshotter: Snapshotter,
        plan: JobList,
        filler: Filler,
    ) -> None:
        source = stream.ReplicationStream(replication)
        await source.start(self._settings.slot, self._settings.publication)
        log.info("streaming")
        async for data in source.messages():
            if data is not None:
                message = parse(data)
                if isinstance(message, Relation):
                    await filler.learn(column.type_oid for column in message.columns)
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
            return
        if change.op is not Op.SHAPE or not snapshotter.knows(change, last):
            self._pulse.wake()
            seen = await snapshotter.take(change)
            if seen is not None and (seen.op is Op.SHAPE or seen.version > last):
                await self._publisher.publish(seen)

    async def _publish_watermark(self, change: Change) -> None:
        now = time.monotonic()
        if change.origin:  # of a fence: a cutover waits for this place in the log
            await self._publisher.publish(change)
        elif now - self._watermark_at >= COALESCE_SECONDS:
            self._watermark_at = now
            self._status.watermark = change.committed
            await self._publisher.publish(change)


def _leaves(group: BaseExceptionGroup[NotPublished]) -> Iterator[NotPublished]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
