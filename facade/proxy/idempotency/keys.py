"""What all workers of the host remember of an `Idempotency-Key`.

    (nothing) ──claim──▶ running ──answer──▶ done        the same answer again
        ▲                   │ ├──no answer──▶ unknown    only to the side it was first sent to
        └──nothing was done─┘ └──its worker died─▶ unknown

A record holds the state, the side, the worker's life, the fingerprint of the request, the answer.
"""

from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Final

import orjson

from facade.runtime.memory import DIGEST_BYTES, LIFE_BYTES, HostMemory, Memory

KEEP_SECONDS: Final = 24 * 3600.0
SLOTS: Final = 65_536
SLOT_BYTES: Final = 2048  # larger answers are files of their own
MOST_ANSWER: Final = 256 * 1024  # bytes of an answer that is kept
_FINGERPRINT_BYTES: Final = 32
_RUNNING: Final = b"R"
_UNKNOWN: Final = b"U"
_DONE: Final = b"D"
_SIDES: Final = {"legacy": b"L", "new": b"N"}
_NAMES: Final = {mark: name for name, mark in _SIDES.items()}


class Verdict(Enum):
    """What a request with a key may do."""

    SEND = "send"
    REPEAT = "repeat"  # sent before, with an unknown outcome
    DONE = "done"
    RUNNING = "running"
    OTHER = "other"  # the key was used for another request


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer. `lines` are its header lines as we would write them."""

    status: int
    reason: str
    lines: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """What a key says to a request. `side`: where it is to be sent, or was."""

    verdict: Verdict
    side: str = ""
    answer: Stored | None = None  # of DONE; None: it was too large to be kept


def digest_of(person: bytes, key: bytes) -> bytes:
    """Where the key of this person lies in the memory."""
    return sha256(b"%d:%b%b" % (len(person), person, key)).digest()[:DIGEST_BYTES]


def fingerprint_of(method: bytes, target: bytes, body: bytes) -> bytes:
    """What makes two requests the same one."""
    return sha256(b"%b %b\r\n%b" % (method, target, body)).digest()


class Keys:
    """The keys of the host, as one worker uses them."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._table = memory.table("keys", SLOTS, SLOT_BYTES)

    def claim(self, digest: bytes, fingerprint: bytes, side: str) -> Claim:
        """Take the key for a request that goes to this side, or learn why not. Raises OSError."""
        with self._memory.locked():
            record = self._table.get(digest)
            claim = Claim(Verdict.SEND, side) if record is None else self._read(record, fingerprint)
            if claim.verdict in (Verdict.SEND, Verdict.REPEAT):
                self._write(digest, _RUNNING, claim.side, fingerprint)
        return claim

    def sent_to(self, digest: bytes, fingerprint: bytes, side: str) -> None:
        """Another side is asked now, since the first one did nothing. Raises OSError."""
        self._change(digest, _RUNNING, side, fingerprint)

    def unknown(self, digest: bytes, fingerprint: bytes, side: str) -> None:
        """There is no answer, and it may have been done. Raises OSError."""
        self._change(digest, _UNKNOWN, side, fingerprint)

    def release(self, digest: bytes) -> None:
        """Nothing was done: the key is as new. Raises OSError."""
        with self._memory.locked():
            self._table.drop(digest)

    def done(self, digest: bytes, fingerprint: bytes, side: str, answer: Stored | None) -> None:
        """Keep the answer. Raises OSError."""
        data = b""
        if answer is not None:
            head = orjson.dumps([answer.status, answer.reason, len(answer.lines)])
            data = b"%b\n%b%b" % (head, answer.lines, answer.body)
        self._change(digest, _DONE, side, fingerprint, data)

    def _read(self, record: bytes, fingerprint: bytes) -> Claim:
        state, side = record[:1], _NAMES[record[1:2]]
        life, rest = record[2 : 2 + LIFE_BYTES], record[2 + LIFE_BYTES :]
        if rest[:_FINGERPRINT_BYTES] != fingerprint:
            return Claim(Verdict.OTHER, side)
        if state == _DONE:
            return Claim(Verdict.DONE, side, _stored(rest[_FINGERPRINT_BYTES:]))
        if state == _RUNNING and self._memory.alive(life):
            return Claim(Verdict.RUNNING, side)
        return Claim(Verdict.REPEAT, side)

    def _change(
        self, digest: bytes, state: bytes, side: str, fingerprint: bytes, data: bytes = b""
    ) -> None:
        with self._memory.locked():
            self._write(digest, state, side, fingerprint, data)

    def _write(
        self, digest: bytes, state: bytes, side: str, fingerprint: bytes, data: bytes = b""
    ) -> None:
        record = b"".join((state, _SIDES[side], self._memory.life, fingerprint, data))
        end = self._memory.clock() + KEEP_SECONDS
        self._table.put(digest, record, end, pinned=state != _DONE)


class OpenKeys:
    """The keys, opened when the first one comes."""

    def __init__(self, memory: HostMemory) -> None:
        self._memory = memory
        self._keys: Keys | None = None

    def open(self) -> Keys | None:
        """None where there is no memory. Raises OSError."""
        if self._keys is None:
            memory = self._memory.open()
            self._keys = None if memory is None else Keys(memory)
        return self._keys


def _stored(data: bytes) -> Stored | None:
    if not data:
        return None
    head, _, rest = data.partition(b"\n")
    status, reason, size = orjson.loads(head)
    return Stored(status, reason, rest[:size], rest[size:])
