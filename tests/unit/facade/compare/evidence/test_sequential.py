"""The tests a guard looks at all the time: calibrated by simulated rollouts, with fixed seeds."""

from collections.abc import Callable
from math import exp, inf, log, log1p
from random import Random

import pytest

from facade.compare.evidence.bounds import anytime_upper_bound
from facade.compare.evidence.sequential import (
    anytime_lower_bound,
    coin_of,
    log_wealth,
    pair_wealth,
    pairs_until,
    refuted,
    run_to_refute,
    seen_below,
    slower_by_quantile,
)
from facade.proxy.counting import histogram

SHARED = 0.05 / 3  # a window's error budget, shared by three guards


def stopped_at(chance: Random, rate: float, limit: float, error: float, most: int) -> int | None:
    """The pair that refutes the limit, looking after every one; None: none of `most` does.

    Only a mismatch can refute it, so the pairs between two of them are jumped over.
    """
    pairs = seen = 0
    while True:
        pairs += int(log(1.0 - chance.random()) / log1p(-rate)) + 1
        if pairs > most:
            return None
        seen += 1
        if refuted(seen, pairs, limit, error):
            return pairs


@pytest.mark.parametrize("error", [0.05, SHARED])
def test_at_the_limit_at_most_5_percent_are_stopped_in_1000_runs(error: float) -> None:
    chance = Random(1)
    stops = [stopped_at(chance, 0.001, 0.001, error, 20_000) for _ in range(1000)]
    assert sum(at is not None for at in stops) <= 50


@pytest.mark.parametrize(("rate", "median", "p90"), [(0.1, 20, 60), (0.01, 600, 1_200)])
def test_a_fault_is_stopped_in_time_with_the_budget_shared_by_three(
    rate: float, median: int, p90: int
) -> None:
    chance = Random(2)
    stops = sorted(
        at or 10**9 for at in (stopped_at(chance, rate, 0.001, SHARED, 50_000) for _ in range(1000))
    )
    assert stops[500] <= median
    assert stops[900] <= p90


def test_the_left_end_is_that_of_the_martingale_whose_right_end_is_known() -> None:
    for seen, of in [(0, 50), (1, 10), (5, 400), (40, 60), (999, 1000)]:
        low, high = anytime_lower_bound(seen, of, 0.05), anytime_upper_bound(seen, of)
        assert low <= seen / of <= high
        if 0 < seen < of:  # mirrored: what is seen and what is not change places
            assert low == pytest.approx(1 - anytime_upper_bound(of - seen, of), abs=1e-6)


def test_one_mismatch_refutes_a_limit_of_nothing() -> None:
    assert log_wealth(1, 10_000, 0.0) == inf
    assert not refuted(0, 10_000, 0.0, 0.05)
    assert not refuted(10, 10, 1.0, 0.05)  # nothing is above all


def test_what_a_bet_has_won_is_known_at_some_places() -> None:
    assert log_wealth(1, 1, 0.01) == pytest.approx(log(0.5 / 0.01))
    assert log_wealth(2, 2, 0.05) == pytest.approx(log(3 / 8 / 0.05**2))
    assert log_wealth(2, 3, 0.1) == pytest.approx(log(1 / 16 / (0.1**2 * 0.9)))
    assert log_wealth(0, 0, 0.01) == log_wealth(3, 0, 0.01) == 0.0
    assert log_wealth(1, 1, 1.0) == log_wealth(1, 1, 1.5) == 0.0
    assert log_wealth(0, 1, 0.0) == 0.0
    assert log_wealth(1, 1, -0.1) == inf


def test_only_a_rate_above_the_limit_speaks_against_it() -> None:
    assert log_wealth(0, 100_000, 0.5) == 0.0
    assert log_wealth(10, 1_000, 0.01) == 0.0
    assert log_wealth(501, 1_000, 0.5) == 0.0  # a little above is no win
    assert log_wealth(700, 1_000, 0.5) > 50


def test_the_lower_bound_of_nothing_is_nothing() -> None:
    assert anytime_lower_bound(0, 50, 0.05) == anytime_lower_bound(3, 0, 0.05) == 0.0
    assert anytime_lower_bound(1, 1, 0.05) == pytest.approx(0.5 * 0.05, rel=1e-9)


@pytest.mark.parametrize(("seen", "of"), [(1, 10), (5, 400), (999, 1000)])
@pytest.mark.parametrize("error", [0.05, 0.001])
def test_the_lower_bound_is_the_least_limit_that_is_not_refuted(
    seen: int, of: int, error: float
) -> None:
    low = anytime_lower_bound(seen, of, error)
    assert refuted(seen, of, low * (1 - 1e-9), error)
    assert not refuted(seen, of, low * (1 + 1e-9), error)


@pytest.mark.parametrize("counts", [(5, 0, 0), (3, 1, 2), (9, 4, 0)])
def test_of_pairs_both_that_failed_count_for_each_side(counts: tuple[int, int, int]) -> None:
    only_new, only_legacy, both = counts
    failed = only_new + both
    for ratio, chance in ((1.0, 0.5), (0.25, 0.2)):
        expected = log_wealth(failed, failed + only_legacy + both, chance)
        assert pair_wealth(*counts, ratio) == pytest.approx(expected)
    assert pair_wealth(*counts, 0.25) > 0


@pytest.mark.parametrize(
    ("share", "ratio", "chance"),
    [(0.5, 1.0, 0.5), (0.5, 2.0, 2 / 3), (0.05, 1.5, 0.0732), (0.0, 2.0, 0.0), (1.0, 1.5, 1.0)],
)
def test_the_coin_of_an_error(share: float, ratio: float, chance: float) -> None:
    assert coin_of(share, ratio) == pytest.approx(chance, abs=1e-4)


def errors_stop(chance: Random, share: float, new: float, legacy: float) -> bool:
    """Whether errors of two groups of clients refute a ratio of 1.5 within 20,000 requests."""
    seen, of, asked = 0, 0, [0, 0]
    for _ in range(20_000):
        side = chance.random() < share
        asked[side] += 1
        if chance.random() < (new if side else legacy):
            seen, of = seen + side, of + 1
            w = asked[1] / sum(asked)
            if of and refuted(seen, of, coin_of(w, 1.5), SHARED / 2):
                return True
    return False


@pytest.mark.parametrize("share", [0.05, 0.5])
@pytest.mark.parametrize("rate", [0.002, 0.02])
def test_errors_at_the_allowed_ratio_stop_at_most_5_percent(share: float, rate: float) -> None:
    chance = Random(3)
    assert sum(errors_stop(chance, share, 1.5 * rate, rate) for _ in range(60)) <= 3


def test_a_new_side_that_fails_ten_times_as_often_is_stopped() -> None:
    chance = Random(4)
    assert sum(errors_stop(chance, 0.25, 0.02, 0.002) for _ in range(20)) == 20


def pairs_stop(chance: Random, ratio: float, only_new: float, both: float, legacy: float) -> bool:
    new_failed = legacy_failed = both_failed = 0
    for _ in range(20_000):
        drawn = chance.random()
        if drawn >= only_new + both + legacy:
            continue
        if drawn < only_new:
            new_failed += 1
        elif drawn < only_new + both:
            both_failed += 1
        else:
            legacy_failed += 1
        if pair_wealth(new_failed, legacy_failed, both_failed, ratio) >= -log(SHARED / 2):
            return True
    return False


@pytest.mark.parametrize("both", [0.0, 0.01, 0.05])
@pytest.mark.parametrize("ratio", [1.0, 1.5])
def test_pairs_at_the_allowed_ratio_stop_at_most_5_percent(ratio: float, both: float) -> None:
    legacy = 0.004
    only_new = ratio * (legacy + both) - both
    chance = Random(5)
    assert sum(pairs_stop(chance, ratio, only_new, both, legacy) for _ in range(60)) <= 3


def test_pairs_that_fail_on_the_new_side_alone_are_stopped_and_the_reverse_is_not() -> None:
    assert pairs_stop(Random(6), 1.5, 0.01, 0.0, 0.0)
    assert not pairs_stop(Random(6), 1.5, 0.0, 0.01, 0.01)


def run_comes(chance: Random, rate: float, pairs: int) -> bool:
    """Whether failures that go on are ever taken to be over, looking after every pair."""
    failed = run = needed = 0
    for of in range(1, pairs + 1):
        if chance.random() < rate:
            failed, run = failed + 1, 0
            needed = run_to_refute(failed, of, 0.05)
        else:
            run += 1
            if failed and run >= needed:
                return True
    return False


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
def test_failures_that_go_on_are_taken_to_be_over_in_at_most_5_percent(rate: float) -> None:
    chance = Random(7)
    assert sum(run_comes(chance, rate, round(20 / rate)) for _ in range(60)) <= 3


def test_the_run_that_refutes_failures_is_short_where_they_were_many() -> None:
    assert run_to_refute(0, 0, 0.05) == 0
    runs = [run_to_refute(failed, 100, 0.05) for failed in (3, 10, 50, 100)]
    assert runs == sorted(runs, reverse=True)
    assert runs[-1] <= 10
    assert runs[0] <= 5_000


def latency_stops(chance: Random, slower: float, of: Callable[[], float]) -> bool:
    new, legacy = histogram.empty(), histogram.empty()
    for request in range(6_000):
        new[histogram.slot(of() * slower)] += 1
        legacy[histogram.slot(of())] += 1
        if request % 50 == 0 and slower_by_quantile(new, legacy, 1.5, SHARED / 2) is not None:
            return True
    return False


def test_the_95th_percentiles_are_judged_different_only_when_they_are() -> None:
    chance = Random(7)

    def of() -> float:
        return chance.lognormvariate(2.0, 0.6)

    assert not any(latency_stops(chance, 1.0, of) for _ in range(10))
    assert sum(latency_stops(chance, 1.5, of) for _ in range(40)) <= 2
    assert all(latency_stops(chance, 3.0, of) for _ in range(5))


def test_bounds_of_percentiles_lie_outside_of_them() -> None:
    new, legacy = histogram.empty(), histogram.empty()
    for value in range(1, 1001):
        legacy[histogram.slot(value / 100)] += 1  # p95 9.5 ms
        new[histogram.slot(value / 10)] += 1  # p95 95 ms
    found = slower_by_quantile(new, legacy, 1.5, 0.01)
    assert found is not None
    assert found[0] <= 95
    assert found[1] >= 9.5
    assert slower_by_quantile(new, histogram.empty(), 1.5, 0.01) is None


def slot_of(slot: int, count: int) -> list[int]:
    """So many answers in one slot."""
    counts = histogram.empty()
    counts[slot] = count
    return list(counts)


FAST, SLOW = histogram.BOUNDS_MS[10], histogram.BOUNDS_MS[30]


def test_percentiles_are_rounded_outward_to_the_next_bound() -> None:
    new, legacy = slot_of(31, 1_000), slot_of(10, 1_000)
    assert slower_by_quantile(new, legacy, 1.0, 0.05) == (SLOW, FAST)
    assert slower_by_quantile(legacy, new, 1.0, 0.05) is None


def test_just_at_the_ratio_nothing_is_refuted() -> None:
    new, legacy = slot_of(31, 1_000), slot_of(10, 1_000)
    assert slower_by_quantile(new, legacy, SLOW / FAST, 0.05) is None
    assert slower_by_quantile(new, legacy, SLOW / FAST * 0.999, 0.05) == (SLOW, FAST)


def test_each_percentile_has_half_of_the_error() -> None:
    """One answer wins 10 against 5 % (log 2.30); a hundred of a hundred win 9.5 against 95 %."""
    many = slot_of(10, 1_000)
    assert slower_by_quantile(slot_of(31, 1), many, 1.0, 0.19) is None
    assert slower_by_quantile(slot_of(31, 1), many, 1.0, 0.21) == (SLOW, FAST)
    won = log_wealth(100, 100, 0.95)
    few, slow = slot_of(10, 100), slot_of(31, 1_000)
    assert slower_by_quantile(slow, few, 1.0, 1.9 * exp(-won)) is None
    assert slower_by_quantile(slow, few, 1.0, 2.1 * exp(-won)) == (SLOW, FAST)


def test_what_lies_before_the_first_or_behind_the_last_bound_has_none() -> None:
    last = len(histogram.BOUNDS_MS)
    assert slower_by_quantile(slot_of(0, 1_000), slot_of(0, 1_000), 0.01, 0.05) is None
    assert slower_by_quantile(slot_of(last, 1_000), slot_of(last, 1_000), 0.01, 0.05) is None
    found = slower_by_quantile(slot_of(last, 1_000), slot_of(0, 1_000), 1.0, 0.05)
    assert found == (histogram.BOUNDS_MS[-1], histogram.BOUNDS_MS[0])
    found = slower_by_quantile(slot_of(1, 1_000), slot_of(0, 1_000), 0.5, 0.05)
    assert found == (histogram.BOUNDS_MS[0], histogram.BOUNDS_MS[0])


def test_the_percentile_is_that_of_the_slowest_5_percent() -> None:
    """Where a fifth is slow the 95th percentile is, where a hundredth is it is not."""
    legacy = slot_of(10, 10_000)
    for slow, found in ((2_000, (SLOW, FAST)), (100, None)):
        new = slot_of(10, 10_000 - slow)
        new[31] = slow
        assert slower_by_quantile(new, legacy, 1.0, 0.05) == found


@pytest.mark.parametrize(("seen", "of"), [(0, 0), (0, 10), (0, 64), (1, 70), (3, 500)])
@pytest.mark.parametrize("limit", [0.2, 0.01])
def test_so_many_more_clean_pairs_are_the_least_number(seen: int, of: int, limit: float) -> None:
    more = pairs_until(seen, of, limit, 0.05)
    if more is None:
        assert seen > limit * of
        return
    assert seen_below(seen, of + more, limit, 0.05)
    assert more == 0 or not seen_below(seen, of + more - 1, limit, 0.05)


def test_a_rate_at_the_limit_can_still_be_brought_down() -> None:
    assert pairs_until(1, 100, 0.01, 0.05) is not None
    assert pairs_until(2, 100, 0.01, 0.05) is None


def test_how_many_more_clean_pairs_are_needed() -> None:
    assert pairs_until(0, 0, 0.01, 0.05) == pytest.approx(684, abs=5)  # as the findings say
    more = pairs_until(0, 600, 0.01, 0.05)
    assert more is not None
    assert seen_below(0, 600 + more, 0.01, 0.05)
    assert not seen_below(0, 599 + more, 0.01, 0.05)
    assert pairs_until(0, 5_000, 0.01, 0.05) == 0
    assert pairs_until(50, 100, 0.01, 0.05) is None
