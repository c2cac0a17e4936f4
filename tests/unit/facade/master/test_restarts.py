"""A child is started again: at once when it had been well, later and later when it keeps ending."""

from facade.master.restarts import STABLE_SECONDS, Child


def test_one_that_keeps_ending_waits_longer_each_time() -> None:
    child, waits = Child("worker 0"), []
    now = 100.0
    for _ in range(4):
        child.pid, child.started = 7, now
        child.ended(1, now)
        assert child.pid == 0
        waits.append(child.start_at - now)
        now = child.start_at
    assert waits[0] < waits[-1]
    assert max(waits) <= 3.0


def test_one_that_was_well_starts_afresh() -> None:
    child = Child("worker 0")
    for _ in range(5):
        child.started = 0.0
        child.ended(1, 0.0)
    impatient = child.start_at
    child.ended(-9, STABLE_SECONDS + 1.0)
    assert child.start_at - (STABLE_SECONDS + 1.0) < impatient
