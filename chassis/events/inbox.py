"""Events enter a service once: known by their id in the transaction of their handler.

EVENTS ──▶ Follower (one instance, in order) ──▶ transaction: inbox ids, handlers, position
                                                    │ fails: nothing of it has happened
                                                    ▼
                                 one by one, in a transaction each
                                                    │ fails, 5 attempts
                                                    ▼
                                 deadletters.<consumer>, to be looked at and replayed

Events that have arrived together are handled in one transaction, which costs one commit. Where one
of them fails, all are handled again one by one: the others are delayed for a moment, never lost.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

import asyncpg
import orjson
from fastapi import FastAPI
from nats.aio.client import Client
from nats.aio.msg import Msg
from prometheus_client import CollectorRegistry, Counter

from chassis.process.backoff import Backoff
from chassis.readmodel.follower import Follower, Passing, Position, Source, go_on
from chassis.tracing.context import Open, within
from chassis.tracing.messages import messaging, sender
from chassis.web.app import JsonBytes, in_json
from contracts.events import envelope as events
from contracts.events.envelope import Envelope, NotAnEvent

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

OUTCOMES = ("handled", "known", "dead")
_NEW = """
INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::text[])
ON CONFLICT DO NOTHING RETURNING event_id
"""
_CLEAN = """
DELETE FROM inbox WHERE (consumer, event_id) IN (
    SELECT consumer, event_id FROM inbox
    WHERE at < clock_timestamp() - make_interval(secs => $1) LIMIT 5000)
"""

# Any: each handler takes the type of event it stands beside in the table of handlers.
Handler: TypeAlias = Callable[[asyncpg.Connection, Any, Envelope], Awaitable[None]]
Several: TypeAlias = Sequence[tuple[Any, Envelope]]


@dataclass(frozen=True, slots=True)
class Together:
    """A handler of consecutive events of its types: all of them in one call, in the order of the
    stream."""

    handle: Callable[[asyncpg.Connection, Several], Awaitable[None]]

    async def __call__(
        self, connection: asyncpg.Connection, event: Any, envelope: Envelope
    ) -> None:
        """One by itself."""
        await self.handle(connection, [(event, envelope)])


Handlers: TypeAlias = Mapping[type[Any], Handler]


@dataclass(frozen=True, slots=True)
class Limits:
    """Attempts, and seconds."""

    attempts: int = 5
    deaths: int = 10  # of the process over one message
    first_pause: float = 0.1
    most_pause: float = 2.0
    pace: float = 0.25  # seconds from one commit to the next: an event is not urgent
    keep: float = 14 * 24 * 3600.0  # longer than the stream keeps events
    clean_every: int = 1000  # messages
    singly: int = 200  # messages after a start: one that killed the process must be known by itself


@dataclass(frozen=True, slots=True)
class _Opened:
    """A message and what is in it."""

    message: Msg
    handler: Handler
    event: Any
    envelope: Envelope


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
        for outcome in OUTCOMES:  # so that an alert finds a zero before the first one
            self._taken.labels(consumer, outcome)
        self._first = True  # the next message is the first since this reader was opened
        self._singly = self._limits.singly  # messages to be taken one by one
        self._count = 0
        pace = self._limits.pace
        source = Source(consumer, events.STREAM, sorted(self._handlers), pace=pace)
        self.follower = Follower(database_url, nats, source, self._deliver)

    @property
    def alarms(self) -> dict[str, str]:
        """What a person should look at, by name."""
        return {"events": self.follower.stopped} if self.follower.stopped else {}

    def register(self, app: FastAPI, pool: asyncpg.Pool) -> None:
        """Put what keeps it from taking events, and the way on after a gap, on the application."""

        @app.get("/events")
        async def stopped() -> JsonBytes:
            """Why it takes no events, or null."""
            return in_json({"consumer": self._consumer, "stopped": self.follower.stopped})

        @app.post("/events/go-on")
        async def go_on_after_a_gap() -> JsonBytes:
            """Skip events that were lost unread, once a person has dealt with their effects."""
            info = await self._nats.jetstream().stream_info(events.STREAM)
            moved = await go_on(pool, self._consumer, info.state.first_seq)
            return in_json({"consumer": self._consumer, "moved": moved})

    async def run(self) -> None:
        """For ever; see Follower."""
        await self.follower.run()

    async def _deliver(
        self, connection: asyncpg.Connection, messages: Sequence[Msg], position: Position
    ) -> None:
        try:
            together = len(messages) > 1 and self._singly <= 0
            if not together or not await self._take_together(connection, messages, position):
                for message in messages:
                    await self._take(connection, message, position)
                    position.moved(message.metadata.sequence.stream)
                self._singly -= len(messages)
        except BaseException:
            self._first, self._singly = True, self._limits.singly
            raise
        before, self._count = self._count, self._count + len(messages)
        if before // self._limits.clean_every < self._count // self._limits.clean_every:
            await connection.execute(_CLEAN, self._limits.keep)

    async def _take_together(
        self, connection: asyncpg.Connection, messages: Sequence[Msg], position: Position
    ) -> bool:
        """Handle them in one transaction; False where one fails, and nothing has happened."""
        sequence = messages[-1].metadata.sequence.stream
        try:
            opened = [self._opened(message) for message in messages]
            async with connection.transaction():
                ids = [one.envelope.id for one in opened]
                rows = await connection.fetch(_NEW, self._consumer, ids)
                new = {row["event_id"] for row in rows}
                taken: list[_Opened] = []
                for one in opened:
                    if one.envelope.id in new:
                        new.remove(one.envelope.id)  # the same one may be among them twice
                        taken.append(one)
                for handler, some in groupby(taken, lambda one: one.handler):
                    await self._hand(connection, handler, list(some))
                await position.save(connection, sequence)
        except Passing:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            log.info("%s: %d messages one by one, for %s", self._consumer, len(messages), reason)
            return False
        position.moved(sequence)
        self._taken.labels(self._consumer, "handled").inc(len(rows))
        self._taken.labels(self._consumer, "known").inc(len(messages) - len(rows))
        return True

    async def _hand(
        self, connection: asyncpg.Connection, handler: Handler, some: Sequence[_Opened]
    ) -> None:
        """To their handler, one by one or together; each in its own trace."""
        if isinstance(handler, Together) and len(some) > 1:
            with ExitStack() as spans:
                for one in some:
                    spans.enter_context(self._span(one.message, one.envelope))
                await handler.handle(connection, [(one.event, one.envelope) for one in some])
            return
        for one in some:
            with self._span(one.message, one.envelope):
                await handler(connection, one.event, one.envelope)

    def _opened(self, message: Msg) -> _Opened:
        """The event in a message, and its handler. Raises NotAnEvent."""
        envelope = _open(message)
        kind, handler = self._handlers[message.subject]
        return _Opened(message, handler, events.read(kind, envelope), envelope)

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
        opened = self._opened(message)
        async with connection.transaction():
            new = await connection.fetchval(_NEW, self._consumer, [opened.envelope.id])
            if new:
                await self._hand(connection, opened.handler, [opened])
            await position.save(connection, message.metadata.sequence.stream)
        self._taken.labels(self._consumer, "handled" if new else "known").inc()

    def _span(self, message: Msg, envelope: Envelope) -> AbstractContextManager[Open | None]:
        """The span of a handler, in the trace of what published the event."""
        attributes = messaging("process", message.subject, envelope.id)
        attributes["messaging.consumer.group.name"] = self._consumer
        parent = sender(message.headers)
        return within(f"process {message.subject}", "consumer", attributes, parent)

    async def _bury(
        self,
        connection: asyncpg.Connection,
        message: Msg,
        position: Position,
        reason: str,
        attempts: int,
    ) -> None:
        """Publish it as a dead letter, acknowledged, before the position moves."""
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
