"""A pair's way: judged, asked about, judged again, counted. Comparator and legacy are played."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import httpx2
import pytest

from facade.compare.answers import Answer, Pair
from facade.compare.noise.races import Again, may_be_older
from facade.compare.verdict import Outcome, Verdict
from facade.control.evidence_store.ledger import Ledger
from facade.control.judging.asking import Asker
from facade.control.judging.backlog import Waiting
from facade.control.judging.budget import Budget
from facade.control.judging.comparing import judge
from facade.control.judging.noise import NoiseLearner
from facade.control.judging.pipeline import Parts, Pipeline

Build = Callable[..., Any]


class PlayedComparator:
    """Judges as the real one does, in this process."""

    async def judge(self, work: Sequence[tuple[Pair, Again | None]]) -> list[Verdict]:
        await asyncio.sleep(0)
        return [judge(pair, again, {}, date(2026, 1, 1)) for pair, again in work]


class PlayedLegacy:
    """Answers every question alike."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.asked = answer, 0

    async def legacy(self, waiting: Waiting) -> Answer:
        self.asked += 1
        await asyncio.sleep(0)
        return self.answer

    async def new(self, waiting: Waiting) -> Answer:
        raise AssertionError("only a side that says how old it is may be excused")


def quiet() -> NoiseLearner:
    """Never asks."""
    return NoiseLearner(Budget(0, 0), lambda: None)


@asynccontextmanager
async def running(legacy: PlayedLegacy, rate: float = 100.0) -> AsyncIterator[Pipeline]:
    ledger = Ledger()
    parts: Any = Parts(
        PlayedComparator(),
        legacy,
        legacy,
        Budget(rate, rate),
        ledger,
        quiet(),  # type: ignore[arg-type]
    )
    pipeline = Pipeline(parts)
    task = asyncio.create_task(pipeline.run())
    yield pipeline
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def counted(pipeline: Pipeline, wanted: int) -> dict[str, int]:
    ledger = pipeline._parts.ledger
    async with asyncio.timeout(5):
        while True:
            total = ledger.routes["r"].total if "r" in ledger.routes else None
            if total and total.matched + total.mismatched + total.raced >= wanted:
                return {"matched": total.matched, "wrong": total.mismatched, "raced": total.raced}
            await asyncio.sleep(0)


async def test_a_mismatch_is_asked_about_once(waiting: Build, answer: Build) -> None:
    legacy = PlayedLegacy(answer({"a": 1}))
    async with running(legacy) as pipeline:
        pipeline.accept(waiting({"a": 1}, {"a": 2}))
        pipeline.accept(waiting({"a": 1}, {"a": 1}))
        assert await counted(pipeline, 2) == {"matched": 1, "wrong": 1, "raced": 0}
        assert (legacy.asked, pipeline.rechecks.asked, pipeline.rechecks.moved) == (1, 1, 0)


async def test_a_pair_that_waits_for_a_second_answer_is_in_doubt(
    waiting: Build, answer: Build
) -> None:
    """Equal pairs are counted meanwhile: who reads the evidence then must know of the others."""
    legacy = PlayedLegacy(answer({"a": 1}))
    async with running(legacy) as pipeline:
        pipeline.accept(waiting({"a": 1}, {"a": 2}))
        pipeline.accept(waiting({"a": 1}, {"a": 1}))
        assert await counted(pipeline, 1) == {"matched": 1, "wrong": 0, "raced": 0}
        assert pipeline.in_doubt["r"] == 1
        assert (await counted(pipeline, 2))["wrong"] == 1
        assert pipeline.in_doubt["r"] == 0


async def test_a_moved_value_is_raced(waiting: Build, answer: Build) -> None:
    legacy = PlayedLegacy(answer({"a": 2}))
    async with running(legacy) as pipeline:
        pipeline.accept(waiting({"a": 1}, {"a": 2}))
        assert await counted(pipeline, 1) == {"matched": 0, "wrong": 0, "raced": 1}
        assert pipeline.rechecks.moved == 1


# A signed-in customer's order: each side knows him by other words.
TO_LEGACY = (("cookie", "session=s1"),)
TO_NEW = (("fig-identity", "token"),)


def asked_for_real(monkeypatch: pytest.MonkeyPatch, valid: str) -> Asker:
    """Legacy wants the session, the new side the token, which is `valid`."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        new = request.url.host == "new.test"
        known = request.headers.get("fig-identity") == valid if new else "cookie" in request.headers
        total = {"total": "9.00" if new else "10.00"} if known else {"error": "sign in"}
        return httpx2.Response(
            200 if known else 401, stream=httpx2.ByteStream(json.dumps(total).encode())
        )

    made = Asker(lambda _route, side: [f"http://{side}.test"])
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    monkeypatch.setattr(made, "_client", client)
    return made


@pytest.mark.parametrize("valid", ["token", "another one by now"])
async def test_a_wrong_answer_to_a_signed_in_client_is_not_taken_for_a_moving_one(
    pair: Build, answer: Build, monkeypatch: pytest.MonkeyPatch, valid: str
) -> None:
    asker: Any = asked_for_real(monkeypatch, valid)
    old = replace(answer({"total": "9.00"}), headers=(("fig-watermark", "1"),))
    wrong = replace(pair({"total": "10.00"}, 0, signed_in=True), candidate=old)
    assert may_be_older(wrong), "or the new side would not be asked again"
    async with running(asker) as pipeline:
        pipeline.accept(Waiting(wrong, TO_LEGACY, new_headers=TO_NEW))
        assert await counted(pipeline, 1) == {"matched": 0, "wrong": 1, "raced": 0}
        assert pipeline.rechecks.asked == 1


async def test_without_an_answer_the_first_verdict_stands(waiting: Build) -> None:
    async with running(PlayedLegacy(Answer(0, error="ConnectError"))) as pipeline:
        pipeline.accept(waiting({"a": 1}, {"a": 2}))
        assert await counted(pipeline, 1) == {"matched": 0, "wrong": 1, "raced": 0}
        assert pipeline.rechecks.unanswered == 1


async def test_the_rate_of_questions_is_bounded(waiting: Build, answer: Build) -> None:
    legacy = PlayedLegacy(answer({"a": 2}))
    async with running(legacy, rate=3.0) as pipeline:
        for _ in range(10):
            pipeline.accept(waiting({"a": 1}, {"a": 2}))
        assert await counted(pipeline, 10) == {"matched": 0, "wrong": 7, "raced": 3}
        assert (legacy.asked, pipeline.rechecks.unasked) == (3, 7)


async def test_what_cannot_be_asked_again_is_not(pair: Build, answer: Build) -> None:
    legacy = PlayedLegacy(answer({"a": 2}))
    async with running(legacy) as pipeline:
        wrong = pair({"a": 1}, {"a": 2})
        pipeline.accept(Waiting(wrong, None))  # we do not know its words
        pipeline.accept(Waiting(wrong, (), body=None))  # nor its body
        assert await counted(pipeline, 2) == {"matched": 0, "wrong": 2, "raced": 0}
        assert legacy.asked == 0


async def test_what_has_no_room_is_shed_and_counted(waiting: Build, answer: Build) -> None:
    ledger = Ledger()
    played: Any = PlayedLegacy(answer(1))
    judging: Any = PlayedComparator()
    parts = Parts(judging, played, played, Budget(0, 0), ledger, quiet())
    pipeline = Pipeline(parts)
    for _ in range(pipeline.backlog._most_pairs + 5):
        pipeline.accept(waiting())
    assert ledger.routes["r"].asked.shed == {"backlog": 5}


class Unhappy:
    """An asker in which something breaks that nobody has thought of."""

    async def legacy(self, waiting: Waiting) -> Answer:
        raise RuntimeError("never thought of")

    new = legacy


async def test_a_question_that_breaks_leaves_the_first_verdict(waiting: Build) -> None:
    unhappy: Any = Unhappy()
    async with running(unhappy) as pipeline:
        pipeline.accept(waiting({"a": 1}, {"a": 2}))
        assert await counted(pipeline, 1) == {"matched": 0, "wrong": 1, "raced": 0}
        assert pipeline.rechecks.unanswered == 1


async def test_a_verdict_that_cannot_be_counted_is_parked(
    waiting: Build, answer: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(PlayedLegacy(answer({"a": 1}))) as pipeline:
        ledger = pipeline._parts.ledger
        add = ledger.judged

        def judged(pair: Pair, verdict: Verdict) -> None:
            if verdict.outcome is Outcome.MISMATCHED:
                raise KeyError("never thought of")
            add(pair, verdict)

        monkeypatch.setattr(ledger, "judged", judged)
        pipeline.accept(waiting({"a": 1}, {"a": 2}))
        async with asyncio.timeout(5):
            while "r" not in ledger.routes:  # noqa: ASYNC110 - as fast as it gets there
                await asyncio.sleep(0)
        pipeline.accept(waiting())
        assert (await counted(pipeline, 1))["matched"] == 1
        assert len(ledger.routes["r"].parked) == 1
        assert ledger.routes["r"].total.skipped == {"own fault: KeyError": 1}
