"""A breaker with small numbers, and calls through it."""

from chassis.breaker.circuit import REFUSED, Breaker, BreakerSettings, Outcome, State

SETTINGS = BreakerSettings(
    failure_ratio=0.5,
    slow_ratio=0.8,
    slow_call=1.0,
    window=10.0,
    minimum_calls=4,
    open_for=5.0,
    probes=2,
    probe_timeout=3.0,
    ramp=10.0,
)


def call(
    breaker: Breaker, now: float, outcome: Outcome = Outcome.SUCCESS, took: float = 0.0
) -> bool:
    permit = breaker.acquire(now, 0.0)
    if permit == REFUSED:
        return False
    breaker.release(permit, outcome, now + took, took)
    return True


def opened(now: float = 0.0, settings: BreakerSettings = SETTINGS) -> Breaker:
    breaker = Breaker(settings)
    for _ in range(4):
        call(breaker, now, Outcome.FAILURE)
    assert breaker.state is State.OPEN
    return breaker
