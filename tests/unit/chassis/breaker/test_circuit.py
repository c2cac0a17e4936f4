"""The breaker: examples of each edge."""

from dataclasses import replace

from chassis.breaker.circuit import REFUSED, Breaker, BreakerSettings, Outcome, State
from tests.rigs.breaker import SETTINGS, call, opened


def test_it_opens_at_the_ratio_and_not_before_enough_calls() -> None:
    breaker = Breaker(SETTINGS)
    for _ in range(3):
        call(breaker, 1.0, Outcome.FAILURE)
    assert breaker.state is State.CLOSED
    call(breaker, 1.0, Outcome.FAILURE)
    assert breaker.state is State.OPEN


def waits(breaker: Breaker, now: float) -> float:
    """Seconds that it says until it lets a probe go; it does so then, and no moment sooner."""
    wait = float(breaker.facts(now)["next_probe_in"] or 0.0)
    assert breaker.acquire(now + wait - 0.01, 0.0) == REFUSED
    breaker.tick(now + wait)
    assert breaker.state is State.HALF_OPEN
    return wait


def test_one_that_stays_away_is_asked_ever_less_often_up_to_a_limit() -> None:
    settings = replace(SETTINGS, open_for=2.0, open_most=9.0, ramp=1.0)
    breaker, now, seen = Breaker(settings), 0.0, []
    for _ in range(4):
        call(breaker, now, Outcome.FAILURE)
    for _ in range(5):
        seen.append(waits(breaker, now))
        now += seen[-1]
        call(breaker, now, Outcome.FAILURE)
    assert seen == [2.0, 4.0, 8.0, 9.0, 9.0]
    now += waits(breaker, now)
    call(breaker, now), call(breaker, now)
    breaker.tick(now + 1.0)
    assert breaker.state is State.CLOSED
    for _ in range(4):
        call(breaker, now + 2.0, Outcome.FAILURE)
    assert waits(breaker, now + 2.0) == 2.0, "well in between, it is asked as soon as at first"


def test_without_a_limit_the_pause_stays() -> None:
    breaker, now = opened(), 0.0
    for _ in range(3):
        assert waits(breaker, now) == 5.0
        now += 5.0
        call(breaker, now, Outcome.FAILURE)


def test_successes_keep_it_closed() -> None:
    breaker = Breaker(SETTINGS)
    for _ in range(5):
        call(breaker, 1.0)
    for _ in range(4):
        call(breaker, 1.0, Outcome.FAILURE)
    assert breaker.state is State.CLOSED
    call(breaker, 1.0, Outcome.FAILURE)
    assert breaker.state is State.OPEN


def test_old_failures_are_forgotten() -> None:
    breaker = Breaker(SETTINGS)
    for _ in range(3):
        call(breaker, 1.0, Outcome.FAILURE)
    for _ in range(3):
        call(breaker, 12.0)
    call(breaker, 12.0, Outcome.FAILURE)
    assert breaker.state is State.CLOSED


def test_slow_calls_open_it_too() -> None:
    breaker = Breaker(SETTINGS)
    for _ in range(4):
        call(breaker, 1.0, took=1.5)
    assert breaker.state is State.OPEN


def test_cancelled_calls_count_as_no_failure() -> None:
    breaker = Breaker(SETTINGS)
    for _ in range(50):
        call(breaker, 1.0, Outcome.CANCELLED, took=60.0)
    assert breaker.state is State.CLOSED


def test_open_refuses_until_its_time_is_over() -> None:
    breaker = opened()
    assert not call(breaker, 4.9)
    assert call(breaker, 5.0)
    assert breaker.state is State.HALF_OPEN


def test_half_open_lets_few_through_at_a_time() -> None:
    breaker = opened()
    assert breaker.acquire(5.0, 0.0) != REFUSED
    assert breaker.acquire(5.0, 0.0) != REFUSED
    assert breaker.acquire(5.0, 0.0) == REFUSED


def test_good_probes_lead_to_the_ramp() -> None:
    breaker = opened()
    assert call(breaker, 5.0)
    assert call(breaker, 5.0)
    assert breaker.state is State.RAMP


def test_a_bad_probe_opens_it_again() -> None:
    breaker = opened()
    call(breaker, 5.0)
    call(breaker, 5.0, Outcome.FAILURE)
    assert breaker.state is State.OPEN
    assert not call(breaker, 9.9)


def test_a_slow_probe_opens_it_again() -> None:
    breaker = opened()
    call(breaker, 5.0, took=1.1)
    assert breaker.state is State.OPEN


def test_a_probe_that_never_comes_back_opens_it_again() -> None:
    breaker = opened()
    permit = breaker.acquire(5.0, 0.0)
    assert breaker.acquire(7.9, 0.0) != REFUSED
    assert breaker.acquire(8.0, 0.0) == REFUSED
    assert breaker.state is State.OPEN
    breaker.release(permit, Outcome.SUCCESS, 8.5, 3.5)  # too late to count
    assert breaker.state is State.OPEN


def test_a_cancelled_probe_gives_its_permit_back() -> None:
    breaker = opened()
    for _ in range(10):
        assert call(breaker, 5.0, Outcome.CANCELLED)
    assert breaker.state is State.HALF_OPEN
    assert call(breaker, 5.0)
    assert call(breaker, 5.0)
    assert breaker.state is State.RAMP


def test_calls_from_before_say_nothing_about_now() -> None:
    breaker = Breaker(SETTINGS)
    early = breaker.acquire(0.0, 0.0)
    for _ in range(4):
        call(breaker, 0.0, Outcome.FAILURE)
    assert breaker.acquire(5.0, 0.0) != REFUSED
    breaker.release(early, Outcome.FAILURE, 5.0, 0.5)
    assert breaker.state is State.HALF_OPEN


def test_the_ramp_is_linear() -> None:
    breaker = opened()
    call(breaker, 5.0)
    call(breaker, 5.0)
    assert breaker.acquire(10.0, 0.49) != REFUSED  # half of the ramp is over
    assert breaker.acquire(10.0, 0.51) == REFUSED
    assert breaker.acquire(15.0, 0.99) != REFUSED
    assert breaker.state is State.CLOSED


def test_the_ramp_holds_back_no_call_while_few_are_under_way() -> None:
    breaker = opened(settings=replace(SETTINGS, trickle=2))
    call(breaker, 5.0)
    call(breaker, 5.0)
    one = breaker.acquire(5.1, 0.99)
    assert REFUSED not in (one, breaker.acquire(5.1, 0.99))
    assert breaker.acquire(5.1, 0.99) == REFUSED
    breaker.release(one, Outcome.CANCELLED, 5.2, 0.1)
    assert breaker.acquire(5.2, 0.99) != REFUSED
    assert breaker.acquire(10.0, 0.1) != REFUSED, "the chance counts beside it"


def test_one_that_is_heard_to_be_well_is_tried_at_once() -> None:
    breaker = opened()
    breaker.revive(1.0)
    assert breaker.state is State.HALF_OPEN
    breaker.revive(1.5)
    call(breaker, 2.0, Outcome.FAILURE)
    assert breaker.state is State.OPEN
    assert breaker.acquire(6.9, 0.0) == REFUSED, "its pause is as long as ever"
    closed = Breaker(SETTINGS)
    closed.revive(1.0)
    assert closed.state is State.CLOSED


def test_failures_on_the_ramp_open_it_again() -> None:
    breaker = opened()
    call(breaker, 5.0)
    call(breaker, 5.0)
    for _ in range(4):
        assert call(breaker, 10.0, Outcome.FAILURE)
    assert breaker.state is State.OPEN


def test_facts_say_since_when_why_and_when_the_next_probe_goes():
    breaker = Breaker(BreakerSettings(minimum_calls=4, open_for=5.0))
    fresh = {"state": "closed", "for": None, "next_probe_in": None, "why": "", "cause": None}
    assert breaker.facts(9.0) == fresh
    for now in (10.0, 10.1, 10.2, 10.3):
        breaker.release(breaker.acquire(now, 0.5), Outcome.FAILURE, now, 0.1)
    facts = breaker.facts(12.3)
    assert (facts["state"], facts["for"], facts["next_probe_in"]) == ("open", 2.0, 3.0)
    assert facts["why"] == "4 of 4 calls failed, 0 were slow"
    assert facts["cause"] == "calls failed"


def test_facts_look_at_the_clock_also_when_nobody_calls():
    breaker = opened()
    assert breaker.facts(65.0) | {"why": "", "cause": ""} == {
        "state": "half-open",
        "for": 60.0,
        "next_probe_in": None,
        "why": "",
        "cause": "",
    }
    call(breaker, 65.0)
    call(breaker, 65.0)
    assert breaker.facts(66.0)["state"] == "ramp"
    facts = breaker.facts(95.0)
    assert (facts["state"], facts["for"]) == ("closed", 20.0)


def test_what_opened_it_is_one_of_few():
    breaker = Breaker(SETTINGS)
    for _ in range(4):
        call(breaker, 1.0, took=1.5)
    assert breaker.facts(2.0)["cause"] == "calls were slow"
    call(breaker, 10.0, Outcome.FAILURE)
    assert breaker.facts(11.0)["cause"] == breaker.why == "a probe failed"
    call(breaker, 20.0, took=1.5)
    assert breaker.facts(22.0)["cause"] == "a probe was slow"
    breaker.acquire(30.0, 0.0)
    assert breaker.facts(40.0)["cause"] == "a probe did not come back"


def test_it_holds_calls_back_until_nobody_has_asked_for_a_while():
    breaker = opened()
    assert breaker.holds_back(4.9, patience=10.0)
    assert breaker.holds_back(14.9, patience=10.0)  # nobody knows; just now it was bad
    assert not breaker.holds_back(15.0, patience=10.0)
    breaker.acquire(16.0, 0.0)
    assert breaker.holds_back(16.1, patience=10.0)  # the probe will tell
    assert not Breaker(SETTINGS).holds_back(1.0, patience=10.0)


def test_it_holds_calls_back_on_the_ramp_and_then_no_more():
    breaker = opened()
    call(breaker, 5.0)
    call(breaker, 5.0)
    assert breaker.holds_back(14.9, patience=1.0)
    assert not breaker.holds_back(15.0, patience=1.0)
