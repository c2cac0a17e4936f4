"""A file that changes, seen through polls; the clock is ours."""

import os
from pathlib import Path

import pytest

from facade.runtime.watcher import FileWatcher

SECOND = 1_000_000_000


class Watched:
    """A watcher of a file, what it handed over, and its clock."""

    def __init__(self, path: Path) -> None:
        self.path, self.seen, self.now = path, list[bytes](), 0
        self.write(b"one")
        self.watcher = FileWatcher(path, self.seen.append, known=b"one", clock_ns=lambda: self.now)

    def write(self, data: bytes, age: int = 0) -> None:
        """Write in place; the file then looks as if it was written `age` ns ago."""
        self.path.write_bytes(data)
        os.utime(self.path, ns=(self.now - age, self.now - age))

    def replace(self, data: bytes) -> None:
        other = self.path.with_suffix(".new")
        other.write_bytes(data)
        os.utime(other, ns=(self.now, self.now))
        other.replace(self.path)

    def poll(self, times: int = 1) -> list[bytes]:
        for _ in range(times):
            self.watcher.poll()
        return self.seen


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    made = Watched(tmp_path / "file")
    made.now = 100 * SECOND
    return made


def test_nothing_changed(watched: Watched) -> None:
    assert watched.poll(3) == []


def test_a_replaced_file_is_taken_at_once(watched: Watched) -> None:
    watched.poll()
    watched.replace(b"two")
    assert watched.poll() == [b"two"]
    assert watched.poll(3) == [b"two"]


def test_a_file_written_in_place_is_taken_when_it_rests(watched: Watched) -> None:
    watched.poll()
    watched.write(b"tw")
    assert watched.poll() == []
    watched.write(b"two")
    assert watched.poll() == []
    assert watched.poll() == [b"two"]


def test_a_change_that_leaves_size_and_time_alone_is_seen(watched: Watched) -> None:
    watched.write(b"two")
    watched.poll(2)
    watched.write(b"too")
    assert watched.poll(2) == [b"two", b"too"]


def test_the_same_bytes_again_are_no_change(watched: Watched) -> None:
    watched.poll()
    watched.replace(b"one")
    assert watched.poll(3) == []


def test_a_missing_file_is_waited_for(watched: Watched) -> None:
    watched.poll()
    watched.path.unlink()
    assert watched.poll(2) == []
    watched.write(b"two")
    assert watched.poll(2) == [b"two"]


def test_a_settled_file_is_not_read_again(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.now += 10 * SECOND
    watched.poll()
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    assert watched.poll(3) == []


def test_with_nothing_known_the_first_content_is_handed_over(tmp_path: Path) -> None:
    seen: list[bytes] = []
    path = tmp_path / "file"
    watcher = FileWatcher(path, seen.append, known=None, clock_ns=lambda: 0)
    assert not watcher.poll()
    path.write_bytes(b"one")
    watcher.poll()
    assert watcher.poll() or seen == [b"one"]
    assert seen == [b"one"]
