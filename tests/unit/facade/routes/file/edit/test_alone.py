"""Edits of a file in place: read, edited, replaced by rename, taken back."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from facade.routes.file.edit.alone import ATTEMPTS, edited, take_back


class Refused(Exception):
    """The edit is not possible."""


@dataclass(frozen=True)
class Made:
    """An edit."""

    was: str
    text: str

    @property
    def changed(self) -> bool:
        return self.text != self.was


def test_an_edit_is_written_and_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text("a")
    made = edited(path, lambda text: Made(text, text + "b"), Refused)
    assert (path.read_text(), made.was) == ("ab", "a")
    assert take_back(path, made)
    assert path.read_text() == "a"
    assert not take_back(path, made)


def test_an_edit_without_a_change_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text("a")
    before = path.stat().st_ino
    edited(path, lambda text: Made(text, text), Refused)
    assert path.stat().st_ino == before


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.yaml", tmp_path / "routes.yaml"
    target.write_text("a")
    link.symlink_to(target)
    edited(link, lambda text: Made(text, text + "b"), Refused)
    assert link.is_symlink()
    assert target.read_text() == "ab"


def test_an_edit_begins_again_where_the_file_changes_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text("a")
    seen: list[str] = []

    def edit(text: str) -> Made:
        seen.append(text)
        if len(seen) == 1:
            path.write_text("x")
        return Made(text, text + "b")

    edited(path, edit, Refused)
    assert (seen, path.read_text()) == (["a", "x"], "xb")


def test_a_file_that_keeps_changing_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text("")

    def edit(text: str) -> Made:
        path.write_text(text + "x")
        return Made(text, text + "b")

    with pytest.raises(Refused, match="keeps changing"):
        edited(path, edit, Refused)
    assert path.read_text() == "x" * ATTEMPTS
