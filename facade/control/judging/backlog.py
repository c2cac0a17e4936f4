"""Pairs that wait to be compared: bounded, fair between routes, and honest about what it drops."""

from collections import deque
from dataclasses import dataclass

from facade.compare.answers import Pair
from facade.compare.noise.races import Again

PAIRS = 5_000
BYTES = 64 * 1024**2
BATCH_PAIRS = 64
BATCH_BYTES = 4 * 1024**2


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pair, and how its request can be asked once more (None: it cannot).

    Headers are as they were sent: as the client spelled them, in order, with what the facade added.
    """

    pair: Pair
    request_headers: tuple[tuple[str, str], ...] | None  # as legacy got them
    again: Again | None = None  # second answers, once there are some
    new_headers: tuple[tuple[str, str], ...] | None = None  # where the new side got others
    body: bytes | None = b""  # of the request; None: too large to be known
    targets: tuple[str, str] | None = None  # that legacy and the new side got, where others


class Backlog:
    """A queue per route, emptied in turns; over the limit the longest queue loses its oldest."""

    def __init__(self, pairs: int = PAIRS, size: int = BYTES) -> None:
        self._most_pairs, self._most_bytes = pairs, size
        self._queues: dict[str, deque[Waiting]] = {}
        self.pairs = 0
        self.bytes = 0

    def put(self, waiting: Waiting) -> str | None:
        """Queue a pair; returns the route whose oldest pair had to go, if any."""
        self._queues.setdefault(waiting.pair.route, deque()).append(waiting)
        self.pairs += 1
        self.bytes += waiting.pair.size
        if self.pairs <= self._most_pairs and self.bytes <= self._most_bytes:
            return None
        longest = max(self._queues, key=lambda route: len(self._queues[route]))
        self._take(longest)
        return longest

    def batch(self) -> list[Waiting]:
        """The next pairs to compare, one of each route in turn."""
        taken: list[Waiting] = []
        room = BATCH_BYTES
        while self._queues and len(taken) < BATCH_PAIRS and room > 0:
            route = next(iter(self._queues))
            waiting = self._take(route)
            taken.append(waiting)
            room -= waiting.pair.size
            if route in self._queues:  # to the end of the line
                self._queues[route] = self._queues.pop(route)
        return taken

    def _take(self, route: str) -> Waiting:
        queue = self._queues[route]
        waiting = queue.popleft()
        self.pairs -= 1
        self.bytes -= waiting.pair.size
        if not queue:
            del self._queues[route]
        return waiting
