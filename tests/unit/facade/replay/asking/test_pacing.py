"""When each question is asked."""

import pytest

from facade.replay.asking.pacing import Pace


def due(pace: Pace, *started: float) -> list[float]:
    return [pace.due(at) for at in started]


def test_without_a_pace_everything_is_asked_at_once() -> None:
    assert due(Pace(), 100.0, 105.0, 200.0) == [0.0, 0.0, 0.0]


def test_the_recorded_rhythm_faster_and_slower() -> None:
    assert due(Pace(speed=2.0), 100.0, 101.0, 110.0) == [0.0, 0.5, 5.0]
    assert due(Pace(speed=0.5), 100.0, 101.0) == [0.0, 2.0]


def test_never_before_an_earlier_one() -> None:
    assert due(Pace(speed=1.0), 100.0, 105.0, 103.0, 106.0) == [0.0, 5.0, 5.0, 6.0]


def test_never_faster_than_the_rate() -> None:
    assert due(Pace(rate=4.0), 0.0, 0.0, 0.0) == [0.0, 0.25, 0.5]
    assert due(Pace(speed=1.0, rate=2.0), 0.0, 0.1, 3.0, 3.0) == pytest.approx([0.0, 0.5, 3.0, 3.5])
