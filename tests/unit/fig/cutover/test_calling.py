"""One call from its checks to its end, with every part played."""

import json

import pytest

from chassis.cli.output import Output
from fig.cutover import moving
from fig.cutover.calling import Call
from fig.cutover.checks import Looked
from fig.cutover.moving import Mover
from fig.cutover.owning import Standing
from fig.errors import FigError
from tests.rigs.ownership.cutover import FakeFile, FakeOwning, standing
from tests.unit.fig.cutover.test_checks import GOOD


class Played:
    """A call, and what it looked at."""

    def __init__(self, owning: FakeOwning, file: FakeFile, parked: tuple[str, ...] = ()) -> None:
        self.owning, self.file, self.parked = owning, file, parked
        self.looked: list[str] = []
        said = Output(as_json=True)
        mover = Mover(owning, file, "", said.say)
        self.missing: list[str] = []
        self.call = Call(owning, file, self.look, mover, said, self)

    def wait(self) -> list[str]:
        return self.missing

    def look(self, toward: str, now: Standing) -> Looked:
        from dataclasses import replace

        self.looked.append(toward)
        fence = {"owner": now.owner, "trouble": ""}
        there = standing(**dict(now.raw) | {"fence": fence})
        return replace(GOOD, toward=toward, standing=there, parked=self.parked)


@pytest.fixture(autouse=True)
def facade(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving.admin, "get", lambda *_: {"routes": []})


def end(capsys: pytest.CaptureFixture[str], wanted: int, ended: BaseException | None) -> dict:
    assert isinstance(ended, SystemExit)
    assert ended.code == wanted
    return dict(json.loads(capsys.readouterr().out))


def run(played: Played, *toward: str, dry_run: bool = False) -> BaseException | None:
    with pytest.raises(SystemExit) as ended:
        played.call.run(toward, dry_run=dry_run)
    return ended.value


def test_there_back_and_there(capsys: pytest.CaptureFixture[str]) -> None:
    played = Played(FakeOwning(), FakeFile())
    document = end(capsys, 0, run(played, "new", "legacy", "new"))
    assert played.owning.ordered == played.looked == ["new", "legacy", "new"]
    assert [move["ok"] for move in document["moves"]] == [True, True, True]
    assert (document["owner"], document["epoch"], played.file.owner) == ("new", 4, "new")


def test_a_check_that_fails_begins_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    played = Played(FakeOwning(), FakeFile(), parked=("s1",))
    document = end(capsys, 1, run(played, "new"))
    assert (played.owning.ordered, played.file.edits) == ([], [])
    assert [one["check"] for one in document["checks"] if one["ok"] is False] == ["sagas"]


def test_a_dry_run_only_looks(capsys: pytest.CaptureFixture[str]) -> None:
    played = Played(FakeOwning(), FakeFile())
    end(capsys, 0, run(played, "new", dry_run=True))
    assert (played.looked, played.owning.ordered, played.file.edits) == (["new"], [], [])


def test_a_rehearsal_ends_at_the_move_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    played = Played(FakeOwning(fails="behind"), FakeFile())
    document = end(capsys, 1, run(played, "new", "legacy", "new"))
    assert played.owning.ordered == ["new"]
    assert document["moves"][0]["words"] == "behind"


def test_what_is_there_already_is_not_moved(capsys: pytest.CaptureFixture[str]) -> None:
    played = Played(FakeOwning(standing(owner="new", window="open")), FakeFile("new"))
    assert end(capsys, 0, run(played, "new"))["moves"] == []


def test_an_attempt_under_way_is_waited_for_and_the_file_mended() -> None:
    under_way = standing(phase="fenced", operator="anna", toward="new")
    played = Played(FakeOwning(under_way), FakeFile("moving"))
    played.call.settle()
    assert (played.owning.now.owner, played.file.edits) == ("new", ["new"])


def test_the_window_is_closed_once(capsys: pytest.CaptureFixture[str]) -> None:
    played = Played(FakeOwning(standing(owner="new", window="open")), FakeFile("new"))
    for edits in (["new closed"], ["new closed"]):
        with pytest.raises(SystemExit) as ended:
            played.call.close(dry_run=False, sure=True)
        assert end(capsys, 0, ended.value)["window"] == "closed"
        assert played.file.edits == edits


def test_a_domain_of_legacys_has_no_window() -> None:
    played = Played(FakeOwning(), FakeFile())
    with pytest.raises(FigError, match="legacy owns it"):
        played.call.close(dry_run=False, sure=True)
