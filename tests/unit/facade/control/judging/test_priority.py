"""Comparison stands behind whoever answers clients; in a process of its own, for good."""

import os
import subprocess
import sys

import pytest

from facade.control.judging.priority import CALM_SECONDS, FIRST_SECONDS, Stance, schedule, stances

PROGRAM = """
import os
from facade.control.judging.priority import CONTROL, step_back
step_back(CONTROL)
print(os.nice(0), os.sched_getscheduler(0) if hasattr(os, "sched_getscheduler") else "")
"""


def test_stepping_back_is_nicer_and_interrupts_nobody() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True
    ).stdout.split()
    assert int(told[0]) == min(os.nice(0) + 5, 19)
    if sys.platform == "linux":
        assert told[1] in (str(os.SCHED_BATCH), str(os.SCHED_OTHER))


def test_it_stands_aside_until_that_makes_it_late_and_again_after_a_calm_while() -> None:
    stance = Stance(100.0)
    assert not stance.aside(False, 100.0 + FIRST_SECONDS - 0.1), "at the start nobody knows"
    assert stance.aside(False, 100.0 + FIRST_SECONDS)
    assert not stance.aside(True, 200.0), "late: at once"
    assert not stance.aside(False, 200.0 + CALM_SECONDS - 0.1)
    assert stance.aside(False, 200.0 + CALM_SECONDS)


def test_while_clients_are_guarded_the_control_process_never_stands_aside() -> None:
    assert stances([1, 2], aside=True, guarding=True) == [(1, False), (2, True)]
    assert stances([1, 2], aside=True, guarding=False) == [(1, True), (2, True)]
    assert stances([1, 2], aside=False, guarding=True) == [(1, False), (2, False)]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's scheduler")
def test_every_thread_of_a_process_is_meant_and_one_that_is_gone_is_no_error() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        schedule(process.pid, os.SCHED_IDLE)
        assert os.sched_getscheduler(process.pid) == os.SCHED_IDLE
    schedule(process.pid, os.SCHED_BATCH)
