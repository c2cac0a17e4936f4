"""Each event of the plan is carried out, and written down with whom it hit."""

import random
from collections import Counter
from types import SimpleNamespace

import pytest

from loadtests.chaos.faults import carrying
from loadtests.chaos.report import Report
from loadtests.chaos.trouble import BadAnswers, BadProvider, Freeze, Kill, Lock


class Stack:
    def __init__(self) -> None:
        self.state = {"ports": {"payments": 7, "payments-2": 8}}

    def kill(self, name: str, _: random.Random) -> str:
        return f"{name}: it is down already" if name == "gone" else f"SIGKILL to {name} (pid 3)"

    def one(self, name: str, _: random.Random) -> int:
        return 0 if name == "gone" else 3

    def family(self, name: str) -> list[int]:
        return [] if name == "gone" else [3, 4]


@pytest.fixture
def world(monkeypatch):
    stack, report, asked = Stack(), Report(), []

    def act(name, result):
        def run(*given):
            asked.append((name, *given))
            return result

        return run

    monkeypatch.setattr(carrying, "frozen", act("frozen", 5))
    monkeypatch.setattr(carrying, "locked", act("locked", 9))
    monkeypatch.setattr(carrying, "behaving", act("behaving", Counter(lost=2, delayed=3)))
    between = SimpleNamespace(struck=Counter(late=1), shares={})

    def sleep(seconds: float) -> None:
        asked.append(("shares", dict(between.shares)))
        between.struck["late"] += 4

    monkeypatch.setattr(carrying.time, "sleep", sleep)
    return SimpleNamespace(
        carrying=carrying.Carrying(stack, between, report, 1),
        asked=asked,
        between=between,
        found=lambda: {one.kind: one.hits for one in report.faults},
    )


def test_a_kill_counts_where_a_process_ended(world):
    world.carrying.kill(Kill(0.0, "gone"))
    assert world.found() == {"killed": 0}
    world.carrying.kill(Kill(0.0, "orders"))
    assert world.found() == {"killed": 1}


def test_a_flip_counts_where_it_was_not_refused(world):
    world.carrying.flipped("place-order to new refused: orders is 9 s behind legacy")
    assert world.found() == {"flipped": 0}
    world.carrying.flipped("place-order to new")
    assert world.found() == {"flipped": 1}


@pytest.mark.parametrize(("whole", "pids"), [(False, [3]), (True, [3, 4])])
def test_one_process_stands_still_or_a_family(world, whole, pids):
    world.carrying.begin(Freeze(0.0, "orders", 5.0, whole))
    world.carrying.ended()
    assert world.asked == [("frozen", pids, 5.0)]
    assert world.found() == {"frozen": 5}


@pytest.mark.parametrize("whole", [False, True])
def test_what_is_down_cannot_stand_still(world, whole):
    world.carrying.begin(Freeze(0.0, "gone", 5.0, whole))
    world.carrying.ended()
    assert world.asked == []


def test_a_lock_counts_who_waited(world):
    world.carrying.begin(Lock(0.0, 20.0))
    world.carrying.ended()
    assert world.found() == {"table locked": 9}


def test_the_provider_counts_by_what_it_did(world):
    behaviour = {"lost": 0.5, "declined": 0.1, "delay": 3.0}
    world.carrying.begin(BadProvider(0.0, 4.0, behaviour))
    world.carrying.ended()
    urls = ["http://127.0.0.1:7", "http://127.0.0.1:8"]
    assert world.asked == [("behaving", urls, behaviour, 4.0)]
    expected = {"provider: lost": 2, "provider: declined": 0, "provider: delayed": 3}
    assert world.found() == expected


def test_legacys_answers_are_bad_for_a_while_and_count_from_then_on(world):
    world.carrying.begin(BadAnswers(0.0, 4.0, {"late": 0.2, "lost": 0.1}))
    world.carrying.ended()
    assert ("shares", {"late": 0.2, "lost": 0.1}) in world.asked
    assert world.between.shares == {}
    assert world.found() == {"legacy: late": 4, "legacy: lost": 0}
