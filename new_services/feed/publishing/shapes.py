"""Which columns the tables have, as last published."""

from collections.abc import Iterable
from dataclasses import replace

import orjson
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from contracts.feed.change import Change, Row
from contracts.subjects import LEGACY_STREAM, shape_subject


class Shapes:
    """The newest shape of each table in the stream."""

    def __init__(self) -> None:
        self._known: dict[str, Row] = {}
        # Tables that are not whole: a key whose row was too large, and as of which position.
        self.broken: dict[str, tuple[Row, int]] = {}

    async def load(self, nats: Client, tables: Iterable[str]) -> None:
        """What an earlier session published."""
        jetstream = nats.jetstream()
        for table in tables:
            try:
                message = await jetstream.get_last_msg(LEGACY_STREAM, shape_subject(table))
            except NotFoundError:
                self._known.pop(table, None)
            else:
                shape = Change.from_dict(orjson.loads(message.data or b""))
                self._known[table] = shape.after or {}
                if shape.key:
                    self.broken[table] = (shape.key, shape.lsn)

    @property
    def tables(self) -> list[str]:
        """Those that the stream has a shape of."""
        return list(self._known)

    def whole(self, change: Change) -> bool:
        """Whether the log left no column out."""
        return len(change.after or ()) >= len(self._known.get(change.table, ()))

    def differs(self, table: str, shape: Row) -> bool:
        """Whether the stream does not know the table like this."""
        return self._known.get(table) != shape

    def marked(self, shape: Change) -> Change:
        """With the key of the row that is missing, where one is."""
        found = self.broken.get(shape.table)
        return shape if found is None else replace(shape, key=found[0])

    def mended(self, table: str, since: int) -> bool:
        """Every row is published as of `since` or later; whether that made the table whole."""
        found = self.broken.get(table)
        if found is None or found[1] >= since:
            return False
        del self.broken[table]
        return True

    def learn(self, table: str, shape: Row) -> frozenset[str]:
        """It is published now; the columns whose values changed without a word in the log."""
        before = self._known.get(table)
        self._known[table] = shape
        if before is None:
            return frozenset()
        return frozenset(name for name, kind in shape.items() if before.get(name) != kind)
