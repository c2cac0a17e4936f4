"""Requests by bucket of their key: a guard compares each side's share with the percentage.

Kept only for routes that are watched (they have a guard or a plan). No key is kept, only whether
its bucket was seen, how often, and by which side.
"""

from array import array
from base64 import b64encode
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from facade.routes.decision import BUCKETS

GENERATION_SECONDS: Final = 1800.0  # a client is remembered for one to two of these
_BYTES: Final = BUCKETS // 8


class KeyCounts:
    """Requests of one route under one seed and one threshold; another percentage starts at 0."""

    __slots__ = (
        "_asked", "_clock", "_earlier", "_now", "_until",
        "keyless", "requests", "seed", "squares", "threshold", "top", "top_bucket",
    )  # fmt: skip

    def __init__(self, seed: str, threshold: int, clock: Callable[[], float] = monotonic) -> None:
        self.seed, self.threshold = seed, threshold
        self.requests = 0  # with a key
        self.keyless = 0
        self.squares = 0  # sum over buckets of the square of its requests
        self.top, self.top_bucket = 0, -1  # the bucket that asked most, and how often
        self._asked = array("L", bytes(array("L").itemsize * BUCKETS))
        self._now, self._earlier = bytearray(_BYTES), bytearray(_BYTES)
        self._clock = clock
        self._until = clock() + GENERATION_SECONDS

    def add(self, bucket: int) -> None:
        """Count a request whose key falls into this bucket."""
        asked = self._asked[bucket] = self._asked[bucket] + 1
        self.requests += 1
        self.squares += 2 * asked - 1
        if asked > self.top:
            self.top, self.top_bucket = asked, bucket
        self._now[bucket >> 3] |= 1 << (bucket & 7)

    def snapshot(self) -> dict[str, Any]:
        """The route's part of the counters frame; `seen` is a bitmap of buckets, in base64."""
        if self._clock() >= self._until:
            self._until = self._clock() + GENERATION_SECONDS
            self._earlier, self._now = self._now, bytearray(_BYTES)
        seen = int.from_bytes(self._now) | int.from_bytes(self._earlier)
        return {
            "seed": self.seed,
            "threshold": self.threshold,
            "requests": self.requests,
            "keyless": self.keyless,
            "squares": self.squares,
            "top": [self.top_bucket, self.top],
            "seen": b64encode(seen.to_bytes(_BYTES)).decode("ascii"),
        }
