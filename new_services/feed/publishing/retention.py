"""How much of the stream is kept: bounded in bytes, with regard to who is still reading.

The stream is a window on the log, not an archive: what leaves it is in legacy still, and a reader
that comes too late has the tables read again (see `chassis.readmodel.follower`). Up to the limit
everything stays; beyond it, what every reader that the server knows has been given; beyond twice
the limit the oldest goes in any case, so that the disk does not fill. How far it has been cut
stands in the stream's metadata, written before anything is removed.
"""

import asyncio
import logging

from nats.aio.client import Client
from nats.js.api import StreamInfo

from contracts.subjects import LEGACY_STREAM, TRIMMED
from new_services.feed.status import Status

log = logging.getLogger("feed.retention")

LOOK_SECONDS = 5.0
KEEP = 0.8  # of the limit: cut in steps, not message by message
MIB = 1024 * 1024


def cut(first: int, last: int, size: int, limit: int, read: int | None) -> int:
    """The last sequence number that may go, 0 for none. `read`: what the slowest reader was given.

    Messages are taken to be of one size.
    """
    if size <= limit or last < first:
        return 0
    count = last - first + 1
    wanted = first + int(count * (1 - KEEP * limit / size)) - 1
    forced = first + int(count * (1 - 2 * limit / size)) - 1 if size > 2 * limit else 0
    return max(forced, wanted if read is None else min(wanted, read))


class Retention:
    """Cuts the stream from time to time; one per session."""

    def __init__(self, nats: Client, limit: int, status: Status) -> None:
        self._jetstream = nats.jetstream()
        self._limit = limit
        self._status = status

    async def run(self) -> None:
        """For ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Once. Raises what the bus raises."""
        info = await self._jetstream.stream_info(LEGACY_STREAM)
        state = info.state
        self._status.stream_bytes = state.bytes
        reader, read = await self._slowest() if state.bytes > self._limit else (None, None)
        end = cut(state.first_seq, state.last_seq, state.bytes, self._limit, read)
        self._report(state.bytes, reader, held=read is not None and end == read)
        if end >= state.first_seq:
            await self._cut(info, end)

    async def _slowest(self) -> tuple[str | None, int | None]:
        """The reader that has been given least, by its subjects, and how far that was."""
        readers = await self._jetstream.consumers_info(LEGACY_STREAM)
        given = [
            (
                max(reader.delivered.stream_seq or 0, (reader.config.opt_start_seq or 1) - 1),
                ", ".join(reader.config.filter_subjects or []) or reader.name,
            )
            for reader in readers
            if reader.delivered is not None and reader.config is not None
        ]
        if not given:
            return None, None
        read, name = min(given)
        return name, read

    def _report(self, size: int, reader: str | None, held: bool) -> None:
        kept = f"the stream holds {size / MIB:.0f} MiB, more than {self._limit / MIB:.0f}"
        text = f"{kept}: a reader of {reader} is behind" if held else None
        self._status.alarm("stream", text)

    async def _cut(self, info: StreamInfo, end: int) -> None:
        config = info.config
        config.metadata = {**(config.metadata or {}), TRIMMED: str(end)}
        await self._jetstream.update_stream(config)
        await self._jetstream.purge_stream(LEGACY_STREAM, seq=end + 1)
        log.info("the stream is cut up to message %d", end)
