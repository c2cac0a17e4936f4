"""Disks are counted once each, whatever lies on them."""

from pathlib import Path

from fig.farewell.looking import rooms


def test_what_lies_on_one_disk_is_added_up(tmp_path: Path) -> None:
    (found,) = rooms([(tmp_path, 5), (tmp_path / "not" / "there", 7)])
    assert (found.folder, found.needed) == (str(tmp_path), 12)
    assert found.free > 0


def test_a_disk_that_nothing_is_put_on_is_not_looked_at(tmp_path: Path) -> None:
    assert rooms([(tmp_path, 0)]) == []
