"""The memory of limits, as several workers of a host use it."""

import fcntl
import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from facade.routes.limits.limit import Limit
from facade.runtime.debts import (
    FILE,
    LOCK_SECONDS,
    WAYS,
    Debts,
    OpenDebts,
    digest_of_key,
    shown,
    standing,
)
from facade.runtime.memory import MEMORY, HostMemory

LIMIT = Limit("few", 1_000_000_000, 3, (), True, b"")


def digest(name: object) -> bytes:
    return sha256(str(name).encode()).digest()[:16]


def put(debts: Debts, name: object, until: int) -> int:
    """Returns until when a key owed that was forgotten for it."""
    slot = debts.find(digest(name))
    debts.write(slot.place, digest(name), until)
    return slot.lost


def test_what_one_process_writes_another_one_reads(tmp_path: Path) -> None:
    one, other = Debts(tmp_path / FILE), Debts(tmp_path / FILE)
    assert other.find(digest("a")).until == 0
    for number in range(500):
        put(one, number, 1_000 + number)
    assert [other.find(digest(number)).until for number in range(500)] == [*range(1_000, 1_500)]
    put(other, 7, 5)
    assert one.find(digest(7)).until == 5
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_full_set_forgets_the_key_that_owes_least(tmp_path: Path) -> None:
    debts = Debts(tmp_path / FILE, sets=1)
    for number in range(WAYS):
        assert put(debts, number, 100 - number) == 0
    assert put(debts, "new", 200) == 100 - (WAYS - 1), "the last one, whose debt ends first"
    assert debts.find(digest(WAYS - 1)).until == 0
    assert [debts.find(digest(number)).until for number in range(WAYS - 1)] == [
        100 - number for number in range(WAYS - 1)
    ]
    assert debts.find(digest("new")).until == 200


def test_bytes_that_only_look_like_a_digest_are_none(tmp_path: Path) -> None:
    debts = Debts(tmp_path / FILE, sets=1)
    mine = b"\x07" * 16
    put(debts, "a", 1)
    os.pwrite(os.open(tmp_path / FILE, os.O_RDWR), mine, 5)  # across two slots
    found = debts.find(mine)
    assert (found.until, found.place % 24) == (0, 0)


def test_one_at_a_time(tmp_path: Path) -> None:
    one, other = Debts(tmp_path / FILE), Debts(tmp_path / FILE)
    assert one.lock()
    began = time.monotonic()
    assert not other.lock(), "the first one does not let go"
    assert time.monotonic() - began >= LOCK_SECONDS
    began = time.monotonic()
    assert not any(other.lock() for _ in range(100))
    assert time.monotonic() - began < 100 * LOCK_SECONDS / 2, "nobody waits again for a while"
    one.unlock()
    assert other.lock()
    other.unlock()
    assert one.lock()


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    debts = Debts(tmp_path / FILE)
    pid = os.fork()
    if not pid:
        own = os.open(tmp_path / FILE, os.O_RDWR)
        fcntl.flock(own, fcntl.LOCK_EX)
        os._exit(0)
    os.waitpid(pid, 0)
    assert debts.lock()


def test_it_is_opened_in_the_folder_of_the_memory(tmp_path: Path) -> None:
    assert OpenDebts(HostMemory(None)).open() is None
    debts = OpenDebts(HostMemory(tmp_path / MEMORY))
    assert debts.open() is debts.open() is not None
    assert (tmp_path / MEMORY / FILE).exists()


def test_how_a_key_stands_is_seen_from_outside(tmp_path: Path) -> None:
    key = ("session", "secret")
    label, arrival = standing(None, LIMIT, key)
    assert arrival is None and label.startswith("session ") and "secret" not in label
    (tmp_path / MEMORY).mkdir()
    label, arrival = standing(tmp_path, LIMIT, key)
    assert arrival is not None and arrival.left == 2, "nothing was counted yet"
    debts = Debts(tmp_path / MEMORY / FILE)
    mine = digest_of_key(LIMIT, key)
    debts.write(debts.find(mine).place, mine, time.monotonic_ns() + 3_000_000_000)
    _, arrival = standing(tmp_path, LIMIT, key)
    assert arrival is not None and arrival.refused
    assert standing(tmp_path / MEMORY / FILE, LIMIT, key) == (label, None), "no folder of a facade"
    assert shown(("client", "192.0.2.7"), mine) == "client 192.0.2.7"


def test_errors_are_errors(tmp_path: Path) -> None:
    debts = Debts(tmp_path / FILE)
    debts.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        debts.find(digest("a"))
