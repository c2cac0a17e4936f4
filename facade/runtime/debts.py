"""Until when each key of a limit owes, for all workers of a host: one file, one lock.

    <folder>/limits    sets of eight slots: digest (16 bytes), nanoseconds of the monotonic clock

A key lies in one of the slots of its set. Where all eight are taken, a new key replaces one without
a debt, or else the one whose debt ends first: that one may then have its burst once more.

The master removes the file at its start, so that no time in it is of another boot of the machine.
It is read and written in place, not mapped: a full disk is an error, no crash. A worker that is
paused just while it holds the lock does not stop the others: they wait for it once, and then go on
without the lock, until it can be had again.
"""

import fcntl
import os
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from facade.routes.limits.limit import Arrival, Found, Limit
from facade.runtime.memory import DIGEST_BYTES, MEMORY, HostMemory, digest_of

FILE: Final = "limits"  # the file's name in the folder of the memory
SETS: Final = 16_384
WAYS: Final = 8  # slots of a set
LOCK_SECONDS: Final = 0.05  # longest wait for another worker
STUCK_SECONDS: Final = 1.0  # after that no worker waits for so long
_LOCK_STEP_SECONDS: Final = 0.0001
_TIME_BYTES: Final = 8
_SLOT: Final = DIGEST_BYTES + _TIME_BYTES
_SET: Final = WAYS * _SLOT
_TIMES: Final = struct.Struct("<" + f"{DIGEST_BYTES}xQ" * WAYS)
_OPEN: Final = "client"  # the one key that is shown as it is
_SHOWN_DIGITS: Final = 12  # of the digest of any other
_EMPTY: Final = bytes(_SET)


def digest_of_key(limit: Limit, key: Found) -> bytes:
    """Under which digest the debt of a limit's key lies."""
    source, value = key
    return digest_of(limit.kind(source), value)


def shown(key: Found, digest: bytes) -> str:
    """A key as people may see it: an address, or a part of the digest of a secret."""
    source, value = key
    return f"{source} {value if source == _OPEN else digest.hex()[:_SHOWN_DIGITS]}"


@dataclass(slots=True)
class Slot:
    """Where a key's debt lies, or may be written."""

    place: int  # in the file
    until: int  # until when the key owes; 0: the key is unknown
    lost: int  # until when another key owes, which is overwritten by writing here


class Debts:
    """The file, as one process uses it. Methods raise OSError."""

    def __init__(self, path: Path, *, sets: int = SETS, read_only: bool = False) -> None:
        flags = os.O_RDONLY if read_only else os.O_RDWR | os.O_CREAT
        self._file = os.open(path, flags | os.O_CLOEXEC, 0o600)
        self._sets = sets
        self._stuck_until = 0.0  # monotonic seconds

    def close(self) -> None:
        """Use it no more."""
        os.close(self._file)

    def lock(self) -> bool:
        """Keep other workers away; False: one of them does not let go, and we do without."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._wait()
        return True

    def unlock(self) -> None:
        """Let the others in."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def find(self, digest: bytes) -> Slot:
        """The slot of this key; where it has none, the one that it may take."""
        begin = int.from_bytes(digest[:8], "little") % self._sets * _SET
        slots = os.pread(self._file, _SET, begin)
        if len(slots) < _SET:  # the file ends before
            slots = slots.ljust(_SET, b"\0")
        at = slots.find(digest)
        while at > 0 and at % _SLOT:  # the same bytes, across two slots
            at = slots.find(digest, at + 1)
        if at >= 0:
            until = int.from_bytes(slots[at + DIGEST_BYTES : at + _SLOT], "little")
            return Slot(begin + at, until, 0)
        if slots == _EMPTY:
            return Slot(begin, 0, 0)
        times = _TIMES.unpack(slots)
        least = min(times)
        return Slot(begin + times.index(least) * _SLOT, 0, least)

    def write(self, place: int, digest: bytes, until: int) -> None:
        """The key owes until then."""
        os.pwrite(self._file, digest + until.to_bytes(_TIME_BYTES, "little"), place)

    def _wait(self) -> bool:
        now = time.monotonic()
        if now < self._stuck_until:
            return False
        end = now + LOCK_SECONDS
        while time.monotonic() < end:
            time.sleep(_LOCK_STEP_SECONDS)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            return True
        self._stuck_until = time.monotonic() + STUCK_SECONDS
        return False


def standing(runtime: Path | None, limit: Limit, key: Found) -> tuple[str, Arrival | None]:
    """A key as it may be shown, and the state its next request meets; None: no worker counts here.

    `runtime` is the runtime folder of the facade.
    """
    digest = digest_of_key(limit, key)
    label = shown(key, digest)
    if runtime is None:
        return label, None
    try:
        debts = Debts(runtime / MEMORY / FILE, read_only=True)
    except FileNotFoundError:  # no request was counted yet
        return label, limit.arrive(0, time.monotonic_ns())
    except OSError:
        return label, None
    try:
        return label, limit.arrive(debts.find(digest).until, time.monotonic_ns())
    finally:
        debts.close()


class OpenDebts:
    """The debts, opened when the first limited request comes."""

    def __init__(self, memory: HostMemory) -> None:
        self._memory = memory
        self._debts: Debts | None = None

    def open(self) -> Debts | None:
        """None where there is no memory. Raises OSError."""
        if self._debts is None and (memory := self._memory.open()) is not None:
            self._debts = Debts(memory.folder / FILE)
        return self._debts
