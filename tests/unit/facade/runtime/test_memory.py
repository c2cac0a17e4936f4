"""The memory of a host's workers: several openings of one folder stand for several workers."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from facade.runtime import memory as module
from facade.runtime.memory import HostMemory, Memory, MemoryBusy, TableFull
from tests.rigs.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000_000.0)


@pytest.fixture
def worker(tmp_path: Path, clock: Clock) -> Callable[[], Memory]:
    return lambda: Memory(tmp_path / "memory", clock)


def digest(number: int) -> bytes:
    """Digests that all lie in one bucket."""
    return bytes(8) + number.to_bytes(8, "big")


@pytest.mark.parametrize("size", [0, 1, 64, 65, 100_000])
def test_what_one_worker_keeps_the_other_one_knows(worker, clock, size: int) -> None:
    one, two = (worker().table("t", 64, 64) for _ in range(2))
    record = os.urandom(size)
    one.put(digest(1), record, clock.now + 10.0)
    assert two.get(digest(1)) == record
    assert two.get(digest(2)) is None
    two.drop(digest(1))
    assert one.get(digest(1)) is None


def test_it_survives_all_workers(worker, clock) -> None:
    first = worker()
    first.table("t", 64, 64).put(digest(1), b"a", clock.now + 10.0)
    first.close()
    assert worker().table("t", 64, 64).get(digest(1)) == b"a"


def test_a_record_ends(worker, clock) -> None:
    table = worker().table("t", 64, 64)
    table.put(digest(1), b"a", clock.now + 10.0)
    clock.now += 10.0
    assert table.get(digest(1)) is None


@pytest.mark.parametrize(("first", "second"), [(5, 500), (500, 5), (500, 600), (5, 6)])
def test_a_record_is_replaced_whatever_its_size(tmp_path, worker, clock, first, second) -> None:
    table = worker().table("t", 64, 64)
    table.put(digest(1), b"a" * first, clock.now + 10.0)
    table.put(digest(1), b"b" * second, clock.now + 10.0)
    assert table.get(digest(1)) == b"b" * second
    large = tmp_path / "memory" / "t.large"
    assert len([*large.glob("*")]) == (second > 64), "no file is left of a record that is gone"


def test_the_one_whose_end_comes_first_is_forgotten(tmp_path, worker, clock) -> None:
    table = worker().table("t", 64, 64)
    for number in range(9):
        table.put(digest(number), b"x" * 100, clock.now + 10.0 + number)
    assert table.get(digest(0)) is None
    assert all(table.get(digest(number)) for number in range(1, 9))
    assert len([*(tmp_path / "memory" / "t.large").iterdir()]) == 8


def test_a_pinned_one_is_not_forgotten_before_its_end(worker, clock) -> None:
    table = worker().table("t", 64, 64)
    for number in range(8):
        table.put(digest(number), b"x", clock.now + 1.0, pinned=True)
    with pytest.raises(TableFull):
        table.put(digest(9), b"x", clock.now + 99.0)
    clock.now += 2.0
    table.put(digest(9), b"x", clock.now + 99.0)
    assert table.get(digest(9)) == b"x"


def test_a_record_that_was_written_by_half_is_none(tmp_path, worker, clock) -> None:
    table = worker().table("t", 8, 64)
    table.put(digest(1), b"abcdef", clock.now + 10.0)
    path = tmp_path / "memory" / "t"
    data = path.read_bytes()
    path.write_bytes(data.replace(b"abcdef", b"abcxxx"))
    assert table.get(digest(1)) is None


def test_a_life_is_over_when_its_worker_is_gone(worker) -> None:
    one, two = worker(), worker()
    assert two.alive(one.life)
    assert one.alive(one.life)
    one.close()
    assert not two.alive(one.life)
    assert not two.alive(os.urandom(8))


def test_lives_that_are_over_leave_no_files(tmp_path, worker) -> None:
    for _ in range(5):
        worker().close()
    worker()
    assert len([*(tmp_path / "memory" / "lives").iterdir()]) == 1


def test_who_holds_the_lock_for_too_long_stops_no_other_worker(worker, monkeypatch) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.002)
    one, two = worker(), worker()
    with one.locked(), pytest.raises(MemoryBusy), two.locked():
        pass
    with two.locked():
        pass


def test_only_its_owner_can_read_it(tmp_path, worker, clock) -> None:
    table = worker().table("t", 64, 64)
    table.put(digest(1), b"x" * 100, clock.now + 10.0)
    for path in (tmp_path / "memory").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_folder_that_cannot_be_made_is_said_once_and_is_no_memory(tmp_path, caplog) -> None:
    (tmp_path / "file").write_text("")
    shared = HostMemory(tmp_path / "file" / "memory")
    assert shared.open() is None
    assert shared.open() is None
    assert len(caplog.records) == 1
    assert HostMemory(None).open() is None
