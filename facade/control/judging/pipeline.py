"""A pair's way through the comparison.

1  queued, bounded; what has no room is shed and counted       backlog
2  judged in another process                                   comparator
3  a mismatch in doubt: legacy is asked once more              doubts, asking, budget
4  judged again with legacy's second answer                    comparator
5  counted                                                     ledger
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace

from facade.compare.answers import Answer, Pair
from facade.compare.noise.races import Again, may_be_older
from facade.compare.verdict import Outcome, Verdict
from facade.control.admin.models.evidence import Rechecks
from facade.control.evidence_store.ledger import Ledger
from facade.control.judging.asking import Asker, can_ask
from facade.control.judging.backlog import Backlog, Waiting
from facade.control.judging.budget import Budget
from facade.control.judging.comparator import Comparator
from facade.control.judging.doubts import Doubts
from facade.control.judging.noise import NoiseLearner

log = logging.getLogger("pipeline")

MOST_ASKING = 100  # questions to legacy under way or waiting for a connection

# A pair whose first verdict is known, so that nothing asks about it twice.
_Second = tuple[Waiting, Verdict]


@dataclass(slots=True)
class Parts:
    """What the pipeline works with."""

    comparator: Comparator
    asker: Asker
    learner: Asker  # the same, for noise
    budget: Budget
    ledger: Ledger
    noise: NoiseLearner
    one_server: Callable[[str], bool] = lambda _route: False  # legacy is on both sides of it


class Pipeline:
    """Takes pairs in at any speed; one task judges them."""

    def __init__(
        self,
        parts: Parts,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = parts
        self._clock, self._monotonic = clock, monotonic
        self.backlog = Backlog()
        self.doubts = Doubts()
        self.rechecks = Rechecks()
        self.in_doubt: Counter[str] = Counter()  # by route: differing pairs whose recheck is open
        self.judged_at = monotonic()  # when a batch was last judged
        self._second: deque[_Second] = deque()
        self._third: deque[Waiting] = deque()  # asked twice, to learn noise
        self._asking: set[asyncio.Task[None]] = set()
        self._work = asyncio.Event()

    def accept(self, waiting: Waiting) -> None:
        """Queue a pair; never waits."""
        dropped = self.backlog.put(waiting)
        if dropped is not None:
            self._parts.ledger.shed(dropped, "backlog", 1, self._clock())
        self._work.set()

    async def run(self) -> None:
        """Judge pairs until cancelled."""
        try:
            while True:
                await self._work.wait()
                self._work.clear()
                while self.backlog.pairs or self._second:
                    await self._judge_some()
                while self._third:
                    await self._learn_one(self._third.popleft())
        finally:
            for task in self._asking:
                task.cancel()

    async def _judge_some(self) -> None:
        second = list(self._second)
        self._second.clear()
        first = self.backlog.batch()
        everything = [*(waiting for waiting, _ in second), *first]
        work = [(waiting.pair, waiting.again) for waiting in everything]
        verdicts = await self._parts.comparator.judge(work)
        self.judged_at = self._monotonic()
        for (waiting, before), verdict in zip(second, verdicts, strict=False):
            self._settled(waiting.pair, before, verdict)
        for waiting, verdict in zip(first, verdicts[len(second) :], strict=True):
            self._judged(waiting, verdict)
            self._listen(waiting)

    def _judged(self, waiting: Waiting, verdict: Verdict) -> None:
        pair = waiting.pair
        if not self.doubts.needed(pair.route, verdict) or not can_ask(waiting):
            self._count(pair, verdict)
        elif len(self._asking) >= MOST_ASKING or not self._parts.budget.take(self._monotonic()):
            self.rechecks.unasked += 1
            self._count(pair, verdict)
        else:
            self.in_doubt[pair.route] += 1
            self._start(self._ask(waiting, verdict))

    def _listen(self, waiting: Waiting) -> None:
        """Ask twice to learn noise, if it is this route's turn."""
        route = waiting.pair.route
        if can_ask(waiting) and self._parts.noise.wants(route, self._monotonic()):
            self._start(self._learn(waiting))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _learn(self, waiting: Waiting) -> None:
        try:
            again = await self._parts.learner.legacy(waiting)
        except Exception:
            log.exception("%s cannot be asked again", waiting.pair.request_id)
            return
        if again.error:
            return
        self._third.append(replace(waiting, again=Again(again)))
        self._work.set()

    async def _ask(self, waiting: Waiting, verdict: Verdict) -> None:
        """Ask, then queue the pair with the second answers; without any the verdict stands."""
        self.rechecks.asked += 1
        try:
            again = await self._again(waiting)
        except Exception:
            log.exception("%s cannot be asked again", waiting.pair.request_id)
            again = Again(Answer(0, error="own fault"))
        if again.control.error:
            self.rechecks.unanswered += 1
        self._second.append((replace(waiting, again=again), verdict))
        self._work.set()

    async def _again(self, waiting: Waiting) -> Again:
        asker, same = self._parts.asker, self._parts.one_server(waiting.pair.route)
        control = await asker.legacy(waiting)
        candidate = await asker.new(waiting) if same or may_be_older(waiting.pair) else None
        return Again(control, candidate, same)

    async def _learn_one(self, waiting: Waiting) -> None:
        assert waiting.again is not None
        seen = await self._parts.comparator.listen(waiting.pair, waiting.again.control)
        if seen is not None:
            self._parts.noise.learn(waiting.pair.route, seen, self._clock())

    def _settled(self, pair: Pair, before: Verdict, verdict: Verdict) -> None:
        self.in_doubt[pair.route] -= 1
        self.doubts.learn(pair.route, before, verdict)
        if len(verdict.differences) < len(before.differences):
            self.rechecks.moved += 1
        self._count(pair, verdict)

    def _count(self, pair: Pair, verdict: Verdict) -> None:
        """Into the evidence; a verdict that cannot be counted there is parked instead."""
        try:
            self._parts.ledger.judged(pair, verdict)
        except Exception as error:
            log.exception("%s of %s is parked", pair.request_id, pair.route)
            cause = f"own fault: {type(error).__name__}"
            self._parts.ledger.judged(pair, Verdict(Outcome.SKIPPED, cause=cause, parked=True))
