"""Waiting for what is left, for as long as it becomes less."""

import pytest

from loadtests.chaos import running
from loadtests.chaos.running import PATIENCE_SECONDS, progressed


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(running.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(running.time, "sleep", lambda s: now.__setitem__(0, now[0] + 40 * s))
    return now


def test_as_long_as_it_becomes_less_it_is_waited_for(clock):
    left = iter([9.0, 8.0, 8.0, 7.0, 5.0, 5.0, 1.0, 0.0])
    progressed(lambda: next(left))
    assert clock[0] > PATIENCE_SECONDS
    assert list(left) == []


def test_what_stands_still_ends_the_waiting(clock):
    progressed(lambda: 3.0)
    assert PATIENCE_SECONDS <= clock[0] < PATIENCE_SECONDS + 80
