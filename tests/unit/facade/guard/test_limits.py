"""Each limit: refuted, in doubt, too little, or nothing against it; in words people can use."""

import math
from random import Random

import pytest

from facade.guard.limits import (
    DECLINED,
    ERRORS,
    LATENCY,
    MISMATCH,
    error_each,
    findings,
    run_until_over,
)
from facade.guard.verdict import ORDER, Finding, Kind, together
from facade.guard.window import PairCounts, SideCounts
from facade.proxy.counting import histogram
from facade.routes.config.routefile import Guard
from facade.routes.stages import Stage
from tests.unit.facade.guard.conftest import evidence, timed

ALL = Guard(Stage.SHADOW, max_mismatch=10, max_error_ratio=1.5, max_p95_ratio=1.5)


def of(cause: str, **given) -> Finding:
    return next(found for found in findings(ALL, evidence(**given)) if found.cause == cause)


def test_the_budget_is_shared_by_the_limits_that_are_set() -> None:
    assert error_each(ALL) == pytest.approx(0.05 / 3)
    assert error_each(Guard(Stage.SHADOW, max_mismatch=10)) == 0.05
    only = Guard(Stage.SHADOW, max_error_ratio=2.0)
    assert [found.cause for found in findings(only, evidence())] == [ERRORS]


@pytest.mark.parametrize(
    ("differ", "pairs", "kind"),
    [
        (0, 100, Kind.HOLD),
        (1, 5, Kind.PAUSE),  # one alone is no proof
        (2, 20, Kind.BACK),
        (8, 2_000, Kind.PAUSE),
        (12, 1_000, Kind.BACK),
        (2, 20_000, Kind.GO),
        (0, 20_000, Kind.GO),
    ],
)
def test_pairs_that_differ(differ: int, pairs: int, kind: Kind) -> None:
    assert of(MISMATCH, mismatched=differ, compared=pairs).kind is kind


def test_too_little_says_how_many_more_pairs_and_how_long() -> None:
    found = of(MISMATCH, compared=7_400, pace=1.5)
    assert found.kind is Kind.HOLD
    assert (
        found.words == "0 of 7,400 pairs differ: needs about 1,830 more pairs, 20 min at this pace"
    )
    assert of(MISMATCH, compared=10).words.endswith("and none come")


@pytest.mark.parametrize(
    ("declined", "pairs", "kind"), [(9, 0, None), (10, 9, Kind.HOLD), (300, 20_000, None)]
)
def test_copies_that_are_mostly_declined_hold_it(declined, pairs, kind: Kind | None) -> None:
    found = findings(ALL, evidence(declined=declined, compared=pairs))
    assert next((one.kind for one in found if one.cause == DECLINED), None) is kind
    assert all(one.kind is not Kind.BACK for one in found)


def test_nobody_may_differ_is_a_limit_too() -> None:
    guard = Guard(Stage.SHADOW, max_mismatch=0)
    kinds = [findings(guard, evidence(mismatched=n, compared=9_999))[0].kind for n in (0, 1, 2)]
    assert kinds == [Kind.HOLD, Kind.PAUSE, Kind.BACK]


@pytest.mark.parametrize(
    ("new", "legacy", "kind"),
    [
        ((0, 0), (0, 0), Kind.HOLD),
        ((50, 1), (950, 0), Kind.PAUSE),
        ((50, 2), (950, 0), Kind.PAUSE),  # two are fewer than any proof
        ((50, 4), (950, 0), Kind.BACK),
        ((500, 5), (9_500, 95), Kind.GO),  # as often on both sides
        ((200, 200), (200, 0), Kind.BACK),
        ((200, 100), (200, 100), Kind.GO),
    ],
)
def test_errors_of_two_groups_of_clients(new, legacy, kind: Kind) -> None:
    assert of(ERRORS, new=new, legacy=legacy).kind is kind


def test_a_doubt_about_errors_ends_when_none_follows_and_a_refuted_limit_does_not() -> None:
    assert of(ERRORS, new=(50, 2), legacy=(950, 0)).kind is Kind.PAUSE
    assert of(ERRORS, new=(50, 2), legacy=(950, 0), calm=True).kind is Kind.GO
    assert of(ERRORS, new=(50, 4), legacy=(950, 0), calm=True).kind is Kind.BACK


def test_errors_in_shadow_are_those_of_pairs() -> None:
    shadow = {"stage": Stage.SHADOW, "share": 0.0, "timed": 500}
    assert of(ERRORS, only_new=20, **shadow).kind is Kind.BACK
    assert of(ERRORS, only_new=20, only_legacy=20, **shadow).kind is Kind.GO
    assert of(ERRORS, both=50, **shadow).kind is Kind.GO
    # Clients are all on legacy: their errors say nothing of the new side.
    assert of(ERRORS, legacy=(500, 200), **shadow).kind is Kind.GO


def test_the_words_say_when_errors_in_shadow_start_at_zero_and_where_clients_are_nothing() -> None:
    failing = {"only_new": 20, "timed": 20}
    words = of(ERRORS, stage=Stage.SHADOW, share=0.0, unfailing=3, **failing).words
    missing = run_until_over(PairCounts(unfailing=3, **failing))
    assert missing > 10
    assert words.endswith(
        f"starts at zero after {missing} more pairs without a failure of new, or a reset"
    )
    assert run_until_over(PairCounts(unfailing=500, only_new=20, timed=520)) == 0
    assert of(ERRORS, new=(200, 200), legacy=(200, 0)).words.endswith("surely more than 1.5 ×")


def test_latency_by_pairs_and_by_percentiles() -> None:
    slow = SideCounts(400, 0, timed(300, 400))
    quick = SideCounts(400, 0, timed(20, 400))
    assert of(LATENCY, new=slow, legacy=quick).kind is Kind.BACK
    assert of(LATENCY, new=quick, legacy=quick).kind is Kind.GO
    assert of(LATENCY, timed=400, slower=300).kind is Kind.BACK
    assert of(LATENCY, timed=400, slower=200).kind is Kind.GO
    assert of(LATENCY, timed=50, slower=50).kind is Kind.HOLD  # the first requests are slow
    shadow = {"stage": Stage.SHADOW, "share": 0.0}
    found = of(LATENCY, timed=400, new_ms=timed(300, 400), legacy_ms=timed(20, 400), **shadow)
    assert found.kind is Kind.BACK
    assert "1.5 × may" in found.words


def test_with_too_little_traffic_never_back_and_never_on() -> None:
    """A route asked a few times an hour, equal on both sides, with accidents now and then."""
    chance = Random(11)
    for _ in range(200):
        pairs = chance.randrange(60)
        seen = evidence(
            compared=pairs, mismatched=0, timed=pairs, slower=chance.randrange(pairs + 1),
            new=(pairs, min(pairs, 1)), legacy=(pairs, 0),
        )  # fmt: skip
        assert together(findings(ALL, seen)).kind in (Kind.HOLD, Kind.PAUSE)


def test_the_numbers_are_named_by_their_cause() -> None:
    verdict = together(findings(ALL, evidence(compared=1_000, mismatched=12)))
    assert verdict.kind is Kind.BACK
    assert verdict.cause == MISMATCH
    assert verdict.words.startswith("12 of 1,000 pairs differ: surely more than 0.29 %")
    assert (verdict.numbers["mismatch.differ"], verdict.numbers["mismatch.pairs"]) == (12, 1_000)


def hour(chance: Random) -> Kind:
    """The worst that a guard said while 3,000 requests were asked of two sides that are alike."""
    worst = Kind.GO
    seen = evidence(share=0.25)
    for request in range(3_000):
        side = seen.counted.new if chance.random() < 0.25 else seen.counted.legacy
        side.requests += 1
        side.errors += chance.random() < 0.01
        side.latency[histogram.slot(chance.lognormvariate(2.0, 0.7))] += 1
        failed = chance.random() < 0.01, chance.random() < 0.01
        pairs = seen.pairs
        pairs.compared += 1
        pairs.mismatched += chance.random() < 0.0005
        pairs.only_new += failed[0] and not failed[1]
        pairs.only_legacy += failed[1] and not failed[0]
        pairs.timed += not any(failed)
        pairs.slower += not any(failed) and chance.gauss(0.0, 1.0) > math.log(1.5)
        if request % 10 == 0:
            worst = max(worst, together(findings(ALL, seen)).kind, key=ORDER.index)
    return worst


def test_two_equal_sides_are_hardly_ever_judged_different() -> None:
    chance = Random(31)
    assert sum(hour(chance) is Kind.BACK for _ in range(20)) <= 1
