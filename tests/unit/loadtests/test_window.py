from __future__ import annotations

import pytest

from loadtests.window import MAX_REASONS, Window, percentile


def test_figures_of_the_last_seconds_and_sums_since_the_start() -> None:
    window = Window(seconds=5.0)
    window.add(100.0, "GET /a", 10.0)
    for n in range(10):
        window.add(106.0, "GET /a", 20.0 + n)
    line = window.line(107.0, users=3)
    assert line["names"]["GET /a"] == {
        "requests": 11,
        "failures": 0,
        "rps": 2.0,
        "p50": 24.0,
        "p95": 29.0,
    }
    assert (line["users"], line["requests"], line["rps"]) == (3, 11, 2.0)


def test_failures_are_counted_by_reason_the_most_frequent_first() -> None:
    window = Window()
    window.add(1.0, "GET /a", 1.0, "status 502")
    window.add(2.0, "GET /b", 1.0, "price off")
    window.add(3.0, "GET /b", 1.0, "price off")
    line = window.line(4.0, users=1)
    assert line["failures"] == 3
    assert line["reasons"] == [
        {"name": "GET /b", "reason": "price off", "count": 2, "first": 2.0},
        {"name": "GET /a", "reason": "status 502", "count": 1, "first": 1.0},
    ]


def test_a_flood_of_different_reasons_stays_bounded_but_all_are_counted() -> None:
    window = Window()
    for n in range(MAX_REASONS + 20):
        window.add(1.0, "GET /a", 1.0, f"reason {n}")
    line = window.line(1.0, users=1)
    assert len(line["reasons"]) == MAX_REASONS
    assert line["failures"] == MAX_REASONS + 20


@pytest.mark.parametrize(("share", "value"), [(0.5, 2.0), (0.95, 4.0), (0.0, 1.0), (1.0, 4.0)])
def test_percentile_is_the_nearest_rank(share: float, value: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], share) == value


def test_percentile_of_nothing() -> None:
    assert percentile([], 0.5) is None


def test_what_is_excused_is_counted_apart_and_is_no_failure() -> None:
    window = Window()
    window.excuse(1.0, "POST /api/login", 3.0)
    window.add(1.0, "POST /api/login", 3.0)
    line = window.line(2.0, users=1)
    assert (line["requests"], line["failures"], line["reasons"]) == (2, 0, [])
    assert line["excused"] == {"POST /api/login": 1}
