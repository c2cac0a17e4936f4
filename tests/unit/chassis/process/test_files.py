"""Files are replaced whole: no reader sees half, nobody's edit and no mode is lost."""

import os
from pathlib import Path

import pytest

from chassis.process import files
from chassis.process.files import read_object, swap, write_whole


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was brought to the disk, in order: files and folders."""
    seen: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda number: seen.append(_named(number)))
    return seen


def _named(number: int) -> str:
    return Path(f"/proc/self/fd/{number}").readlink().name.partition(".json")[0]


@pytest.mark.parametrize("data", ["grün", "grün".encode()])
def test_a_file_holds_what_was_written_and_leaves_nothing_beside_it(
    path: Path, data: str | bytes
) -> None:
    write_whole(path, data)
    assert path.read_text("utf-8") == "grün"
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_that_has_the_file_open_keeps_the_old_one(path: Path) -> None:
    write_whole(path, "old")
    with path.open() as reader:
        write_whole(path, "new")
        assert reader.read() == "old"


def test_a_new_file_has_the_usual_mode(path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(path, "")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o7777 == 0o640


def test_a_file_keeps_its_mode(path: Path) -> None:
    path.touch()
    path.chmod(0o604)
    write_whole(path, "new")
    assert path.stat().st_mode & 0o7777 == 0o604


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file away")
def test_a_file_keeps_its_owner(path: Path) -> None:
    path.touch()
    os.chown(path, 1234, 1235)
    write_whole(path, "new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 1235)


def test_a_private_file_is_private_whatever_it_was(path: Path) -> None:
    path.touch(0o644)
    write_whole(path, "secret", private=True)
    assert path.stat().st_mode & 0o7777 == 0o600


def test_what_lasts_is_on_the_disk_before_its_name_is(path: Path, synced: list[str]) -> None:
    write_whole(path, "", lasting=True)
    assert synced == [".state", path.parent.name]


def test_several_files_wait_for_their_folder_once(path: Path, synced: list[str]) -> None:
    files.write_several(path.parent, {"a": b"1", "b": b"2"})
    assert len(synced) == 3
    assert (path.parent / "b").read_bytes() == b"2"
    assert sorted(each.name for each in path.parent.iterdir()) == ["a", "b"]


def test_what_need_not_last_waits_for_no_disk(path: Path, synced: list[str]) -> None:
    write_whole(path, "")
    assert synced == []


def test_a_write_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(path, "old")

    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        files.write_whole(path, "new", lasting=True)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_a_swap_is_refused_when_somebody_else_has_written(path: Path) -> None:
    path.write_bytes(b"theirs")
    assert not swap(path, b"mine before", b"mine")
    assert path.read_bytes() == b"theirs"
    assert list(path.parent.iterdir()) == [path]


def test_a_swap_lasts_and_keeps_the_mode(path: Path, synced: list[str]) -> None:
    path.write_bytes(b"before")
    path.chmod(0o640)
    assert swap(path, b"before", b"after")
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o7777 == 0o640
    assert synced == [".state", path.parent.name]


def test_a_swap_needs_a_file(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        swap(path, b"", b"mine")
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "{", "[1]", "7", "\xff"])
def test_what_is_no_object_is_nothing(path: Path, text: str) -> None:
    path.write_bytes(text.encode("latin-1"))
    assert read_object(path) is None


def test_an_object_is_read(path: Path) -> None:
    path.write_text('{"a": 1}')
    assert read_object(path) == {"a": 1}


def test_no_file_is_nothing(path: Path) -> None:
    assert read_object(path) is None
