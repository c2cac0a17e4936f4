"""Rates and latencies of the last ten seconds."""

from collections.abc import Callable
from typing import Any

import pytest

from facade.control.intake.recent import Recent
from facade.proxy.counting.histogram import empty, slot

Counters = Callable[..., dict[str, Any]]


def test_rates_are_of_the_last_ten_seconds(counters: Counters) -> None:
    recent = Recent()
    for second in range(60):
        served = 10 * second if second < 45 else 450  # nothing in the last 15 seconds
        recent.take(float(second), counters(served)["routes"], {})
        if second == 40:
            assert recent.rates("r") == {"legacy": 10.0, "new": 0.0}
    assert recent.rates("r") == {"legacy": 0.0, "new": 0.0}
    assert recent.latency("r")["legacy"]["count"] == 0


def test_latency_is_of_the_last_ten_seconds(counters: Counters) -> None:
    recent = Recent()
    slow, fast = counters(100, ms=80.0)["routes"], counters(100, ms=80.0)["routes"]
    fast["r"]["latency"]["legacy"][slot(5.0)] += 50
    recent.take(0.0, slow, {})
    recent.take(5.0, fast, {})
    found = recent.latency("r")["legacy"]
    assert found["count"] == 50
    assert found["p50"] == pytest.approx(5.0, rel=0.1)


def copies(number: int) -> dict[str, dict[str, list[int]]]:
    counts = empty()
    counts[slot(2.0)] = number
    return {"r": {"legacy": empty(), "new": counts}}


def test_a_side_that_answers_nobody_shows_its_copies(counters: Counters) -> None:
    recent = Recent()
    recent.take(0.0, counters(1)["routes"], copies(4))
    recent.take(1.0, counters(3)["routes"], copies(10))
    found = recent.latency("r")
    assert (found["legacy"]["of"], found["legacy"]["count"]) == ("answers", 2)
    assert (found["new"]["of"], found["new"]["count"]) == ("copies", 6)
    recent.take(2.0, counters(3)["routes"], copies(1))  # the evidence was started again
    assert recent.latency("r")["new"]["count"] == 1


def fallen(new: int, fallbacks: int) -> dict[str, Any]:
    return {"r": {"requests": {"legacy": 7 + fallbacks, "new": new}, "fallbacks": fallbacks}}


def test_the_share_that_fell_back_is_of_what_was_meant_for_new() -> None:
    recent = Recent()
    assert recent.fallback_share("r") is None
    recent.take(0.0, fallen(100, 50), {})
    recent.take(1.0, fallen(100, 50), {})
    assert recent.fallback_share("r") is None  # nothing was meant for the new side
    recent.take(2.0, fallen(130, 60), {})
    assert recent.fallback_share("r") == 0.25
    recent.take(11.0, fallen(130, 60), {})
    recent.take(12.0, fallen(130, 70), {})
    assert recent.fallback_share("r") == 1.0  # of the last ten seconds
    assert recent.fallback_share("other") is None


def test_nothing_is_known_at_the_start() -> None:
    assert Recent().rates("r") == {"legacy": 0.0, "new": 0.0}
    assert Recent().latency("r")["new"]["p50"] is None
