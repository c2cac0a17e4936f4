"""The owners of sessions as last answered: shared by the workers of a host, and kept when they
end. A cookie is held as a digest; only the file's owner can read the file.
"""

import logging
from collections.abc import Callable
from hashlib import sha256
from typing import Final

import orjson

from facade.proxy.identity.credentials import SessionOwner
from facade.runtime.memory import DIGEST_BYTES, HostMemory, Memory, Table

log = logging.getLogger("facade.proxy.identity.sessions")

SLOTS: Final = 65_536
SLOT_BYTES: Final = 256


class Remembered:
    """The owners of sessions, as all workers know them."""

    def __init__(self, shared: HostMemory, monotonic: Callable[[], float]) -> None:
        """`monotonic` is the clock by which owners say when legacy was asked."""
        self._shared = shared
        self._monotonic = monotonic
        self._opened: tuple[Memory, Table] | None = None
        self._asks = b""  # what legacy is asked: other answers than to this are none
        self._ended: set[bytes] = set()  # sessions that ended and could not be removed yet

    def use(self, asks: bytes) -> None:
        """Take what legacy is asked in a new table."""
        self._asks = asks

    def of(self, session: bytes) -> SessionOwner | None:
        """The owner; None: unknown, or answered too long ago."""
        table = self._table()
        if table is None or self._digest(session) in self._still_known():
            return None
        try:
            record = table[1].get(self._digest(session))
        except OSError as error:
            log.error("what is remembered of sessions cannot be read: %s", error)
            return None
        if record is None:
            return None
        asked, email, name = orjson.loads(record)
        age = max(0.0, table[0].clock() - asked)
        return SessionOwner(email, name, self._monotonic() - age)

    def keep(self, session: bytes, owner: SessionOwner, seconds: float) -> None:
        """Legacy said so at `owner.asked`; it counts for so long from then on."""
        table = self._table()
        if table is None:
            return
        memory, records = table
        asked = memory.clock() - (self._monotonic() - owner.asked)
        record = orjson.dumps([asked, owner.email, owner.name])
        try:
            with memory.locked():
                records.put(self._digest(session), record, asked + seconds)
            self._ended.discard(self._digest(session))
        except OSError as error:
            log.error("the owner of a session is not remembered: %s", error)

    def forget(self, session: bytes) -> None:
        """The session ended, or may be another customer's by now."""
        if self._table() is not None:
            self._ended.add(self._digest(session))
            self._still_known()

    def _still_known(self) -> set[bytes]:
        """Sessions that ended and could not be removed from the memory yet."""
        if self._ended and (table := self._table()) is not None:
            try:
                with table[0].locked():
                    for digest in tuple(self._ended):
                        table[1].drop(digest)
                        self._ended.discard(digest)
            except OSError as error:
                log.error("a session that ended is remembered still: %s", error)
        return self._ended

    def _table(self) -> tuple[Memory, Table] | None:
        if self._opened is None and (memory := self._shared.open()) is not None:
            try:
                self._opened = memory, memory.table("sessions", SLOTS, SLOT_BYTES)
            except OSError as error:
                log.error("sessions are not remembered: %s", error)
        return self._opened

    def _digest(self, session: bytes) -> bytes:
        return sha256(self._asks + session).digest()[:DIGEST_BYTES]
