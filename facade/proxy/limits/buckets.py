"""What each key of a limit has left, as all workers of the host know it."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from facade.routes.limits import Arrival, Limit
from facade.runtime.debts import Debts, OpenDebts, Slot
from facade.runtime.memory import HostMemory

log = logging.getLogger("facade.proxy.limits")


@dataclass(slots=True)
class Taken:
    """What one limit made of a request."""

    limit: Limit
    label: str  # the key, as it may be shown
    arrival: Arrival
    lost: bool = False  # another key was forgotten for it while that owed something
    locked: bool = True  # no other worker could count this key meanwhile


class Buckets:
    """The limits of one worker."""

    def __init__(self, memory: HostMemory, clock: Callable[[], int] = time.monotonic_ns) -> None:
        """`clock` gives nanoseconds that all processes of the machine read alike."""
        self.clock = clock
        self._opened = OpenDebts(memory)
        self._said = False  # that nothing can be counted

    def take(self, wanted: Sequence[tuple[Limit, bytes, str]]) -> list[Taken] | None:
        """Take one request of each: limit, digest of the key, the key as it may be shown.

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

    def _take(self, debts: Debts, wanted: Sequence[tuple[Limit, bytes, str]]) -> list[Taken]:
        locked = debts.lock()
        try:
            now = self.clock()
            found: list[tuple[Slot, Taken]] = []
            refused = False
            for limit, digest, label in wanted:
                slot = debts.find(digest)
                arrival = limit.arrive(slot.until, now)
                found.append((slot, Taken(limit, label, arrival, locked=locked)))
                refused = refused or (limit.enforced and arrival.refused)
            if not refused:
                for (slot, taken), (_limit, digest, _label) in zip(found, wanted, strict=True):
                    if not taken.arrival.refused:
                        debts.write(slot.place, digest, taken.arrival.until)
                        taken.lost = slot.lost > now
        finally:
            if locked:
                debts.unlock()
        return [taken for _slot, taken in found]

    def _complain(self, error: OSError) -> None:
        if not self._said:
            self._said = True
            log.error("limits are not counted, and nobody is refused: %s", error)
