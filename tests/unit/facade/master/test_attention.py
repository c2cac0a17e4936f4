"""The master's sleep ends with a change, a signal, or the end of a child."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from facade.master import attention, children
from facade.master.attention import Attention

LONG = 60.0


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attention]:
    monkeypatch.setattr(attention, "REST_SECONDS", LONG)
    made = Attention([tmp_path])
    if made._notices.descriptor is None:
        pytest.skip("the system says nothing of files")
    yield made
    made.close()


def took(waiting: Attention, briefly: bool = False) -> float:
    began = time.monotonic()
    waiting.wait(briefly=briefly)
    return time.monotonic() - began


def test_a_file_ends_it_once(waiting: Attention, tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text("")
    assert took(waiting) < LONG / 2
    assert took(waiting, briefly=True) >= attention.POLL_SECONDS / 2


def test_a_signal_ends_it(waiting: Attention) -> None:
    before = signal.signal(signal.SIGUSR2, lambda _number, _frame: None)
    os.kill(os.getpid(), signal.SIGUSR2)
    assert took(waiting) < LONG / 2
    signal.signal(signal.SIGUSR2, before)


def test_the_end_of_a_child_ends_it_and_children_inherit_nothing(waiting: Attention) -> None:
    def run() -> int:
        quiet = signal.getsignal(signal.SIGCHLD) is signal.SIG_DFL
        return 0 if quiet and signal.set_wakeup_fd(-1) == -1 else 1

    pid = children.fork(run)
    assert took(waiting) < LONG / 2
    assert children.reap() == {pid: 0}


def test_where_nothing_is_heard_of_files_it_looks_often(waiting: Attention) -> None:
    waiting._notices.close()
    assert took(waiting) < LONG / 2
