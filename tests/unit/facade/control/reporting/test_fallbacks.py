"""Fallbacks have a beginning, a reason and an end, over all workers."""

from typing import Any

import pytest

from facade.control.reporting.fallbacks import QUIET_SECONDS, Fallbacks


def words_of(fallbacks: Fallbacks, workers: Any, now: float) -> list[str]:
    return [one.began() for one in fallbacks.look(workers.fleet, now)]


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"failures": {"new.connect": 3, "legacy.closed": 9}}, "it failed (connect)"),
        ({"failures": {"new.connect": 1, "new.first-byte": 2}}, "it failed (first-byte)"),
        ({"diverted": 3}, "its breaker is open, or it has no address"),
        ({"declined": 3}, "it declined"),
        ({}, "it failed"),
    ],
)
def test_the_reason_is_that_of_most(workers: Any, counts: dict[str, Any], reason: str) -> None:
    fallbacks = Fallbacks()
    workers.fell_back(0, 0)
    assert words_of(fallbacks, workers, 1.0) == []
    workers.fell_back(0, 3, **counts)
    assert words_of(fallbacks, workers, 2.0) == [
        f"product: legacy answers in place of the new side: {reason}"
    ]


def test_they_end_when_none_came_for_a_while_and_are_summed_up(workers: Any) -> None:
    fallbacks = Fallbacks()
    for number in (0, 1):
        workers.fell_back(number, 0)
    words_of(fallbacks, workers, 1.0)
    workers.fell_back(0, 1000)
    workers.fell_back(1, 234)
    (trouble,) = fallbacks.look(workers.fleet, 2.0)
    (trouble,) = fallbacks.look(workers.fleet, 2.0 + QUIET_SECONDS)
    assert trouble.ended(QUIET_SECONDS + 3.0) == (
        "product: fallbacks ended after 3 s:"
        " legacy answered 1,234 requests in place of the new side"
    )
    assert words_of(fallbacks, workers, 3.0 + QUIET_SECONDS) == []


def test_what_a_worker_counted_before_we_began_is_no_news(workers: Any) -> None:
    fallbacks = Fallbacks()
    workers.fell_back(0, 500)
    assert words_of(fallbacks, workers, 1.0) == []
    workers.fell_back(1, 500)
    assert words_of(fallbacks, workers, 2.0) == []
    workers.fell_back(1, 501)
    assert len(words_of(fallbacks, workers, 3.0)) == 1


def test_the_last_word_of_a_worker_that_ended_counts(workers: Any) -> None:
    fallbacks = Fallbacks()
    workers.fell_back(0, 0)
    words_of(fallbacks, workers, 1.0)
    workers.fell_back(0, 2)
    workers.fleet.lost(workers.fleet.living()[0])
    assert len(words_of(fallbacks, workers, 2.0)) == 1
