"""The change feed of another system -> a service's own tables, and how fresh those are."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import NamedTuple, TypeVar

import asyncpg
import orjson
from fastapi import Request, Response
from nats.aio.client import Client
from nats.aio.msg import Msg

from chassis.ownership.closed.followed import Followed
from chassis.ownership.echo import Echo, Translated
from chassis.readmodel import mirror
from chassis.readmodel.catching_up import read_again
from chassis.readmodel.follower import Follower, Position, Source
from chassis.readmodel.heartbeats import Heartbeats
from chassis.readmodel.watermark import Watermark
from chassis.web import headers
from chassis.web.app import Problem
from contracts.feed.change import Change
from contracts.feed.facts import Fact, Reached, Translator
from contracts.feed.rows import changes_of
from contracts.subjects import LEGACY_STREAM

# Writes the facts into the service's tables, in the open transaction.
Apply = Callable[[asyncpg.Connection, Sequence[Fact]], Awaitable[None]]

READER = "legacy feed"  # keeps its position by this name
BATCH = 200  # messages in one commit
PACE_SECONDS = 0.1  # from one commit to the next while no request waits for the watermark


@dataclass(frozen=True, slots=True)
class Model:
    """A read model that the feed fills: which facts it takes, and what writes them."""

    translate: Translator
    entities: Sequence[str]  # it is whole once a snapshot of each has been applied
    apply: Apply
    reader: str = READER
    pace: float = PACE_SECONDS
    floors: str = mirror.FLOORS  # the table that says which entities are whole
    echo: Echo | None = None  # of a domain that the service may own
    followed: Followed | None = None  # the domains of others, of which it keeps copies


def _is_time(fact: Fact) -> bool:
    return isinstance(fact, Reached)


class FeedProjection:
    """Applies the feed for as long as the process runs; one instance at a time does."""

    def __init__(
        self,
        database_url: str,
        nats: Client,
        model: Model,
        watermark: Watermark,
        delay: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._model = model
        self._watermark = watermark
        self._delay = delay  # is given the seconds from a commit in legacy to the commit here
        self._complete = False  # a whole snapshot has been applied
        subjects = model.translate.subjects
        source = Source(model.reader, LEGACY_STREAM, subjects, BATCH, model.pace)
        missed = read_again(nats, subjects, self._forget)
        watermark.on_use = Heartbeats(nats).ask
        self.follower = Follower(database_url, nats, source, self._deliver, watermark, missed)

    async def run(self) -> None:
        """For ever; see Follower."""
        await self.follower.run()

    async def ready(self) -> str | None:
        """The reason why this service must not answer, or None.

        Before the first snapshot an answer would be made of pieces; once the follower has stopped,
        answers would only grow older. Neither matters where nothing comes from the feed any more.
        """
        if not self._watermark.fed:
            return None
        if self.follower.stopped:
            return self.follower.stopped
        if self._watermark.micros == 0:
            return f"snapshot not applied yet ({self.follower.reason or 'projecting'})"
        return None

    async def _forget(self, connection: asyncpg.Connection) -> None:
        """Changes were missed: no entity is whole until its table has been read again."""
        await mirror.forget(connection, self._model.floors)
        self._complete = False
        self._watermark.reset()

    async def _deliver(
        self, connection: asyncpg.Connection, messages: Sequence[Msg], position: Position
    ) -> None:
        """One commit: what the facts change, and how far the stream was read."""
        model = self._model
        changes = [
            change for message in messages for change in changes_of(orjson.loads(message.data))
        ]
        translated: list[Translated] = [(change, model.translate(change)) for change in changes]
        facts = [fact for _, each in translated for fact in each]
        reached = max((fact.micros for fact in facts if isinstance(fact, Reached)), default=0)
        reached = self._watermark.believed(reached) if reached else 0
        news = [fact for fact in facts if not _is_time(fact)]
        sequence = messages[-1].metadata.sequence.stream
        fence = 0 if model.echo is None else model.echo.fence(changes)
        if news or fence or not self._complete or not position.lasts:
            async with connection.transaction():
                if news and model.followed is not None:
                    translated = await model.followed.sift(connection, translated)
                    news = [each for _, facts in translated for each in facts if not _is_time(each)]
                if news and model.echo is not None:
                    news = await model.echo.sift(connection, translated)
                if news:
                    await model.apply(connection, news)
                complete = self._complete or await mirror.complete(
                    connection, model.entities, model.floors
                )
                if not complete:
                    reached = 0
                elif fence and model.echo is not None:
                    await model.echo.reached(connection, fence)
                await position.save(connection, sequence, reached)
            self._complete = complete
        position.moved(sequence, reached)
        self._watermark.advance(position.watermark)
        self._measure(changes[-1])

    def _measure(self, newest: Change) -> None:
        if newest.seq:  # not a row of a snapshot
            committed = datetime.fromisoformat(newest.committed).timestamp()
            self._delay(max(0.0, time.time() - committed))


Answer = TypeVar("Answer", bound=Response)


class Fresh(NamedTuple):
    """How fresh an answer is, and what it took."""

    micros: int  # everything that legacy committed before this time is in the answer
    waited: float = 0.0  # seconds
    fed: bool = True  # False: no feed fills the tables, so there is no watermark to state
    age: float | None = None  # seconds; stated to clients where no side could answer better

    def stamp(self, answer: Answer) -> Answer:
        """The same answer, with all of it in its headers."""
        if self.fed:
            answer.headers[headers.WATERMARK] = str(self.micros)
        if self.waited:
            answer.headers[headers.WAITED] = str(round(self.waited * 1e6))
        if self.age is not None:
            answer.headers["Age"] = str(ceil(self.age))  # never younger than it is
        return answer


async def fresh(request: Request, watermark: Watermark) -> Fresh:
    """Once the watermark is as fresh as the request asks. Raises Problem: 503, declined.

    A request without a time is declined as well while the feed stands still for longer than clients
    remember their writes: its client may have written. Where legacy cannot answer either, the
    answer states its age.
    """
    if not watermark.fed:
        return Fresh(watermark.micros, fed=False)
    if watermark.micros == 0:
        raise declined(headers.NOT_READY, "the first snapshot has not been applied yet")
    watermark.use()
    alone = watermark.alone() or headers.ALONE in request.headers
    age = watermark.age if alone else None
    after = request.headers.get(headers.AFTER, "")
    if not after.isdecimal():
        if watermark.stale and age is None:
            raise declined(headers.BEHIND, f"the feed has been silent for {watermark.age:.0f} s")
        return Fresh(watermark.micros, age=age)
    if int(after) <= watermark.micros:
        return Fresh(watermark.micros, age=age)
    began = time.perf_counter()
    if not await watermark.reached(int(after)) and headers.ALONE not in request.headers:
        raise declined(headers.BEHIND, "what was asked for has not arrived here yet")
    return Fresh(watermark.micros, time.perf_counter() - began, age=age)


def declined(why: str, detail: str) -> Problem:
    """This request is for legacy to answer; nothing was done with it here."""
    return Problem(503, "Service Unavailable", detail, {headers.DECLINED: why})
