"""Whether a data folder's shop has a monolith, in words."""

from pathlib import Path

import pytest

from fig.clients import monolith, running
from fig.errors import BadSetting, FigError
from fig.settings import Home
from fig.stack.ended import Ended, write


def test_a_shop_with_one(tmp_path: Path) -> None:
    assert monolith.gone(Home(tmp_path)) == ""
    monolith.needed(Home(tmp_path), "nothing follows")


@pytest.mark.parametrize(
    ("how", "words"),
    [("alone", "never had a monolith"), ("farewell", "no monolith any more: it ended at ")],
)
def test_a_shop_without(tmp_path: Path, how: str, words: str) -> None:
    home = Home(tmp_path)
    write(home, Ended(0.0, how, "/a/legacy.dump"))
    assert words in monolith.gone(home)
    assert ("/a/legacy.dump" in monolith.gone(home)) is (how == "farewell")
    with pytest.raises(FigError, match="; there is no feed") as error:
        monolith.needed(home, "there is no feed")
    assert error.value.exit_code == 1


def test_a_folder_that_cannot_say_it(tmp_path: Path) -> None:
    (tmp_path / "ended.json").write_text("{")
    with pytest.raises(BadSetting, match="must be readable"):
        monolith.gone(Home(tmp_path))


def test_with_the_facade_alone_nobody_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(Home(tmp_path), Ended(0.0, "alone"))
    monkeypatch.setattr(running, "shop_here", lambda: False)
    assert monolith.gone(Home(tmp_path)) == ""
