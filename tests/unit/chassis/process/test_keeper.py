"""A process starts again: at once when it had been well, later and later when it keeps ending."""

from chassis.process.keeper import Kept, Restarts

STABLE = 5.0


def kept() -> Kept:
    return Kept("worker 0", Restarts(first=0.1, most=3.0, stable=STABLE))


def wait_of(one: Kept, now: float) -> float:
    """Seconds from now until it is due, found as a keeper finds it."""
    return next(step / 100 for step in range(1000) if one.due(now + step / 100))


def test_one_that_was_never_started_is_due() -> None:
    assert kept().due(0.0)


def test_one_that_runs_is_not_due() -> None:
    one = kept()
    one.began(7, 1.0)
    assert not one.due(1000.0)


def test_one_that_keeps_ending_waits_longer_each_time() -> None:
    one, waits, now = kept(), [], 100.0
    for _ in range(7):
        one.began(7, now)
        said = one.ended(1, now)
        assert one.pid == 0
        waits.append(wait_of(one, now))
        now += waits[-1]
    assert waits[0] < waits[3] < waits[-1] <= 3.01
    assert said.startswith("worker 0 ended with 1; starting it again in ")


def test_one_that_was_well_starts_afresh() -> None:
    one = kept()
    for _ in range(6):
        one.began(7, 0.0)
        one.ended(1, 0.0)
    impatient = wait_of(one, 0.0)
    one.began(7, 10.0)
    one.ended(-9, 10.0 + STABLE)
    assert wait_of(one, 10.0 + STABLE) <= 0.11 < impatient
