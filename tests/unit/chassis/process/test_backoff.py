"""Delays double, stop growing, spread, and start over."""

from chassis.process.backoff import Backoff


def test_delays_double_up_to_the_most():
    backoff = Backoff(0.1, 1.0, spread=lambda: 1.0)
    assert [round(backoff.next(), 3) for _ in range(6)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_spread_takes_at_most_half_away():
    assert Backoff(0.1, 1.0, spread=lambda: 0.0).next() == 0.05


def test_reset_starts_over():
    backoff = Backoff(0.1, 1.0, spread=lambda: 1.0)
    for _ in range(40):
        backoff.next()
    backoff.reset()
    assert backoff.next() == 0.1
