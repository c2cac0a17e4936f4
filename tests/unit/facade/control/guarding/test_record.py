"""What survives a kill: written whole, read back, and refused where it is damaged."""

from pathlib import Path

import pytest

from facade.control.guarding.record import (
    INTENT_SECONDS,
    MOST_ENDED,
    Intent,
    Record,
    RecordFile,
    Retreat,
)
from facade.guard.walk import State, Walk
from facade.guard.window import Counted, Window
from facade.routes.config.walkfile import Plan


def walk(name: str, state: State = State.WALKING) -> Walk:
    return Walk(name, ("item",), "new", Plan("p", (100,)), "anna", "", 1.0, state)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = Record(
        [walk("w1")], [Intent({"item": "shadow"}, "anna", "person", "why", "here", 100.0)],
        [Retreat("item", {"item": "shadow"}, "why", 99.0, {"a": 1})], {"item": "legacy"}, 7,
    )  # fmt: skip
    file = RecordFile(tmp_path)
    file.save(record, 100.0)
    assert RecordFile(tmp_path).load() == record
    assert RecordFile(tmp_path / "elsewhere").load() == Record()


def test_old_words_and_old_walks_are_let_go(tmp_path: Path) -> None:
    ended = [walk(f"w{n}", State.DONE) for n in range(MOST_ENDED + 3)]
    record = Record([*ended, walk("now")], [Intent({}, "a", "person", "", "", 0.0)])
    RecordFile(tmp_path).save(record, INTENT_SECONDS + 1)
    kept = RecordFile(tmp_path).load()
    assert kept.intents == []
    assert [one.id for one in kept.walks] == [*(f"w{n}" for n in range(3, MOST_ENDED + 3)), "now"]


def test_a_damaged_record_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "moves.json").write_text('{"walks": [1]}')
    with pytest.raises(ValueError, match=r"moves\.json"):
        RecordFile(tmp_path).load()


def test_windows_go_on_but_count_again_in_front_of_another_facade(tmp_path: Path) -> None:
    window = Window("item", 5.0, "canary", 500, base=Counted())
    window.pairs.compared = 9
    file = RecordFile(tmp_path)
    file.save_windows("one", {"item": window})
    assert file.load_windows("one") == {"item": window}
    other = file.load_windows("two")["item"]
    assert (other.pairs.compared, other.base) == (9, None)
    (tmp_path / "windows.json").write_text("{")
    assert file.load_windows("one") == {}


def test_windows_in_which_nothing_changed_are_not_written_again(tmp_path: Path) -> None:
    file, windows = RecordFile(tmp_path), {"item": Window("item", 5.0, "canary", 500)}
    file.save_windows("one", windows)
    before = (tmp_path / "windows.json").stat()
    file.save_windows("one", windows)
    assert (tmp_path / "windows.json").stat().st_ino == before.st_ino
    windows["item"].pairs.compared = 1
    file.save_windows("one", windows)
    assert RecordFile(tmp_path).load_windows("one")["item"].pairs.compared == 1
