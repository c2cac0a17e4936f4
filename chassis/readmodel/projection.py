"""The change feed of another system -> a service's own tables, and how fresh those are."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import asyncpg
import orjson
from fastapi import Request, Response
from nats.aio.client import Client
from nats.aio.msg import Msg

from chassis.readmodel import mirror
from chassis.readmodel.catching_up import anew
from chassis.readmodel.follower import Follower, Position, Source
from chassis.readmodel.watermark import Watermark
from chassis.web import headers
from chassis.web.app import Problem
from contracts.catalog import Fact, Reached, Translator
from contracts.rows import changes_of
from contracts.subjects import LEGACY_STREAM

# Writes the facts into the service's tables, in the open transaction.
Apply = Callable[[asyncpg.Connection, Sequence[Fact]], Awaitable[None]]

READER = "legacy feed"  # keeps its position by this name
BATCH = 200  # messages in one commit
PACE_SECONDS = 0.1  # from one commit to the next while nobody waits for the watermark


class FeedProjection:
    """Applies the feed for as long as the process runs; one instance at a time does."""

    def __init__(
        self,
        database_url: str,
        nats: Client,
        translate: Translator,
        entities: Sequence[str],
        apply: Apply,
        watermark: Watermark,
        reader: str = READER,
        pace: float = PACE_SECONDS,
    ) -> None:
        self._translate = translate
        self._entities = entities
        self._apply = apply
        self._watermark = watermark
        self._complete = False
        source = Source(reader, LEGACY_STREAM, translate.subjects, BATCH, pace)
        missed = anew(nats, translate.subjects, self._forget)
        self.follower = Follower(database_url, nats, source, self._deliver, watermark, missed)

    async def run(self) -> None:
        """For ever; see Follower."""
        await self.follower.run()

    async def ready(self) -> str | None:
        """Why there are no answers: they would be made of pieces, or grow older and older."""
        if self.follower.stopped:
            return self.follower.stopped
        if self._watermark.micros == 0:
            return f"snapshot not applied yet ({self.follower.reason or 'projecting'})"
        return None

    async def _forget(self, connection: asyncpg.Connection) -> None:
        """Changes were missed: nothing is whole until all has been told again."""
        await mirror.forget(connection)
        self._complete = False
        self._watermark.reset()

    async def _deliver(
        self, connection: asyncpg.Connection, messages: Sequence[Msg], position: Position
    ) -> None:
        """One commit: what the facts change, and how far the stream was read."""
        facts = [
            fact
            for message in messages
            for change in changes_of(orjson.loads(message.data))
            for fact in self._translate(change)
        ]
        reached = max((fact.micros for fact in facts if isinstance(fact, Reached)), default=0)
        sequence = messages[-1].metadata.sequence.stream
        news = [fact for fact in facts if not isinstance(fact, Reached)]
        if news or not self._complete or not position.lasts:
            async with connection.transaction():
                if news:
                    await self._apply(connection, news)
                complete = self._complete or await mirror.complete(connection, self._entities)
                if not complete:
                    reached = 0
                await position.save(connection, sequence, reached)
            self._complete = complete
        position.moved(sequence, reached)
        self._watermark.advance(position.watermark)


class Fresh(NamedTuple):
    """How fresh an answer is, and what it took."""

    micros: int  # everything that legacy committed before this time is in the answer
    waited: float = 0.0  # seconds

    def stamp(self, answer: Response) -> None:
        """Say so in the answer."""
        answer.headers[headers.WATERMARK] = str(self.micros)
        if self.waited:
            answer.headers[headers.WAITED] = str(round(self.waited * 1e6))


async def fresh(request: Request, watermark: Watermark) -> Fresh:
    """Once the watermark is as fresh as the request asks. Raises Problem: 503, declined."""
    if watermark.micros == 0:
        raise declined(headers.NOT_READY, "the first snapshot has not been applied yet")
    after = request.headers.get(headers.AFTER, "")
    if not after.isdecimal() or int(after) <= watermark.micros:
        return Fresh(watermark.micros)
    began = time.perf_counter()
    if not await watermark.reached(int(after)):
        raise declined(headers.BEHIND, "what was asked for has not arrived here yet")
    return Fresh(watermark.micros, time.perf_counter() - began)


def declined(why: str, detail: str) -> Problem:
    """This request is for legacy to answer; nothing was done with it here."""
    return Problem(503, "Service Unavailable", detail, {headers.DECLINED: why})
