"""Trials run beside each other, each in its own process and for its own time."""

import os
import signal
import threading
import time
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Any

import pytest

from tests.mutants import trial
from tests.mutants.trial import NOTICED, UNNOTICED, Trial, run


def _hangs() -> int:
    while True:
        time.sleep(60)


def _spins() -> int:
    while True:
        pass


def _waits() -> int:
    time.sleep(1.5)
    return UNNOTICED


def _breaks() -> int:
    raise RuntimeError("a bug in the changed code")


def _exits() -> int:
    os._exit(3)


def test_each_trial_says_what_came_of_it() -> None:
    calls = [lambda: UNNOTICED, lambda: NOTICED, _hangs, _breaks, _exits]
    trials = [
        Trial(number, call, 0.2 if call is _hangs else 60.0) for number, call in enumerate(calls)
    ]
    expected = {0: UNNOTICED, 1: NOTICED, 2: None, 3: NOTICED, 4: 3}
    for jobs in (1, 3):
        assert dict(run(trials, jobs)) == expected


def test_the_processors_time_counts_and_not_that_of_a_machine_that_is_busy() -> None:
    trials = [Trial(0, _waits, 1.0), Trial(1, _spins, 1.0)]
    assert dict(run(trials, 2)) == {0: UNNOTICED, 1: None}


def test_so_many_run_at_the_same_time() -> None:
    """Each writes into one pipe and waits for the byte of another one."""
    here, there = os.pipe()

    def meet() -> int:
        os.write(there, b"x")
        os.read(here, 1)
        os.write(there, b"xx")  # for a later process
        return os.getpid() % 1

    assert dict(run([Trial(number, meet, 60.0) for number in range(4)], 2)) == dict.fromkeys(
        range(4), UNNOTICED
    )


class _Ended(Exception):
    """The signal has come."""


def test_one_that_has_just_begun_when_we_are_ended_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        raise _Ended

    begun, fork = [], trial.forked

    def forked(*arguments: Any) -> ForkProcess:
        begun.append(fork(*arguments))
        # To this thread, as where there is no other: a worker of the tests has some.
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        return begun[0]

    monkeypatch.setattr(trial, "forked", forked)
    before = signal.signal(signal.SIGTERM, end)
    try:
        with pytest.raises(_Ended):
            list(run([Trial(0, _hangs, 60.0)], 1))
        assert begun[0].exitcode == -signal.SIGKILL
    finally:
        signal.signal(signal.SIGTERM, before)
        begun[0].kill()
