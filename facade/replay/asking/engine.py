"""Ask everything again, a bounded number of questions at a time, and judge the answers.

1 read    2 select    3 wait for its time    4 ask    5 compare    6 doubt: ask both again
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from chassis.web.headers import AFTER
from facade.compare.answers import Answer, Headers
from facade.compare.noise.races import Again
from facade.control.judging.doubts import Doubts
from facade.replay.asking import request as question
from facade.replay.asking.asker import Asker, Turns
from facade.replay.asking.pacing import Pace
from facade.replay.asking.selecting import Against, LeftOut, Selection, select
from facade.replay.asking.targets import Targets
from facade.replay.formats.recorded import Exchange, FileEnd
from facade.replay.judging import Judge
from facade.routes.route import Route
from facade.routes.sessions import SessionCookies, names_of

_BATCH = 64
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Setting:
    """What one replay is made of."""

    targets: Targets
    selection: Selection
    judge: Judge
    pace: Pace
    concurrency: int
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcomes:
    """What came of it, besides the judge's evidence."""

    read: int = 0
    asked: int = 0
    seconds: float = 0.0
    left_out: dict[str, int] = field(default_factory=dict)  # by reason
    broken: list[FileEnd] = field(default_factory=list)


class Replay:
    """One run."""

    def __init__(self, setting: Setting, asker: Asker) -> None:
        self._setting = setting
        self._turns = Turns(asker)
        self._doubts = Doubts()
        self._places = asyncio.Semaphore(setting.concurrency)
        self._under_way: set[asyncio.Task[None]] = set()
        self.outcomes = Outcomes()

    async def run(self, recorded: Iterator[Exchange | FileEnd]) -> Outcomes:
        """Everything in the order it was recorded; returns when the last answer is judged."""
        began = time.monotonic()
        try:
            while batch := await asyncio.to_thread(lambda: list(islice(recorded, _BATCH))):
                for one in batch:
                    await self._take(one, began)
            await asyncio.gather(*self._under_way)
        finally:
            for task in self._under_way:
                task.cancel()
        self.outcomes.seconds = time.monotonic() - began
        return self.outcomes

    async def _take(self, one: Exchange | FileEnd, began: float) -> None:
        setting, outcomes = self._setting, self.outcomes
        if isinstance(one, FileEnd):
            if one.broken:
                outcomes.broken.append(one)
            return
        outcomes.read += 1
        try:
            route = select(one, setting.judge.table, setting.targets, setting.selection)
        except LeftOut as reason:
            outcomes.left_out[str(reason)] = outcomes.left_out.get(str(reason), 0) + 1
            return
        await self._places.acquire()
        wait = began + setting.pace.due(one.started) - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(self._ask(one, route))
        self._under_way.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._places.release()
        self._under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._under_way.add(task)  # raised again at the end

    async def _ask(self, exchange: Exchange, route: Route) -> None:
        setting, judge = self._setting, self._setting.judge
        self.outcomes.asked += 1
        headers = question.headers(exchange, setting.cookies)
        asked = time.time()
        answers = await self._answers(exchange, route, headers)
        pair = judge.pair(exchange, route, answers, asked)
        verdict = judge.verdict(pair, route)
        session = SessionCookies(names_of(judge.table.options))
        stranger = question.is_a_stranger(exchange, headers, session)
        if stranger or question.is_sent_away(exchange, pair.control):
            verdict = judge.of_stranger(verdict, pair, route, exchange.answer)
        if setting.selection.against is Against.BOTH and self._doubts.needed(route.name, verdict):
            again = Again(*await self._answers(exchange, route, headers))
            settled = judge.settled(verdict, pair, route, again)
            self._doubts.learn(route.name, verdict, settled)
            verdict = settled
        judge.add(pair, verdict)

    async def _answers(
        self, exchange: Exchange, route: Route, headers: Headers
    ) -> tuple[Answer, Answer]:
        """The control and the candidate."""
        against = self._setting.selection.against
        # The new side may not answer from an older state than legacy's at this moment.
        fresh = (*headers, (AFTER.lower(), str(int(time.time() * _MICROSECONDS))))
        if against is Against.BOTH:
            return await asyncio.gather(
                self._side("legacy", exchange, route, headers),
                self._side("new", exchange, route, fresh),
            )
        assert exchange.answer is not None  # selected by it
        words = headers if against is Against.LEGACY else fresh
        return exchange.answer, await self._side(against.value, exchange, route, words)

    async def _side(self, side: str, exchange: Exchange, route: Route, words: Headers) -> Answer:
        targets = self._setting.targets
        urls = targets.legacy if side == "legacy" else targets.new(route)
        elsewhere = targets.elsewhere_of(side, route)
        answer = await self._turns.ask(urls, *elsewhere.request(exchange, words))
        return elsewhere.answer(exchange, answer)


__all__ = ["Outcomes", "Replay", "Setting"]
