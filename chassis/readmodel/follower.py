"""Follows a stream from a stored position, one instance at a time, in order.

The position is stored in the transaction that applies what was read, so it is the acknowledgement:
a message is taken when its effect is committed, never before and never twice. Other instances wait,
and take over when the connection of the active one ends.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import asyncpg
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError

from chassis.database import DatabaseAway
from chassis.events.bus import BusErrors
from chassis.process.backoff import Backoff
from chassis.process.exclusive import POLL_SECONDS, exclusive
from chassis.process.pace import came
from chassis.readmodel.reader import StreamReader
from chassis.readmodel.watermark import Watermark
from contracts.subjects import TRIMMED

log = logging.getLogger("follower")

# Run by the migration of each service that follows a stream; a later change is SCHEMA_2.
SCHEMA_1 = """
CREATE TABLE reader_position (
    name      text PRIMARY KEY,
    stream    text NOT NULL,
    sequence  bigint NOT NULL,
    watermark bigint NOT NULL DEFAULT 0,
    begun     integer NOT NULL DEFAULT 0
);
COMMENT ON COLUMN reader_position.stream IS 'which stream: when it was created';
COMMENT ON COLUMN reader_position.watermark IS 'unix microseconds; all told before it is in';
COMMENT ON COLUMN reader_position.begun IS 'times the next message was begun and not finished';
"""

STOPPED_SECONDS = 3.0
STANDBY_SECONDS = 0.025  # between two looks of an instance that answers requests and stands by
LOOKS = 4  # before it tries again to be the active one
GONE_SECONDS = 300.0
IDLE_SECONDS = 300.0  # without a message for us: then the position follows the stream
STORE_SECONDS = 0.5  # so old may be what is stored of a position that passed over nothing but time

Passing = (*BusErrors, *DatabaseAway, NotFoundError)  # what waiting can cure


@dataclass(slots=True)
class Position:
    """How far one reader has come in one stream."""

    name: str
    stream: str = ""
    sequence: int = 0
    watermark: int = 0
    watched: bool = False  # another instance is active: this one is as fresh as the stored tables
    stored_at: float = 0.0  # monotonic seconds

    async def load(self, connection: asyncpg.Connection, stream: str) -> None:
        """As stored; at the beginning for a stream that was made again."""
        row = await connection.fetchrow(
            "SELECT stream, sequence, watermark FROM reader_position WHERE name = $1", self.name
        )
        self.stream, self.sequence, self.watermark = stream, 0, 0
        if row is not None and row["stream"] == stream:
            self.sequence, self.watermark = row["sequence"], row["watermark"]

    async def save(self, connection: asyncpg.Connection, sequence: int, watermark: int = 0) -> None:
        """Move on, in the transaction of what was applied. Raises where it was not committed."""
        self.stored_at = time.monotonic()
        await connection.execute(
            "INSERT INTO reader_position (name, stream, sequence, watermark) VALUES ($1,$2,$3,$4)"
            " ON CONFLICT (name) DO UPDATE"
            " SET stream = $2, sequence = $3, watermark = $4, begun = 0",
            self.name,
            self.stream,
            sequence,
            max(watermark, self.watermark),
        )

    def moved(self, sequence: int, watermark: int = 0) -> None:
        """The transaction was committed."""
        self.sequence, self.watermark = sequence, max(watermark, self.watermark)

    @property
    def lasts(self) -> bool:
        """Whether what is stored is new enough, should nothing but the time have passed since."""
        return not self.watched and time.monotonic() - self.stored_at < STORE_SECONDS

    async def begin(self, connection: asyncpg.Connection) -> int:
        """The next message is begun; how often that has happened to it without an end."""
        return int(
            await connection.fetchval(
                "INSERT INTO reader_position (name, stream, sequence, begun) VALUES ($1, $2, $3, 1)"
                " ON CONFLICT (name) DO UPDATE SET begun = reader_position.begun + 1"
                " RETURNING begun",
                self.name,
                self.stream,
                self.sequence,
            )
        )


Deliver = Callable[[asyncpg.Connection, Sequence[Msg], Position], Awaitable[None]]
# Called in the open transaction when the stream no longer has messages that we need: marks what is
# incomplete and asks for a new snapshot.
Missed = Callable[[asyncpg.Connection], Awaitable[None]]
_WATCHED = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1
               AND datname = current_database() AND pid <> pg_backend_pid())
"""


@dataclass(frozen=True, slots=True)
class Source:
    """What is followed, and under which name the position is kept."""

    name: str
    stream: str
    subjects: Sequence[str]
    batch: int = 200  # messages
    # Seconds between commits while no request waits: what comes meanwhile shares a commit.
    pace: float = 0.0


class Follower:
    """Gives the messages to `deliver`, which commits their effect together with the position."""

    def __init__(
        self,
        database_url: str,
        nats: Client,
        source: Source,
        deliver: Deliver,
        watermark: Watermark | None = None,
        missed: Missed | None = None,
    ) -> None:
        self._database_url = database_url
        self._nats = nats
        self._source = source
        self._deliver = deliver
        self._watermark = watermark or Watermark()
        self._watermark.on_wait = self._hurry
        self._missed = missed
        self._position = Position(source.name)
        self._reader: StreamReader | None = None
        self._hurried = asyncio.Event()  # ends a pause of an instance that stands by
        self._running = False
        self.reason: str | None = "starting"  # why nothing is followed just now
        self.stopped: str | None = None  # what a person must mend: waiting will not cure it

    async def run(self) -> None:
        """For ever: what passes is waited for; what does not is reported and tried again."""
        backoff = Backoff()
        while True:
            self._running = False
            try:
                await self._follow()
            except NotFoundError as error:
                await self._without_stream(error)
            except Passing as error:
                self.reason = f"{type(error).__name__}: {error}".rstrip(": ")
                log.warning("%s: not following: %s", self._source.name, self.reason)
            except Exception as error:
                self.reason = f"stopped after message {self._position.sequence}: {error}"
                first, self.stopped = self.stopped is None, f"{self._source.name} {self.reason}"
                log.error("%s", self.stopped, exc_info=first)
                await asyncio.sleep(STOPPED_SECONDS)
            if self._running:
                backoff.reset()
            await asyncio.sleep(backoff.next())

    async def _without_stream(self, error: NotFoundError) -> None:
        """Before its first message, wait for the stream. Once nothing of the stream is needed it
        may be gone for good: then it is looked for now and then, without a warning."""
        self.reason = f"there is no stream {self._source.stream}"
        if self._watermark.fed:
            log.warning("%s: not following: %s: %s", self._source.name, self.reason, error)
        else:
            log.info("%s: %s, and nothing of it is needed", self._source.name, self.reason)
            await asyncio.sleep(GONE_SECONDS)

    async def _follow(self) -> None:
        source = self._source
        async with exclusive(self._database_url, source.name, self._stand_by) as connection:
            info = await self._nats.jetstream().stream_info(source.stream)
            await self._position.load(connection, str(info.created))
            # An older version may have stored what a fast clock said.
            self._position.watermark = self._watermark.believed(self._position.watermark)
            self._look_for_a_gap(info.state.first_seq)
            trimmed = int((info.config.metadata or {}).get(TRIMMED, "0"))
            if trimmed > self._position.sequence:
                await self._start_over(connection, trimmed, info.state.last_seq)
            self._watermark.advance(self._position.watermark)  # what is stored can be read at once
            after = self._position.sequence
            async with StreamReader(self._nats, source.stream, source.subjects, after) as reader:
                log.info("%s: following from message %d on", source.name, after + 1)
                self.reason, self._running, self._reader = None, True, reader
                await self._pump(connection, reader)

    def _look_for_a_gap(self, first: int) -> None:
        """A stream that drops old messages also drops unread ones. Where these cannot be sent
        again, a person must decide. Raises RuntimeError."""
        stands = self._position.sequence
        if self._missed is None and 0 < stands < first - 1:
            raise RuntimeError(
                f"too far behind: messages {stands + 1} to {first - 1} are gone from"
                f" {self._source.stream}; see to what they told, then go on by"
                f" `fig events go-on {self._source.name}`"
            )

    async def _pump(self, connection: asyncpg.Connection, reader: StreamReader) -> None:
        """Batch by batch; see Source.pace for when the next one begins."""
        source, looked, began = self._source, 0.0, 0.0
        while True:
            messages = await reader.batch(source.batch, IDLE_SECONDS)
            if not messages:
                await self._keep_up(connection, reader)
                continue
            room, rest = source.batch - len(messages), began + source.pace - time.monotonic()
            if room and rest > 0 and not self._watermark.awaited:
                messages += await reader.more(room, rest)
            began = time.monotonic()
            if began - looked > STORE_SECONDS:
                looked = began
                self._position.watched = await connection.fetchval(_WATCHED, source.name)
            await self._deliver(connection, messages, self._position)
            if self.stopped:
                log.info("%s: goes on", source.name)
                self.stopped = None

    async def _keep_up(self, connection: asyncpg.Connection, reader: StreamReader) -> None:
        """No message for us has come for long: move the position past those of other subjects, so
        that they do not look like a gap once the stream has dropped them."""
        last = (await self._nats.jetstream().stream_info(self._source.stream)).state.last_seq
        if last > self._position.sequence and await reader.drained():
            await self._position.save(connection, last)
            self._position.moved(last)

    def _hurry(self) -> None:
        """A request waits for the watermark: commit what is there, or look what was committed."""
        self._hurried.set()
        if self._reader is not None:
            self._reader.hurry()

    async def _start_over(self, connection: asyncpg.Connection, trimmed: int, last: int) -> None:
        """Go on at the stream's end as it was before all was asked for again."""
        name, stands = self._source.name, self._position.sequence
        self.reason = f"too far behind: read up to message {stands}; those up to {trimmed} are gone"
        if self._missed is None:
            raise RuntimeError(self.reason)
        log.warning("%s: %s, so all is taken over anew", name, self.reason)
        async with connection.transaction():
            await self._missed(connection)
            self._position.watermark = 0
            await self._position.save(connection, last)
        self._position.moved(last)

    async def _stand_by(self, connection: asyncpg.Connection) -> None:
        """Another instance follows: be as fresh as what it stored, while requests ask for that."""
        self.reason = None
        for _ in range(LOOKS):
            watermark = await connection.fetchval(
                "SELECT watermark FROM reader_position WHERE name = $1", self._source.name
            )
            self._watermark.advance(watermark or 0)
            if not self._watermark.in_use:
                break
            await asyncio.sleep(STANDBY_SECONDS)
        else:
            return
        self._hurried.clear()
        await came(self._hurried, POLL_SECONDS)


async def go_on(connection: asyncpg.Connection | asyncpg.Pool, name: str, first: int) -> bool:
    """A person has dealt with the lost messages before `first`: go on there. False where the reader
    is there already, or there is none."""
    moved = await connection.fetchval(
        "UPDATE reader_position SET sequence = $2, begun = 0 WHERE name = $1 AND sequence < $2"
        " RETURNING sequence",
        name,
        first - 1,
    )
    return moved is not None
