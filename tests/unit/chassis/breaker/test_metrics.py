"""A breaker's state, since when, why and next probe as samples."""

from chassis.breaker.circuit import Breaker, BreakerSettings, Outcome
from chassis.breaker.metrics import families


def samples(breaker: Breaker, now: float) -> dict[str, float]:
    found = families("breaker", ("kind",), [(("read",), breaker.facts(now))])
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in found
        for sample in family.samples
    }


def test_an_open_one_says_since_when_why_and_until_when():
    breaker = Breaker(BreakerSettings(minimum_calls=1, open_for=5.0))
    breaker.release(breaker.acquire(10.0, 0.0), Outcome.FAILURE, 10.0, 0.1)
    assert samples(breaker, 12.0) == {
        "breaker read closed": 0.0,
        "breaker read open": 1.0,
        "breaker read half-open": 0.0,
        "breaker read ramp": 0.0,
        "breaker_state_seconds read": 2.0,
        "breaker_next_probe_seconds read": 3.0,
        "breaker_opened_by read calls failed": 1.0,
    }


def test_one_that_never_opened_has_nothing_more_to_say():
    found = samples(Breaker(BreakerSettings()), 12.0)
    assert {name: value for name, value in found.items() if value} == {"breaker read closed": 1.0}
    assert len(found) == 4
