"""Comparison stands behind whoever answers clients; in a process of its own, for good."""

import os
import subprocess
import sys

PROGRAM = """
import os
from facade.control.priority import CONTROL, step_back
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
