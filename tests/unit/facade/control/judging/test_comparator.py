"""A pair that harms the comparison costs its own verdict, and is parked by its name."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from facade.compare.verdict import Outcome
from facade.control.evidence_store.ledger import Ledger
from facade.control.judging.comparator import Comparator

Build = Callable[..., Any]


@pytest.fixture
async def comparator() -> AsyncIterator[Comparator]:
    made = Comparator(deadline=4.0, program="tests.rigs.facade.control.deadly")
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("target", "cause", "restarts"),
    [
        ("/raises", "own fault: RuntimeError", 0),
        ("/dies", "own fault: the comparison died of it", 2),  # in its batch, and alone
        ("/hangs", "own fault: it took too long", 2),
    ],
)
async def test_it_is_parked_and_the_others_are_judged(
    comparator: Comparator, pair: Build, target: str, cause: str, restarts: int
) -> None:
    work = [
        (pair(1, 1), None),
        (pair(1, 2, target=target, request_id="the-bad-one"), None),
        (pair(1, 2), None),
    ]
    verdicts = await comparator.judge(work)
    outcomes = [verdict.outcome for verdict in verdicts]
    assert outcomes == [Outcome.MATCHED, Outcome.SKIPPED, Outcome.MISMATCHED]
    assert (verdicts[1].cause, verdicts[1].parked) == (cause, True)
    assert comparator.restarts == restarts
    ledger = Ledger()
    for (one, _), verdict in zip(work, verdicts, strict=True):
        ledger.judged(one, verdict)
    evidence = ledger.routes["r"]
    (parked,) = evidence.parked
    assert (parked.request_id, parked.target, parked.cause) == ("the-bad-one", target, cause)
    assert (evidence.parked_count, evidence.total.skipped) == (1, {cause: 1})


async def test_the_start_of_the_process_is_no_pairs_time(
    comparator: Comparator, pair: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIG_BEGINS_LATE", "5")  # later than the deadline of a batch
    verdicts = await comparator.judge([(pair(1, 1), None)])
    assert [one.outcome for one in verdicts] == [Outcome.MATCHED]
    assert comparator.restarts == 0


async def test_what_a_library_prints_is_not_taken_for_a_verdict(
    comparator: Comparator, pair: Build
) -> None:
    verdicts = await comparator.judge([(pair(1, 1, target="/prints"), None)])
    assert [one.outcome for one in verdicts] == [Outcome.MATCHED]
    assert comparator.restarts == 0
