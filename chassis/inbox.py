"""Events enter a service once: known by their id in the transaction of their handler.

EVENTS ──▶ Follower (one instance, in order) ──▶ transaction: inbox id, handler, position
                                                    │ fails, 5 attempts
                                                    ▼
                                 deadletters.<consumer>, to be looked at and replayed
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from prometheus_client import CollectorRegistry, Counter

from chassis.backoff import Backoff
from chassis.follower import Follower, Passing, Position, Source
from contracts import events
from contracts.events import Envelope, NotAnEvent

log = logging.getLogger("inbox")

# Run by the migration of each service that takes events; a later change is SCHEMA_2.
SCHEMA_1 = """
CREATE TABLE inbox (
    consumer text NOT NULL,
    event_id text NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_at ON inbox (at);
"""

_CLEAN = """
DELETE FROM inbox WHERE (consumer, event_id) IN (
    SELECT consumer, event_id FROM inbox
    WHERE at < clock_timestamp() - make_interval(secs => $1) LIMIT 5000)
"""

# Any: each handler takes the type of event it stands beside in the table of handlers.
Handler: TypeAlias = Callable[[asyncpg.Connection, Any, Envelope], Awaitable[None]]
Handlers: TypeAlias = Mapping[type[Any], Handler]


@dataclass(frozen=True, slots=True)
class Limits:
    """Attempts, and seconds."""

    attempts: int = 5
    deaths: int = 10  # of the process over one message
    first_pause: float = 0.1
    most_pause: float = 2.0
    keep: float = 14 * 24 * 3600.0  # longer than the stream keeps events
    clean_every: int = 1000  # messages


class Inbox:
    """One consumer of events: hands each to its handler, once, in the order of the stream."""

    def __init__(
        self,
        database_url: str,
        nats: Client,
        consumer: str,
        handlers: Handlers,
        metrics: CollectorRegistry,
        limits: Limits | None = None,
    ) -> None:
        self._nats = nats
        self._consumer = consumer
        self._handlers = {
            events.subject(kind.OWNER, kind.TYPE): (kind, handler)
            for kind, handler in handlers.items()
        }
        self._limits = limits or Limits()
        self._taken = Counter(
            "inbox_events", "Events taken", ["consumer", "outcome"], registry=metrics
        )
        self._first = True  # the next message is the first since this reader was opened
        self._count = 0
        source = Source(consumer, events.STREAM, sorted(self._handlers))
        self.follower = Follower(database_url, nats, source, self._deliver)

    async def run(self) -> None:
        """For ever; see Follower."""
        await self.follower.run()

    async def _deliver(
        self, connection: asyncpg.Connection, messages: Sequence[Msg], position: Position
    ) -> None:
        for message in messages:
            try:
                await self._take(connection, message, position)
            except BaseException:
                self._first = True
                raise
            position.moved(message.metadata.sequence.stream)
            self._count += 1
            if self._count % self._limits.clean_every == 0:
                await connection.execute(_CLEAN, self._limits.keep)

    async def _take(self, connection: asyncpg.Connection, message: Msg, position: Position) -> None:
        """Handle one message, or give it up; either way the position moves."""
        if self._first:
            begun = await position.begin(connection)
            self._first = False
            if begun > self._limits.deaths:
                await self._bury(connection, message, position, "the process died over it", begun)
                return
        backoff = Backoff(self._limits.first_pause, self._limits.most_pause)
        for attempt in range(1, self._limits.attempts + 1):
            try:
                await self._handle(connection, message, position)
                return
            except Passing:
                raise  # not the message's fault: the follower waits and comes back to it
            except NotAnEvent as error:
                await self._bury(connection, message, position, str(error), attempt)
                return
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                log.warning("%s: attempt %d: %s", self._consumer, attempt, reason, exc_info=error)
            await asyncio.sleep(backoff.next())
        await self._bury(connection, message, position, reason, self._limits.attempts)

    async def _handle(
        self, connection: asyncpg.Connection, message: Msg, position: Position
    ) -> None:
        envelope = _open(message)
        kind, handler = self._handlers[message.subject]
        event = events.read(kind, envelope)
        async with connection.transaction():
            new = await connection.fetchval(
                "INSERT INTO inbox (consumer, event_id) VALUES ($1, $2)"
                " ON CONFLICT DO NOTHING RETURNING true",
                self._consumer,
                envelope.id,
            )
            if new:
                await handler(connection, event, envelope)
            await position.save(connection, message.metadata.sequence.stream)
        self._taken.labels(self._consumer, "handled" if new else "known").inc()

    async def _bury(
        self,
        connection: asyncpg.Connection,
        message: Msg,
        position: Position,
        reason: str,
        attempts: int,
    ) -> None:
        """To the dead letters, acknowledged there, before the position moves."""
        sequence = message.metadata.sequence.stream
        headers = {
            "Nats-Msg-Id": f"{self._consumer}:{position.stream}:{sequence}",
            events.DEAD_CONSUMER: self._consumer,
            events.DEAD_ERROR: " ".join(reason.split())[:500],
            events.DEAD_ATTEMPTS: str(attempts),
            events.DEAD_SUBJECT: message.subject,
            events.DEAD_SEQUENCE: str(sequence),
        }
        subject = f"deadletters.{self._consumer}"
        await self._nats.jetstream(timeout=5).publish(subject, message.data, headers=headers)
        await position.save(connection, sequence)
        self._taken.labels(self._consumer, "dead").inc()
        log.error("%s: message %d is a dead letter: %s", self._consumer, sequence, reason)


def _open(message: Msg) -> Envelope:
    try:
        return Envelope.from_dict(orjson.loads(message.data))
    except orjson.JSONDecodeError as error:
        raise NotAnEvent(f"not JSON: {error}") from error
