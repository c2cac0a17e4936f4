"""What is looked at: disks, once each; and the windows, while they can change."""

from pathlib import Path

import pytest

from fig.errors import FigError
from fig.farewell import looking
from fig.farewell.looking import rooms, unheard, windows
from fig.settings import Home
from fig.stack import ended
from fig.stack.ended import Ended


def test_what_lies_on_one_disk_is_added_up(tmp_path: Path) -> None:
    (found,) = rooms([(tmp_path, 5), (tmp_path / "not" / "there", 7)])
    assert (found.folder, found.needed) == (str(tmp_path), 12)
    assert found.free > 0


def test_a_disk_that_nothing_is_put_on_is_not_looked_at(tmp_path: Path) -> None:
    assert rooms([(tmp_path, 0)]) == []


def test_windows_are_asked_until_the_monolith_was_stopped_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object) -> str:
        raise FigError("nobody answers")

    monkeypatch.setattr(looking.services, "address", nobody)
    home = Home(tmp_path)
    assert windows(home) == dict.fromkeys(("goods", "orders", "accounts"), "nobody answers")
    assert {"orders", "sales"} <= set(unheard(home)["goods"])
    ended.write(home, Ended(0.0, "farewell"))
    assert (windows(home), unheard(home)) == ({}, {})
