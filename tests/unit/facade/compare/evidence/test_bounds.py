"""Bounds: against known values, against each other, and by simulation."""

from functools import cache
from math import comb, log, log1p, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.compare.evidence.bounds import (
    anytime_pairs_needed,
    anytime_upper_bound,
    incomplete_beta,
    log_beta,
    lower_bound,
    pairs_needed,
    upper_bound,
)


def at_most(mismatched: int, compared: int, rate: float) -> float:
    """The chance of so few mismatches when this is the true rate."""
    return sum(
        comb(compared, k) * rate**k * (1 - rate) ** (compared - k) for k in range(mismatched + 1)
    )


@pytest.mark.parametrize(
    ("mismatched", "compared", "bound"),
    [
        (0, 10, 0.2588655509),  # 1 - 0.05 ** (1 / 10)
        (0, 3000, 0.0009980777),
        (1, 100, 0.0465598),
        (3, 1000, 0.0077352447),
        (50, 100, 0.5863892),
        (10, 10, 1.0),
        (0, 0, 1.0),
    ],
)
def test_known_values(mismatched: int, compared: int, bound: float) -> None:
    assert upper_bound(mismatched, compared) == pytest.approx(bound, rel=2e-5)


@given(st.integers(1, 200), st.data())
def test_the_bound_is_exact(compared: int, data: st.DataObject) -> None:
    """At the bound, so few mismatches have a chance of exactly 5 %."""
    mismatched = data.draw(st.integers(0, compared - 1))
    assert at_most(mismatched, compared, upper_bound(mismatched, compared)) == pytest.approx(0.05)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
@pytest.mark.parametrize(("mismatched", "compared"), [(0, 20), (1, 2), (19, 20), (90, 200)])
def test_the_bound_is_exact_at_any_confidence(
    mismatched: int, compared: int, confidence: float
) -> None:
    bound = upper_bound(mismatched, compared, confidence)
    assert at_most(mismatched, compared, bound) == pytest.approx(1 - confidence, rel=1e-8)


@pytest.mark.parametrize(("seen", "of"), [(1, 1), (1, 20), (5, 5), (19, 20), (90, 200)])
def test_the_lower_bound_is_exact(seen: int, of: int) -> None:
    """At the bound, so many have a chance of exactly 5 %."""
    for confidence in (0.95, 0.8):
        bound = lower_bound(seen, of, confidence)
        assert 1 - at_most(seen - 1, of, bound) == pytest.approx(1 - confidence, rel=1e-8)
    assert lower_bound(seen, of) == lower_bound(seen, of, 0.95)


def test_of_nothing_and_of_more_than_all() -> None:
    assert lower_bound(0, 50) == lower_bound(3, 0) == lower_bound(0, 0) == 0.0
    assert lower_bound(7, 5) == lower_bound(5, 5)
    assert upper_bound(7, 5) == anytime_upper_bound(7, 5) == 1.0
    assert upper_bound(0, 0) == anytime_upper_bound(0, 0) == 1.0
    assert anytime_upper_bound(5, 5) == 1.0


def test_incomplete_beta_is_0_before_and_1_after() -> None:
    assert incomplete_beta(2.0, 3.0, 0.0) == incomplete_beta(2.0, 3.0, -0.1) == 0.0
    assert incomplete_beta(2.0, 3.0, 1.0) == incomplete_beta(2.0, 3.0, 1.1) == 1.0
    assert 0.0 < incomplete_beta(2.0, 3.0, 1e-6) < 1e-10


@pytest.mark.parametrize(("k", "n"), [(0, 1), (0, 2), (1, 2), (3, 40), (20, 40), (500, 1000)])
@pytest.mark.parametrize("x", [0.001, 0.05, 0.3, 0.5, 0.7, 0.99])
def test_incomplete_beta_is_the_tail_of_the_binomial(k: int, n: int, x: float) -> None:
    more = sum(comb(n, i) * x**i * (1 - x) ** (n - i) for i in range(k + 1, n + 1))
    assert incomplete_beta(k + 1.0, float(n - k), x) == pytest.approx(more, rel=1e-9, abs=1e-300)


def test_log_beta_is_known_at_some_places() -> None:
    assert log_beta(1.0, 1.0) == pytest.approx(0.0)
    assert log_beta(2.0, 3.0) == pytest.approx(-2.484906649788)  # 1 / 12


def test_incomplete_beta_is_the_integral() -> None:
    a, b, x, steps = 2.5, 7.0, 0.3, 20_000
    points = [(k + 0.5) / steps for k in range(steps)]
    density = [t ** (a - 1) * (1 - t) ** (b - 1) for t in points]
    below = sum(value for t, value in zip(points, density, strict=True) if t <= x)
    assert incomplete_beta(a, b, x) == pytest.approx(below / sum(density), rel=1e-3)


def test_millions_of_pairs_are_no_problem() -> None:
    assert upper_bound(0, 10_000_000) == pytest.approx(2.9957e-7, rel=1e-3)
    assert 0.005 < upper_bound(50_000, 10_000_000) < 0.00504


@pytest.mark.parametrize("target", [0.01, 0.001])
@pytest.mark.parametrize("mismatched", [0, 1, 7])
def test_pairs_needed_is_the_least_number(mismatched: int, target: float) -> None:
    needed = pairs_needed(mismatched, target)
    assert upper_bound(mismatched, needed) <= target < upper_bound(mismatched, needed - 1)


def test_pairs_needed_refuses_what_no_number_reaches() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        pairs_needed(0, 0.0)


def test_the_anytime_bound_is_wider() -> None:
    for mismatched, compared in ((0, 100), (0, 10_000), (5, 1_000), (100, 1_000)):
        fixed, anytime = (
            upper_bound(mismatched, compared),
            anytime_upper_bound(mismatched, compared),
        )
        assert fixed < anytime < 6 * fixed


@pytest.mark.parametrize(
    ("compared", "bound"),
    [(1, 1 - 0.5 * 0.05), (2, 1 - sqrt(3 / 8 * 0.05)), (3, 1 - (5 / 16 * 0.05) ** (1 / 3))],
)
def test_the_anytime_bound_is_known_where_nothing_was_seen(compared: int, bound: float) -> None:
    """The mixture's share of n clean pairs is C(2n, n) / 4^n."""
    assert anytime_upper_bound(0, compared) == pytest.approx(bound, rel=1e-9)


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
@pytest.mark.parametrize(("mismatched", "compared"), [(1, 2), (3, 40), (199, 200), (5, 100_000)])
def test_at_the_anytime_bound_the_bet_has_won_what_refutes(
    mismatched: int, compared: int, confidence: float
) -> None:
    """The wealth, from the integral over the prior, is 1 / (1 - confidence) there."""
    bound = anytime_upper_bound(mismatched, compared, confidence)
    clean = compared - mismatched
    mixture = log_beta(mismatched + 0.5, clean + 0.5) - log_beta(0.5, 0.5)
    wealth = mixture - mismatched * log(bound) - clean * log1p(-bound)
    assert bound > mismatched / compared
    assert wealth == pytest.approx(-log(1 - confidence), rel=1e-6)


@pytest.mark.parametrize("target", [0.05, 0.01])
@pytest.mark.parametrize("mismatched", [0, 1, 7])
def test_anytime_pairs_needed_is_the_least_number(mismatched: int, target: float) -> None:
    needed = anytime_pairs_needed(mismatched, target)
    bounds = [anytime_upper_bound(mismatched, needed - less) for less in (0, 1)]
    assert bounds[0] <= target < bounds[1]
    assert needed < anytime_pairs_needed(mismatched, target, 0.99)


def test_pairs_needed_is_within_reach_also_for_a_loose_target() -> None:
    assert pairs_needed(0, 0.99) == 1
    assert upper_bound(3, pairs_needed(3, 0.9)) <= 0.9 < upper_bound(3, pairs_needed(3, 0.9) - 1)
    for target in (1.0, -0.1, 1.5):
        with pytest.raises(ValueError, match=f"not {target}"):
            pairs_needed(0, target)


ROLLOUTS = 1_000
TARGET = 0.01


@pytest.mark.parametrize("rate", [0.01, 0.012, 0.02])
def test_one_look_promotes_falsely_as_often_as_stated(rate: float) -> None:
    """1,000 rollouts of a side that is too wrong, each judged once when 0 of n could do: the share
    promoted is what (1 - rate)^n says, at most 5 %."""
    random, pairs = Random(11), pairs_needed(0, TARGET)
    promoted = sum(all(random.random() >= rate for _ in range(pairs)) for _ in range(ROLLOUTS))
    stated = (1 - rate) ** pairs
    assert stated <= 0.05
    spread = 3 * (stated * (1 - stated) / ROLLOUTS) ** 0.5
    assert abs(promoted / ROLLOUTS - stated) <= spread


def test_looking_again_and_again_is_safe_with_the_anytime_bound_only() -> None:
    """1,000 rollouts at a true rate of 2 %, looked at every 50 pairs: is a bound ever wrong?"""
    random, rate = Random(7), 0.02
    bounds = cache(upper_bound), cache(anytime_upper_bound)
    wrong = [0, 0]
    for _ in range(ROLLOUTS):
        seen, mismatched = [False, False], 0
        for compared in range(50, 1_501, 50):
            mismatched += sum(random.random() < rate for _ in range(50))
            for at, bound in enumerate(bounds):
                seen[at] = seen[at] or bound(mismatched, compared) < rate
        wrong = [so_far + now for so_far, now in zip(wrong, seen, strict=True)]
    assert wrong[1] / ROLLOUTS <= 0.05 < wrong[0] / ROLLOUTS
