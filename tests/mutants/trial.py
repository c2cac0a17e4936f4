"""One process for each trial, so many at a time, each with its limit; none outlives its parent."""

import contextlib
import ctypes
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from typing import Any, NamedTuple, TypeAlias

_FORK = get_context("fork")
_PR_SET_PDEATHSIG = 1
_ENDS = {signal.SIGTERM, signal.SIGINT}
BUSY = 10.0  # times as long by the clock: others work beside it, or it waits
NOTICED, UNNOTICED, NOT_HERE, UNTRIED = 1, 0, 77, 78  # what a trial's process returns


class Trial(NamedTuple):
    """What a forked process does; it returns one of the codes above."""

    number: int
    run: Callable[[], int]
    seconds: float  # of the processor's time, after which it is killed


_Running: TypeAlias = dict[int, tuple[Trial, ForkProcess, float]]  # by sentinel, with its end


def run(trials: Iterable[Trial], jobs: int) -> Iterator[tuple[int, int | None]]:
    """The number of each trial and its code; None: it took too long."""
    running: _Running = {}
    try:
        yield from _run(iter(trials), jobs, running)
    finally:  # the caller wants no more of them
        for _, process, _ in running.values():
            process.kill()
            process.join()


def _run(
    waiting: Iterator[Trial], jobs: int, running: _Running
) -> Iterator[tuple[int, int | None]]:
    while True:
        while len(running) < jobs and (trial := next(waiting, None)) is not None:
            until = time.monotonic() + BUSY * trial.seconds
            with _not_ended():
                process = forked(_quietly, trial)
                running[process.sentinel] = trial, process, until
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
            yield trial.number, None if code == -signal.SIGXCPU else code


@contextlib.contextmanager
def _not_ended() -> Iterator[None]:
    """What ends us waits: between a fork and its note nobody would know whom to kill."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def forked(what: Callable[..., object], *arguments: Any) -> ForkProcess:
    """A fork that does this, started; it gets SIGTERM when we end, however we end."""
    process = _FORK.Process(target=_child, args=(os.getpid(), what, arguments))
    process.start()
    return process


def _child(parent: int, what: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # not as its parent takes it
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it ended before we asked for that
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
    what(*arguments)


def _quietly(trial: Trial) -> None:
    """In the trial's process: nothing of it is shown, and no clean-up of its parent's runs."""
    show_nothing()
    most = math.ceil(trial.seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
    code = NOTICED  # what ends the process by an error is noticed
    try:
        code = trial.run()
    finally:
        os._exit(code)


def show_nothing() -> None:
    """Of what this process and its forks print."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
