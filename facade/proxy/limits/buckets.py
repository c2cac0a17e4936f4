"""What each key of a limit has left, as all workers of the host know it."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from facade.routes.limits.limit import Arrival, Found, Limit
from facade.runtime.debts import Debts, OpenDebts, Slot, digest_of_key
from facade.runtime.memory import HostMemory

log = logging.getLogger("facade.proxy.limits")

MOST_KNOWN: Final = 4096  # keys whose digests a worker remembers
LONGEST_KNOWN: Final = 200  # characters of such a key

Wanted = tuple[Limit, Found]


@dataclass(slots=True)
class Taken:
    """What one limit made of a request."""

    limit: Limit
    key: Found
    digest: bytes  # of the key
    arrival: Arrival
    lost: bool = False  # another key with a debt was removed to make room for this one
    locked: bool = True  # no other worker could count this key meanwhile


class Buckets:
    """The limits of one worker."""

    def __init__(self, memory: HostMemory, clock: Callable[[], int] = time.monotonic_ns) -> None:
        """`clock` gives nanoseconds that all processes of the machine read alike."""
        self.clock = clock
        self._opened = OpenDebts(memory)
        self._digests: dict[Wanted, bytes] = {}  # of keys that came lately
        self._said = False  # that nothing can be counted

    def take(self, wanted: Sequence[Wanted]) -> list[Taken] | None:
        """Take one request of each limit's key.

        Where a limit that is enforced has none left, none is taken of any. None: the memory cannot
        be used, and nothing is counted.
        """
        try:
            debts = self._opened.open()
            taken = None if debts is None else self._take(debts, wanted)
        except OSError as error:
            self._complain(error)
            return None
        if taken is not None:
            self._said = False
        return taken

    def _take(self, debts: Debts, wanted: Sequence[Wanted]) -> list[Taken]:
        digests = [self._digests.get(one) or self._digest(one) for one in wanted]
        locked = debts.lock()
        try:
            now = self.clock()
            slots: list[Slot] = []
            found: list[Taken] = []
            refused = False
            for (limit, key), digest in zip(wanted, digests, strict=True):
                slot = debts.find(digest)
                arrival = limit.arrive(slot.until, now)
                slots.append(slot)
                found.append(Taken(limit, key, digest, arrival, locked=locked))
                refused = refused or (limit.enforced and arrival.left < 0)
            if not refused:
                for slot, taken in zip(slots, found, strict=True):
                    if taken.arrival.left >= 0:
                        debts.write(slot.place, taken.digest, taken.arrival.until)
                        taken.lost = slot.lost > now
        finally:
            if locked:
                debts.unlock()
        return found

    def _digest(self, wanted: Wanted) -> bytes:
        """The digest of a key, which is remembered for a while."""
        limit, key = wanted
        digest = digest_of_key(limit, key)
        if len(key[1]) <= LONGEST_KNOWN:
            if len(self._digests) >= MOST_KNOWN:
                self._digests.clear()
            self._digests[wanted] = digest
        return digest

    def _complain(self, error: OSError) -> None:
        if not self._said:
            self._said = True
            log.error("limits are not counted, and no request is refused: %s", error)
