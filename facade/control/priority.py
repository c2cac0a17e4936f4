"""Step behind the workers: whoever answers clients has the processor first."""

import os
import sys
from contextlib import suppress

CONTROL = 5  # added to the niceness this process was started with
COMPARING = 5  # and once more: it is the control process's child


def step_back(niceness: int) -> None:
    """Be so much nicer from now on, and interrupt nobody when there is something to do."""
    os.nice(niceness)
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it; nicer is the larger part
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
