"""What must survive a restart besides the slot: which tables have been read, and how far.

Kept beside the stream it describes: when the broker loses one it loses both, and the feed reads
everything again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

import orjson
from nats.aio.client import Client
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyDeletedError, KeyNotFoundError

from chassis.events.bus import ensure_bucket
from new_services.feed.log.tables import Table
from new_services.feed.reading.jobs import Job

BUCKET = "feed"


@dataclass(frozen=True, slots=True)
class Known:
    """A table as it was when it was last looked at; see Table."""

    identity: str
    content: str


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The reading of the tables, which began when the slot was there already."""

    system: str  # identifier of the PostgreSQL cluster
    stream: str  # which stream the rows are in: when it was created
    known: Mapping[str, Known]  # by table
    jobs: tuple[Job, ...] = ()  # what is still to be read, in this order

    def knows(self, *tables: Table) -> "Bookmark":
        """With these tables as they are now."""
        seen = {table.name: Known(table.identity, table.content) for table in tables}
        return replace(self, known={**self.known, **seen})

    def describes(self, tables: Iterable[Table]) -> bool:
        """Whether it speaks of these very tables, with these keys."""
        return all(
            known.identity == table.identity
            for table in tables
            if (known := self.known.get(table.name)) is not None
        )

    @property
    def complete(self) -> bool:
        """Whether every table has been read once."""
        return not any(job.initial for job in self.jobs)

    def changed(self, old: Job, new: Job | None) -> "Bookmark":
        """With the job as it is now, or without it."""
        jobs = [new if job is old else job for job in self.jobs]
        return replace(self, jobs=tuple(job for job in jobs if job is not None))


class Bookmarks:
    """Reads and writes the bookmark of one slot."""

    def __init__(self, nats: Client, slot: str) -> None:
        self._jetstream = nats.jetstream()
        self._slot = slot

    async def read(self) -> Bookmark | None:
        """The bookmark, or None when nothing is known of a slot."""
        bucket = await ensure_bucket(self._jetstream, KeyValueConfig(BUCKET))
        try:
            entry = await bucket.get(self._slot)
        except (KeyNotFoundError, KeyDeletedError):
            return None
        value = orjson.loads(entry.value or b"{}")
        jobs = tuple(Job.from_dict(job) for job in value.get("jobs", ()))
        known = {name: Known(**columns) for name, columns in value.get("known", {}).items()}
        return Bookmark(value["system"], value.get("stream", ""), known, jobs)

    async def forget(self) -> None:
        """The next session reads every table from its beginning."""
        bucket = await ensure_bucket(self._jetstream, KeyValueConfig(BUCKET))
        await bucket.delete(self._slot)

    async def write(self, bookmark: Bookmark) -> None:
        """Only when the rows it calls read have been stored in the stream."""
        bucket = await ensure_bucket(self._jetstream, KeyValueConfig(BUCKET))
        value = {
            "system": bookmark.system,
            "stream": bookmark.stream,
            "known": {name: asdict(known) for name, known in bookmark.known.items()},
            "jobs": [job.to_dict() for job in bookmark.jobs],
        }
        await bucket.put(self._slot, orjson.dumps(value))
