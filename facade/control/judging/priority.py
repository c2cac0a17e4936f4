"""Step behind the workers: what answers clients has the processor first.

Being nicer is not enough: a process that compares keeps the processor for some milliseconds before
a process that wakes up gets it. So control and comparison run at idle priority (SCHED_IDLE): they
get the time that no other process wants, and are interrupted at once. Where the machine has no
time to spare, evidence would never come: a process that finds itself late takes part again for a
while, as an ordinary nicer process. Without the right to do that, a process never becomes idle.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

CONTROL = 5  # added to the niceness this process was started with
COMPARING = 5  # and once more: it is the control process's child

LATE_SECONDS = 0.2  # so much later than asked for: others had the processor all the time
STUCK_SECONDS = 1.0  # one batch of pairs is compared in a few hundredths of that
STUCK_GUARDED_SECONDS = 0.3  # the same, while clients are guarded
CALM_SECONDS = 30.0  # nothing was late for so long: there is processor time to spare
FIRST_SECONDS = 5.0  # at the start it is not known yet
TICK_SECONDS = 0.25


def step_back(niceness: int) -> None:
    """Be so much nicer from now on, and interrupt no other process."""
    os.nice(niceness)
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it; nicer is the larger part
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


class IdlePolicy:
    """Whether to run at idle priority, by what was seen so far. Times are monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._until = now + FIRST_SECONDS

    def idle(self, late: bool, now: float) -> bool:
        """Whether idle priority is right now; being late ends it at once, and for a while."""
        if late:
            self._until = now + CALM_SECONDS
        return now >= self._until


async def keep_idle(
    busy_seconds: Callable[[], float],
    pids: Callable[[], Iterable[int]],
    guarding: Callable[[], bool] = lambda: False,
) -> None:
    """Keep these processes at idle priority while none is late for it; runs until cancelled.

    `busy_seconds` is how long the present batch has been compared; the first of `pids` is this
    process. While it is `guarding` clients it is never idle itself, and the comparison takes
    part again sooner: a guard has to act within two seconds on a machine with nothing to spare.
    """
    if sys.platform != "linux" or not _may_return():
        return
    clock = asyncio.get_running_loop().time
    policy, known = IdlePolicy(clock()), dict[int, bool]()
    while True:
        asked = clock()
        await asyncio.sleep(TICK_SECONDS)
        lag = clock() - asked - TICK_SECONDS
        awake = guarding()
        stuck = STUCK_GUARDED_SECONDS if awake else STUCK_SECONDS
        idle = policy.idle(lag > LATE_SECONDS or busy_seconds() > stuck, clock())
        wanted = dict(policies(pids(), idle, awake))
        for pid in wanted.keys() - {pid for pid, idle in known.items() if wanted.get(pid) is idle}:
            schedule(pid, os.SCHED_IDLE if wanted[pid] else os.SCHED_BATCH)
        known = wanted  # threads that begin later stand as the one that made them


def policies(pids: Iterable[int], idle: bool, guarding: bool) -> list[tuple[int, bool]]:
    """Which processes run at idle priority; not the first one while it guards clients."""
    return [(pid, idle and not (guarding and at == 0)) for at, pid in enumerate(pids)]


def schedule(pid: int, policy: int) -> None:
    """Give every thread of a process this policy; what has ended meanwhile is let go."""
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                os.sched_setscheduler(int(thread.name), policy, os.sched_param(0))


def _may_return() -> bool:
    """Whether an idle thread of this user's may take part again: tried by one that then ends."""
    allowed = []

    def there_and_back() -> None:
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
            allowed.append(True)

    trial = threading.Thread(target=there_and_back)
    trial.start()
    trial.join()
    return bool(allowed)
