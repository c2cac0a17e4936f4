"""Attempts, counted by several workers of a host."""

from collections.abc import Callable
from pathlib import Path

import pytest

from facade.proxy.attempts.counts import AttemptCounts
from facade.runtime.memory import HostMemory, digest_of
from tests.rigs.clock import Clock

ANNA, BEN, HERE = (digest_of("account", name) for name in ("anna", "ben", "here"))
WITHIN = 900.0


@pytest.fixture
def clock() -> Clock:
    return Clock(1_790_000_000.0)


@pytest.fixture
def worker(tmp_path: Path, clock: Clock) -> Callable[[], AttemptCounts]:
    """Makes workers of one host."""
    return lambda: AttemptCounts(HostMemory(tmp_path / "memory", clock))


def test_so_many_and_no_more_at_all_workers_together(worker, clock: Clock) -> None:
    workers = [worker() for _ in range(3)]
    for number in range(6):
        assert workers[number % 3].take([(ANNA, 6)], WITHIN) == 0
        clock.now += 10
    assert [each.take([(ANNA, 6)], WITHIN) for each in workers] == [WITHIN - 60] * 3
    assert workers[0].take([(BEN, 6)], WITHIN) == 0


def test_an_attempt_too_many_of_one_counts_for_none(worker) -> None:
    counts = worker()
    assert counts.take([(ANNA, 1), (HERE, 9)], WITHIN) == 0
    for _ in range(20):
        assert counts.take([(ANNA, 1), (HERE, 2)], WITHIN) == WITHIN
    assert counts.take([(BEN, 1), (HERE, 2)], WITHIN) == 0
    assert counts.take([(digest_of("account", "eve"), 1), (HERE, 2)], WITHIN) == WITHIN


def test_the_time_goes_from_the_first_attempt(worker, clock: Clock) -> None:
    counts = worker()
    counts.take([(ANNA, 2)], WITHIN)
    clock.now += WITHIN - 1
    counts.take([(ANNA, 2)], WITHIN)
    assert counts.take([(ANNA, 2)], WITHIN) == 1.0
    clock.now += 1.5
    assert counts.take([(ANNA, 2)], WITHIN) == 0


def test_a_login_ends_what_was_counted_for_its_account(worker) -> None:
    counts = worker()
    for _ in range(2):
        counts.take([(ANNA, 3), (HERE, 3)], WITHIN)
    counts.take([(ANNA, 3), (HERE, 3)], WITHIN)
    counts.give_back([HERE], [ANNA])
    assert [counts.take([(ANNA, 3)], WITHIN) for _ in range(3)] == [0, 0, 0]
    assert counts.take([(HERE, 3)], WITHIN) == 0
    assert counts.take([(HERE, 3)], WITHIN) == WITHIN


def test_one_that_is_given_back_is_as_none(worker) -> None:
    counts = worker()
    for _ in range(50):
        assert counts.take([(ANNA, 1)], WITHIN) == 0
        counts.give_back([ANNA])
    counts.give_back([ANNA, BEN])
    assert counts.take([(ANNA, 1)], WITHIN) == 0
    assert counts.take([(ANNA, 1)], WITHIN) == WITHIN


def test_what_was_counted_outlives_the_facade(worker) -> None:
    worker().take([(ANNA, 1)], WITHIN)
    assert worker().take([(ANNA, 1)], WITHIN) == WITHIN


def test_without_a_memory_nothing_is_counted() -> None:
    counts = AttemptCounts(HostMemory(None))
    assert [counts.take([(ANNA, 1)], WITHIN) for _ in range(3)] == [0, 0, 0]
    counts.give_back([ANNA])


def test_no_name_can_be_read_in_the_file(worker, tmp_path: Path) -> None:
    worker().take([(digest_of("account", "anna@example.org"), 1)], WITHIN)
    stored = (tmp_path / "memory" / "attempts").read_bytes()
    assert stored and b"anna" not in stored
    assert digest_of("account", "x") != digest_of("client", "x")
    assert digest_of("account", "\ud800")
