"""What must survive a restart besides the slot: that the snapshot is complete, and of what.

Kept beside the stream it describes: when the broker loses one it loses both, and the feed takes a
new snapshot.
"""

from dataclasses import asdict, dataclass

import orjson
from nats.aio.client import Client
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError

from chassis.bus import ensure_bucket

BUCKET = "feed"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A finished snapshot."""

    system: str  # identifier of the PostgreSQL cluster
    consistent_point: int
    tables: tuple[str, ...]


class Bookmarks:
    """Reads and writes the bookmark of one slot."""

    def __init__(self, nats: Client, slot: str) -> None:
        self._jetstream = nats.jetstream()
        self._slot = slot

    async def read(self) -> Bookmark | None:
        """The bookmark, or None before the first finished snapshot."""
        bucket = await ensure_bucket(self._jetstream, KeyValueConfig(BUCKET))
        try:
            entry = await bucket.get(self._slot)
        except KeyNotFoundError:
            return None
        value = orjson.loads(entry.value or b"{}")
        return Bookmark(value["system"], value["consistent_point"], tuple(value["tables"]))

    async def write(self, bookmark: Bookmark) -> None:
        """Only after every row of the snapshot has been stored in the stream."""
        bucket = await ensure_bucket(self._jetstream, KeyValueConfig(BUCKET))
        await bucket.put(self._slot, orjson.dumps(asdict(bookmark)))
