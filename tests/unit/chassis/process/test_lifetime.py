"""A process is distinguished from a later one of the same pid."""

import os

import pytest

from chassis.process import lifetime
from chassis.process.lifetime import Lifetime


def test_we_run() -> None:
    assert not lifetime.of(os.getpid()).ended


@pytest.mark.parametrize(
    "gone",
    [Lifetime(0, 0), Lifetime(os.getpid(), 0), Lifetime(os.getpid(), 1), Lifetime(-1, 5)],
)
def test_another_of_our_pid_is_gone(gone: Lifetime) -> None:
    assert gone.ended


def test_one_that_ended_but_was_not_waited_for_is_gone() -> None:
    pid = os.fork()
    if not pid:
        os._exit(0)
    one = Lifetime(pid, 7)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert lifetime.started(pid) == 0
    assert one.ended
    os.waitpid(pid, 0)
