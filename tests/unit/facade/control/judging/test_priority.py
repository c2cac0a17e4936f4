"""Comparison stands behind the processes that answer clients; in a process of its own, for good."""

import asyncio
import os
import subprocess
import sys

import pytest

from facade.control.judging import priority
from facade.control.judging.priority import (
    CALM_SECONDS,
    FIRST_SECONDS,
    IdlePolicy,
    policies,
    schedule,
)

PROGRAM = """
import asyncio
import os
from facade.control.judging.priority import CONTROL, step_back
step_back(CONTROL)
print(os.nice(0), os.sched_getscheduler(0) if hasattr(os, "sched_getscheduler") else "")
"""


def test_stepping_back_is_nicer_and_interrupts_no_process() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True
    ).stdout.split()
    assert int(printed[0]) == min(os.nice(0) + 5, 19)
    if sys.platform == "linux":
        assert printed[1] in (str(os.SCHED_BATCH), str(os.SCHED_OTHER))


def test_it_stands_aside_until_that_makes_it_late_and_again_after_a_calm_while() -> None:
    policy = IdlePolicy(100.0)
    assert not policy.idle(False, 100.0 + FIRST_SECONDS - 0.1), "at the start nobody knows"
    assert policy.idle(False, 100.0 + FIRST_SECONDS)
    assert not policy.idle(True, 200.0), "late: at once"
    assert not policy.idle(False, 200.0 + CALM_SECONDS - 0.1)
    assert policy.idle(False, 200.0 + CALM_SECONDS)


def test_while_clients_are_guarded_the_control_process_never_stands_aside() -> None:
    assert policies([1, 2], idle=True, guarding=True) == [(1, False), (2, True)]
    assert policies([1, 2], idle=True, guarding=False) == [(1, True), (2, True)]
    assert policies([1, 2], idle=False, guarding=True) == [(1, False), (2, False)]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's scheduler")
def test_every_thread_of_a_process_is_meant_and_one_that_is_gone_is_no_error() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        schedule(process.pid, os.SCHED_IDLE)
        assert os.sched_getscheduler(process.pid) == os.SCHED_IDLE
    schedule(process.pid, os.SCHED_BATCH)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's scheduler")
async def test_a_process_is_moved_when_its_stance_changes_and_not_at_every_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moved, late, looks = [], [0.0], [0]

    def pids() -> list[int]:
        looks[0] += 1
        return [1, 2] if looks[0] < 5 else [1, 3]  # the second one was started again

    monkeypatch.setattr(priority, "TICK_SECONDS", 0.0)
    monkeypatch.setattr(priority, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(priority, "LATE_SECONDS", 3600.0)
    monkeypatch.setattr(priority, "_may_return", lambda: True)
    monkeypatch.setattr(priority, "schedule", lambda pid, policy: moved.append((pid, policy)))
    standing = asyncio.create_task(priority.keep_idle(lambda: late[0], pids))
    async with asyncio.timeout(20):
        while looks[0] < 10:  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0)
        assert sorted(moved) == [(pid, os.SCHED_IDLE) for pid in (1, 2, 3)]
        late[0] = 3600.0
        while len(moved) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert sorted(moved[3:]) == [(1, os.SCHED_BATCH), (3, os.SCHED_BATCH)]
    standing.cancel()
    await asyncio.gather(standing, return_exceptions=True)
