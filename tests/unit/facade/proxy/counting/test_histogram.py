"""Histogram: slots, sums and percentiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.proxy.counting import histogram

TIMES = st.floats(min_value=0.07, max_value=100_000, allow_nan=False)


def test_empty_has_no_percentile() -> None:
    assert histogram.percentile(histogram.empty(), 0.5) is None


def test_slots_cover_everything() -> None:
    assert histogram.slot(0.0) == 0
    assert histogram.slot(1e9) == histogram.SLOTS - 1


@given(TIMES)
def test_a_value_lies_in_its_slot(value: float) -> None:
    index = histogram.slot(value)
    assert value <= histogram.BOUNDS_MS[index]
    assert value > histogram.BOUNDS_MS[index - 1]


@given(st.lists(TIMES, min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 0.99]))
def test_percentile_is_within_one_slot(values: list[float], q: float) -> None:
    counts = histogram.empty()
    for value in values:
        counts[histogram.slot(value)] += 1
    exact = sorted(values)[max(0, min(len(values) - 1, -int(-q * len(values) // 1) - 1))]
    found = histogram.percentile(counts, q)
    assert found is not None
    assert exact / 1.2 <= found <= exact * 1.2


def test_add_and_difference_undo_each_other() -> None:
    first, second = histogram.empty(), histogram.empty()
    first[3], second[3], second[5] = 2, 4, 1
    total = list(first)
    histogram.add(total, second)
    assert histogram.difference(total, first) == second


def test_percentile_interpolates_inside_a_slot() -> None:
    counts = histogram.empty()
    counts[1] = 100
    low, high = histogram.BOUNDS_MS[:2]
    assert histogram.percentile(counts, 0.5) == pytest.approx((low + high) / 2)
