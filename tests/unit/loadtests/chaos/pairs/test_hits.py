"""Whom it hits."""

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from loadtests.chaos.pairs import hits
from loadtests.chaos.pairs.hits import Hitting, draw


def test_one_seed_gives_one_plan_with_both_kinds_at_both() -> None:
    def some(seed: int) -> list[hits.Hit]:
        return [*islice(draw(random.Random(seed), ("a", "a-2")), 60)]

    assert some(1) == some(1) != some(2)
    assert {hit.name for hit in some(1)} == {"a", "a-2"}
    assert {hit.frozen > 0.0 for hit in some(1)} == {True, False}
    assert max(hit.frozen for hit in some(1)) == hits.LONG_SECONDS
    assert max(hit.frozen for hit in islice(draw(random.Random(1), ("a",), 3.0), 60)) == 3.0


@pytest.fixture
def process() -> Iterator["subprocess.Popen[bytes]"]:
    one = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield one
    one.kill()
    one.wait()


def test_a_process_is_hit_only_while_the_pair_is_whole(
    process: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "PAUSE_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(hits, "FROZEN_SHARE", 0.0)
    pids = [process.pid]
    looked = threading.Event()

    def whole(_names: object) -> bool:
        if process.poll() is None:
            return True
        looked.set()
        return False

    def pid(_name: str) -> int:
        if len(pids) == 2:  # asked after the hit: its keeper sees that it died
            process.wait(60)
            return 0
        pids.append(process.pid)
        return process.pid

    with Hitting({"a": ("a",)}, pid, whole, seed=1) as hitting:
        assert looked.wait(60)
    assert process.returncode == -signal.SIGKILL
    assert [hit.frozen for hit in hitting.done] == [0.0], "nobody hits it again while it is down"
    assert hitting.wrong == []


def test_a_frozen_process_goes_on_when_the_freeze_is_over(
    process: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "PAUSE_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(hits, "FROZEN_SHARE", 1.0)
    stat = Path(f"/proc/{process.pid}/stat")
    stopped = threading.Event()

    def look() -> None:
        while stat.read_text().rpartition(")")[2].split()[0] != "T":
            pass
        stopped.set()

    with Hitting({"a": ("a",)}, lambda _name: process.pid, lambda _names: True, seed=1):
        threading.Thread(target=look, daemon=True).start()
        assert stopped.wait(60)
    assert stat.read_text().rpartition(")")[2].split()[0] != "T"


def test_a_pair_that_does_not_come_back_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits, "BACK_SECONDS", 0.0)
    said = threading.Event()
    hitting = Hitting({"a": ("a", "a-2")}, lambda _name: 0, lambda _names: False, seed=1)
    monkeypatch.setattr(hitting, "wrong", Said(said))
    with hitting:
        assert said.wait(60)
    assert hitting.wrong == ["a and a-2 did not come back together"]


class Said(list[str]):
    """A list that says when it has grown."""

    def __init__(self, event: threading.Event) -> None:
        self._event = event

    def append(self, text: str) -> None:
        super().append(text)
        self._event.set()
