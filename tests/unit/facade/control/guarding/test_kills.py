"""Killed at every place where something is written: it goes on, and nothing moves twice."""

from collections.abc import Callable
from typing import Any

import pytest

from facade.control.guarding import moving
from facade.control.guarding.record import RecordFile
from facade.control.guarding.requesting import WalkRequest
from facade.guard.position import parse
from facade.journal.entry import Event
from facade.journal.folder import Journal, verify
from tests.rigs.facade.control.guarding import FORWARD, Killed, World

PLACES = 60  # writes of a whole walk, and some more


class Bomb:
    """Kills at the n-th write, before or after it."""

    def __init__(self, at: int, after: bool) -> None:
        self.left, self.after = at, after
        self.went_off = False

    def around(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def armed(*given: Any, **more: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.after:
                self.went_off = True
                raise Killed
            found = write(*given, **more)
            if self.left == 0:
                self.went_off = True
                raise Killed
            return found

        return armed


def arm(monkeypatch: pytest.MonkeyPatch, bomb: Bomb) -> None:
    monkeypatch.setattr(RecordFile, "save", bomb.around(RecordFile.save))
    monkeypatch.setattr(Journal, "append", bomb.around(Journal.append))
    monkeypatch.setattr(moving, "move_together", bomb.around(moving.move_together))


def until(world: World, done: Callable[[], bool]) -> None:
    for _ in range(40):
        for route in ("item", "list"):
            world.pairs(route, 20)
        try:
            world.turns()
        except Killed:
            world.killed()
        if done():
            return
    raise AssertionError(f"it never came there: {world.stands()} {world.guarding.record}")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, PLACES, 3))
def test_a_walk_killed_anywhere_goes_on_and_enters_each_step_once(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch, at: int, after: bool
) -> None:
    world = make_world()
    world.turns()
    request = WalkRequest(("item",), parse("new"), None, "anna", "it is time", "a test")
    world.guarding.requests.begin(request, world.now)
    bomb = Bomb(at, after)
    arm(monkeypatch, bomb)
    until(
        world,
        lambda: bool(world.guarding.record.walks) and not world.guarding.record.walks[0].active,
    )
    assert world.moves() == world.moves("list") == FORWARD
    assert {one.by for one in world.events(Event.MOVE)} == {"walk"}
    assert {one.who for one in world.events(Event.MOVE)} == {"anna"}
    assert world.events(Event.FOUND)[1:] == []
    assert verify(world.runtime / "journal") == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 14))
def test_a_move_back_killed_anywhere_is_finished(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch, at: int, after: bool
) -> None:
    world = make_world("canary", 50)
    world.turns()
    world.pairs("item", 5, 5)
    world.guarding.close()  # its windows are on disk
    world.killed()
    bomb = Bomb(at, after)
    arm(monkeypatch, bomb)
    for _ in range(6):
        try:
            world.turns()
        except Killed:
            world.killed()
    assert (world.stands(), world.stands("list")) == ("shadow", "shadow")
    assert world.moves() == world.moves("list") == ["canary 0%", "shadow"]
    assert {one.by for one in world.events(Event.MOVE)} == {"guard"}
    assert verify(world.runtime / "journal") == []


def test_a_window_from_before_the_last_move_is_not_gone_on_with(
    make_world: Callable[..., World],
) -> None:
    """A process that is killed within a second of a move leaves the window of the stage before."""
    world = make_world("canary", 50)
    world.turns()
    window = world.guarding.watching.windows["item"]
    window.stage, window.percent = "shadow", None
    world.guarding.close()
    world.killed()
    world.turns()
    world.pairs("item", 5, 5)
    found = world.guarding.watching.windows["item"]
    assert (found.stage, found.percent, found.pairs.mismatched) == ("canary", 5000, 5)
