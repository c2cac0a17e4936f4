"""Deadlines: noticed within a full turn, never early, also when they move."""

from hypothesis import given
from hypothesis import strategies as st

from facade.proxy.deadlines import NEVER, SLICES, TICK_SECONDS, Deadlines

TURN = SLICES * TICK_SECONDS


class Sleeper:
    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.woken: list[float] = []

    def expired(self, now: float) -> None:
        self.woken.append(now)
        self.deadline = NEVER


@given(st.lists(st.floats(0.0, 2.0), min_size=1, max_size=20))
def test_each_is_called_in_time_and_not_before(times: list[float]) -> None:
    deadlines = Deadlines(0.0)
    sleepers = [Sleeper(time) for time in times]
    for sleeper in sleepers:
        deadlines.add(sleeper)
    for step in range(1, 60):
        deadlines.tick(step * TICK_SECONDS)
    for sleeper, time in zip(sleepers, times, strict=True):
        (woken,) = sleeper.woken
        assert time <= woken <= time + TURN + TICK_SECONDS


def test_a_moved_deadline_counts() -> None:
    deadlines, sleeper = Deadlines(0.0), Sleeper(1.0)
    deadlines.add(sleeper)
    sleeper.deadline = 5.0
    for step in range(SLICES):
        deadlines.tick(2.0 + step * TICK_SECONDS)
    assert not sleeper.woken


def test_a_deadline_that_was_withdrawn_is_not_called() -> None:
    deadlines, sleeper = Deadlines(0.0), Sleeper(1.0)
    deadlines.add(sleeper)
    deadlines.discard(sleeper)
    for _ in range(SLICES):
        deadlines.tick(2.0)
    assert not sleeper.woken


def test_one_that_is_called_may_move_another() -> None:
    deadlines = Deadlines(0.0)
    other = Sleeper(1.0)

    class Meddler(Sleeper):
        def expired(self, now: float) -> None:
            super().expired(now)
            other.deadline = NEVER

    meddlers = [Meddler(0.5) for _ in range(50)]
    for one in (*meddlers[:25], other, *meddlers[25:]):
        deadlines.add(one)
    for step in range(SLICES * 2):
        deadlines.tick(0.6 + step)
    assert all(len(meddler.woken) == 1 for meddler in meddlers)
    assert len(other.woken) <= 1


def test_the_clock_is_the_last_tick() -> None:
    deadlines = Deadlines(3.0)
    assert deadlines.now == 3.0
    deadlines.tick(4.0)
    assert deadlines.now == 4.0
