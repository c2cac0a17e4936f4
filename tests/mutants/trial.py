"""One process for each trial, so many at a time, each with its limit."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import wait
from typing import NamedTuple

_FORK = get_context("fork")
NOTICED, UNNOTICED, NOT_HERE, UNTRIED = 1, 0, 77, 78  # what a trial's process returns


class Trial(NamedTuple):
    """What a forked process does; it returns one of the codes above."""

    number: int
    run: Callable[[], int]
    seconds: float  # after which it is killed


def run(trials: Iterable[Trial], jobs: int) -> Iterator[tuple[int, int | None]]:
    """The number of each trial and its code; None: it took too long."""
    waiting, running = iter(trials), {}
    while True:
        while len(running) < jobs and (trial := next(waiting, None)) is not None:
            process = _FORK.Process(target=_quietly, args=(trial.run,), daemon=False)
            process.start()
            running[process.sentinel] = trial, process, time.monotonic() + trial.seconds
        if not running:
            return
        soonest = min(until for _, _, until in running.values())
        wait(list(running), max(0.0, soonest - time.monotonic()))
        for sentinel, (trial, process, until) in list(running.items()):
            over = time.monotonic() >= until
            if process.is_alive() and not over:
                continue
            code = process.exitcode
            if code is None:
                process.kill()
            process.join()
            process.close()
            del running[sentinel]
            yield trial.number, code


def _quietly(what: Callable[[], int]) -> None:
    """In the trial's process: nothing of it is shown, and no clean-up of its parent's runs."""
    show_nothing()
    code = NOTICED  # what ends the process by an error is noticed
    try:
        code = what()
    finally:
        os._exit(code)


def show_nothing() -> None:
    """Of what this process and its forks print."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
