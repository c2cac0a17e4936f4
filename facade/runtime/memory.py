"""What the workers of one host remember together: tables of records in files, one lock for all.

    <folder>/lock          held for the few microseconds of a change
    <folder>/lives/NAME    locked by a worker as long as it lives, whatever ends it
    <folder>/TABLE         records in slots: digest, end, length, checksum, bytes
    <folder>/TABLE.large/  records that no slot holds

Everything survives the end of a worker, and of the facade where its folder does. It is readable for
its owner alone. Files are read and written in place, not mapped: a full disk is an error, no crash.
Several hosts share nothing.
"""

import fcntl
import logging
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final
from zlib import crc32

MEMORY: Final = "memory"  # the folder's name in the runtime folder
LOCK_SECONDS: Final = 0.05  # longest wait for another worker that changes something
LOCK_STEP_SECONDS: Final = 0.0005
WAYS: Final = 8  # slots in which a digest may lie
LIFE_BYTES: Final = 8
DIGEST_BYTES: Final = 16
_HEADER: Final = struct.Struct("<16sdII?7x")  # digest, end, length, checksum, pinned
_LARGE: Final = 0xFFFFFFFF  # in place of a length: the record is a file of its own


log = logging.getLogger("facade.runtime.memory")


class MemoryBusy(OSError):
    """Another process holds the lock for too long: it may have been paused."""


class TableFull(OSError):
    """Every slot of a digest holds a record that must not be removed yet."""


def digest_of(kind: str, name: str) -> bytes:
    """The key of this name in a table; the name cannot be derived from it."""
    return sha256(f"{kind}:{name}".encode("utf-8", "surrogatepass")).digest()[:DIGEST_BYTES]


class Memory:
    """One worker's access to what all workers of the host share."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives unix seconds: the ends of records outlive a machine's start."""
        self.folder = folder
        self.clock = clock
        self.life = os.urandom(LIFE_BYTES)
        self._lives = folder / "lives"
        self._lives.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _opened(folder / "lock")
        for path in self._lives.iterdir():
            self._is_over(path)
        self._life = _opened(self._lives / self.life.hex())
        fcntl.flock(self._life, fcntl.LOCK_EX)

    def close(self) -> None:
        """This worker's life is over."""
        os.close(self._life)
        os.close(self._lock)

    def table(self, name: str, slots: int, size: int) -> "Table":
        """A table of `slots` records, with room for `size` bytes in a slot."""
        return Table(self, name, slots, size)

    def alive(self, life: bytes) -> bool:
        """Whether the worker of this life still lives; one that is only paused does."""
        return life == self.life or not self._is_over(self._lives / life.hex())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """No other process changes anything meanwhile. Raises MemoryBusy."""
        until = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise MemoryBusy("another worker holds the memory's lock") from None
                time.sleep(LOCK_STEP_SECONDS)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    @staticmethod
    def _is_over(path: Path) -> bool:
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            path.unlink(missing_ok=True)
            return True
        finally:
            os.close(descriptor)


class HostMemory:
    """The memory, opened when something is to be remembered for the first time."""

    def __init__(self, folder: Path | None, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives unix seconds."""
        self.clock = clock
        self._folder = folder
        self._memory: Memory | None = None

    def open(self) -> Memory | None:
        """The memory; None where there is none, or it cannot be opened, which is logged once."""
        if self._memory is None and self._folder is not None:
            try:
                self._memory = Memory(self._folder, self.clock)
            except OSError as error:
                self._folder = None
                log.error("nothing is remembered for other workers: %s", error)
        return self._memory


class Table:
    """Records by digest. `get` needs no lock; read and change together under `Memory.locked`."""

    def __init__(self, memory: Memory, name: str, slots: int, size: int) -> None:
        self._clock = memory.clock
        self._slot = _HEADER.size + size
        self._buckets = max(1, slots // WAYS)
        self._file = _opened(memory.folder / name)
        self._large = memory.folder / f"{name}.large"

    def get(self, digest: bytes) -> bytes | None:
        """The record of this digest (16 bytes); None: there is none, or its end has passed."""
        for _place, found, end, length, check, _pinned, data in self._slots(digest):
            if found == digest and end > self._clock():
                record = self._read_large(digest) if length == _LARGE else data[:length]
                return record if record is not None and crc32(record) == check else None
        return None

    def put(self, digest: bytes, record: bytes, end: float, *, pinned: bool = False) -> None:
        """Keep a record until `end` (unix seconds).

        It takes the place of the one whose end comes first, never of one that is pinned.
        Raises TableFull, OSError.
        """
        place, before, large = self._place(digest)
        length = len(record)
        if length > self._slot - _HEADER.size:
            self._write_large(digest, record)
            length, kept = _LARGE, b""
        else:
            kept = record
        header = _HEADER.pack(digest, end, length, crc32(record), pinned)
        os.pwrite(self._file, header + kept, place)
        if large and (before != digest or length != _LARGE):
            self._path(before).unlink(missing_ok=True)

    def drop(self, digest: bytes) -> None:
        """Remove this record."""
        for place, found, _end, length, _check, _pinned, _data in self._slots(digest):
            if found == digest:
                os.pwrite(self._file, bytes(_HEADER.size), place)
                if length == _LARGE:
                    self._path(digest).unlink(missing_ok=True)

    def _slots(self, digest: bytes) -> Iterator[tuple[int, bytes, float, int, int, bool, bytes]]:
        """Place, digest, end, length, checksum, pinned and bytes of each slot it may lie in."""
        size = self._slot
        begin = int.from_bytes(digest[:8], "little") % self._buckets * size * WAYS
        bucket = os.pread(self._file, size * WAYS, begin).ljust(size * WAYS, b"\0")
        for at in range(0, size * WAYS, size):
            yield (
                begin + at,
                *_HEADER.unpack_from(bucket, at),
                bucket[at + _HEADER.size : at + size],
            )

    def _place(self, digest: bytes) -> tuple[int, bytes, bool]:
        """Where to write; whose record lies there, and whether it is a file of its own."""
        now = self._clock()
        best: tuple[float, int, bytes, bool] | None = None
        for place, found, end, length, _check, pinned, _data in self._slots(digest):
            if found == digest:
                return place, found, length == _LARGE
            if pinned and end > now:
                continue
            if best is None or end < best[0]:
                best = end, place, found, length == _LARGE
        if best is None:
            raise TableFull("every slot is taken by a record that must not be removed")
        return best[1:]

    def _path(self, digest: bytes) -> Path:
        return self._large / digest.hex()

    def _read_large(self, digest: bytes) -> bytes | None:
        with suppress(FileNotFoundError):
            return self._path(digest).read_bytes()
        return None

    def _write_large(self, digest: bytes, record: bytes) -> None:
        self._large.mkdir(mode=0o700, exist_ok=True)
        path = self._path(digest)
        temporary = path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(record)
        temporary.rename(path)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
