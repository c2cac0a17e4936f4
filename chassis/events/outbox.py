"""Events leave a service through a table: written in the transaction of the change, sent after it.

    handler's transaction ── add ──▶ outbox ── Relay (one instance) ──▶ JetStream, acknowledged
                                       ▲                                     │
                                       └───────────── sent ──────────────────┘
Order per key: a key's rows are numbered under a lock held until the commit, and of two events of
one key the second is published after the first was acknowledged. A row may be published twice (a
relay that died before it marked it); its id travels along, and the server and every inbox know it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import asyncpg
import orjson
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from prometheus_client import CollectorRegistry

from chassis.database import DatabaseAway
from chassis.events.bus import BusErrors, ensure_stream
from chassis.events.outbox_watch import OutboxWatch
from chassis.process.backoff import Backoff
from chassis.process.exclusive import exclusive
from chassis.process.pace import Pace, came
from chassis.tracing.context import TRACEPARENT, Open, read, traceparent, within
from chassis.tracing.messages import messaging
from contracts.events import envelope as events
from contracts.events.envelope import Event

log = logging.getLogger("outbox")

# Run by the migration of each service that publishes events; a later change is SCHEMA_2.
SCHEMA_1 = """
CREATE TABLE outbox (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL UNIQUE,
    key      text NOT NULL,
    subject  text NOT NULL,
    body     text NOT NULL,
    created  timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent     timestamptz
);
CREATE INDEX outbox_pending ON outbox (id) WHERE sent IS NULL;
CREATE INDEX outbox_sent ON outbox (sent) WHERE sent IS NOT NULL;
"""

EVENT_SECONDS = 7 * 24 * 3600.0
FOR_EVER = 0.0
DEDUPLICATION_SECONDS = 600.0  # how long the server knows an id again
_PENDING = """
SELECT id, event_id, key, subject, body FROM outbox WHERE sent IS NULL ORDER BY id LIMIT $1
"""
_CLEAN = """
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE sent < clock_timestamp() - make_interval(secs => $1) LIMIT 5000)
"""


def clause(first: int, when: str = "(SELECT)") -> str:
    """An event as parts of a statement's WITH, so that it costs no round trip of its own.

    `when` names an earlier part: the event is published where that part has rows. The parameters
    from number `first` on are `values`. Two services publish most of their events so.
    """
    event_id, key, subject, body = (f"${number}" for number in range(first, first + 4))
    return f"""
    locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext({key}), 2) FROM {when} AS now),
    added AS (INSERT INTO outbox (event_id, key, subject, body)
             SELECT {event_id}, {key}, {subject}, {body} FROM locked LIMIT 1
             ON CONFLICT (event_id) DO NOTHING)"""


def values(event: Event, event_id: str, now: float) -> tuple[str, str, str, str]:
    """What `clause` takes; `now` in unix seconds."""
    envelope = events.wrap(event, event_id, now)
    body = envelope.to_dict()
    if trace := traceparent():  # beside the envelope's fields, which readers pass over
        body[TRACEPARENT] = trace
    return event_id, event.key, envelope.subject, orjson.dumps(body).decode()


_ADD = f"WITH {clause(1)} SELECT"


async def add(connection: asyncpg.Connection, event: Event, event_id: str, now: float) -> None:
    """Publish an event with the open transaction; one id is published once. `now` in unix seconds.

    A transaction that publishes events of several keys adds them in the order of the keys.
    """
    await connection.execute(_ADD, *values(event, event_id, now))


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and counts of a relay."""

    batch: int = 200
    poll: float = 0.5  # when it is not woken: for what another instance commits
    rest: float = 1.0  # the same while nothing is committed
    gather: float = 0.25  # after it was woken: an event is not urgent, and some go at once
    keep: float = 3600.0  # rows that were sent
    clean_every: float = 60.0
    measure_every: float = 0.5
    warn_after: float = 10.0  # age of the oldest pending event


class Relay:
    """Sends what is pending, for as long as the process runs; one instance at a time."""

    def __init__(
        self,
        database_url: str,
        nats: Client,
        metrics: CollectorRegistry,
        limits: Limits | None = None,
    ) -> None:
        self._database_url = database_url
        self._nats = nats
        self._limits = limits = limits or Limits()
        self._wake = asyncio.Event()
        self._pace = Pace(limits.poll, limits.rest)
        self._watch = OutboxWatch(database_url, metrics, limits.measure_every, limits.warn_after)

    def wake(self) -> None:
        """Something was committed: look now rather than at the next poll."""
        self._wake.set()

    async def run(self) -> None:
        """For ever; while the database or the bus is away, events wait in the table."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch.run())
            tasks.create_task(self._send_all())

    async def _send_all(self) -> None:
        backoff = Backoff()
        while True:
            try:
                async with exclusive(self._database_url, "outbox relay") as connection:
                    await ensure_event_streams(self._nats)
                    await self._pump(connection, backoff.reset)
            except (*BusErrors, *DatabaseAway) as error:
                log.warning("not sending: %s", f"{type(error).__name__}: {error}".rstrip(": "))
            except Exception:
                log.exception("the relay is stopped for a moment")
            await asyncio.sleep(backoff.next())

    async def _pump(self, connection: asyncpg.Connection, on_success: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        clean_at = loop.time()
        while True:
            self._wake.clear()
            rows = await connection.fetch(_PENDING, self._limits.batch)
            if rows:
                self._pace.worked()
                await self._send(connection, rows)
            on_success()
            if loop.time() >= clean_at:
                await connection.execute(_CLEAN, self._limits.keep)
                clean_at = loop.time() + self._limits.clean_every
            if len(rows) < self._limits.batch:
                await self._rest()

    async def _rest(self) -> None:
        if await came(self._wake, self._pace.pause):
            await asyncio.sleep(self._limits.gather)

    async def _send(self, connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
        """In waves, at most one event of a key in each; what was acknowledged is marked."""
        jetstream = self._nats.jetstream(timeout=2)
        for wave in waves(rows):
            answers = await asyncio.gather(
                *(publish(jetstream, row["subject"], row["event_id"], row["body"]) for row in wave),
                return_exceptions=True,
            )
            sent = [
                row["id"]
                for row, answer in zip(wave, answers, strict=True)
                if not isinstance(answer, BaseException)
            ]
            await connection.execute(
                "UPDATE outbox SET sent = clock_timestamp() WHERE id = ANY($1)", sent
            )
            for answer in answers:
                if isinstance(answer, BaseException):
                    raise answer


async def publish(jetstream: JetStreamContext, subject: str, event_id: str, body: str) -> None:
    """Publish one event, in the trace of what wrote it, however long it has waited."""
    headers = {"Nats-Msg-Id": event_id}
    attributes = messaging("send", subject, event_id)
    with within(f"send {subject}", "producer", attributes, _origin(body)) as opened:
        if opened is not None:
            headers[TRACEPARENT] = opened.traceparent
        await jetstream.publish(subject, body.encode(), headers=headers)


def _origin(body: str) -> Open | None:
    """The span in which the event of a row was written."""
    return read(orjson.loads(body)[TRACEPARENT]) if f'"{TRACEPARENT}"' in body else None


def waves(rows: Sequence[asyncpg.Record]) -> list[list[asyncpg.Record]]:
    """The rows, in order, so that each wave has at most one of a key."""
    made: list[list[asyncpg.Record]] = []
    seen: dict[str, int] = {}
    for row in rows:
        turn = seen.get(row["key"], 0)
        seen[row["key"]] = turn + 1
        if turn == len(made):
            made.append([])
        made[turn].append(row)
    return made


async def ensure_event_streams(nats: Client) -> None:
    """The streams of events and of dead letters, created when missing.

    Events are kept for a week: a consumer that is down for longer stops, and says so (Follower).
    A dead letter is kept until a person has dealt with it.
    """
    jetstream = nats.jetstream()
    for name, subjects, age in (
        (events.STREAM, events.SUBJECTS, EVENT_SECONDS),
        (events.DEAD_STREAM, events.DEAD_SUBJECTS, FOR_EVER),
    ):
        config = StreamConfig(
            name, subjects=[subjects], max_age=age, duplicate_window=DEDUPLICATION_SECONDS
        )
        await ensure_stream(jetstream, config)
    kept = (await jetstream.stream_info(events.DEAD_STREAM)).config
    if kept.max_age:  # as our earlier versions made it
        await jetstream.update_stream(replace(kept, max_age=FOR_EVER))
