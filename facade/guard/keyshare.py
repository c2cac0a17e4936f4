"""Whether the share of clients and of requests is what the percentage says.

Buckets that were seen are held against the percentage by the number of distinct ones; requests by
their number, with the spread that uneven clients make. A deviation proves nothing of the new side:
it says that the percentage is not what is tested, so the route pauses.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, sqrt
from typing import Any

from facade.guard.verdict import Finding, Kind, Number
from facade.routes.decision import BUCKETS

CAUSE = "share"
_Z = 4.5  # standard errors: looked at all the time, at most about 1 in 1,000 windows is wrong
_LEAST_BUCKETS = 50
_LEAST_REQUESTS = 200
_LEAST_CLIENTS = 20  # of fewer, each makes much of the requests
_BOT = 0.4  # of all requests from one bucket
_KEYLESS = 0.5
_BYTES = BUCKETS // 8


@dataclass(frozen=True, slots=True)
class KeyShare:
    """What all workers counted of one route at its present percentage."""

    threshold: int  # buckets below this go to the new side
    requests: int = 0  # with a key
    keyless: int = 0
    squares: int = 0  # sum over buckets of the square of its requests, at least
    top: int = 0  # requests of the bucket that asked most, at least
    seen: int = 0  # a bitmap of buckets, the first bucket in the lowest bit of the first byte

    @property
    def buckets(self) -> int:
        """Distinct buckets seen."""
        return self.seen.bit_count()

    def buckets_below(self, threshold: int) -> int:
        """Of the buckets seen, those below a threshold."""
        data = self.seen.to_bytes(_BYTES)
        whole, rest = divmod(threshold, 8)
        count = int.from_bytes(data[:whole]).bit_count()
        return count + ((data[whole] & ((1 << rest) - 1)).bit_count() if rest else 0)


def key_share(counts: Iterable[Mapping[str, Any]], seed: str, threshold: int) -> KeyShare:
    """The sum of the workers' counts; those of another seed or percentage are left out."""
    requests = keyless = squares = top = seen = workers = 0
    for one in counts:
        if (one.get("seed"), one.get("threshold")) != (seed, threshold):
            continue
        workers += 1
        requests += int(one["requests"])
        keyless += int(one["keyless"])
        squares += int(one["squares"])
        top += int(one["top"][1])
        seen |= int.from_bytes(b64decode(one["seen"]))
    # A client that several workers serve counts in each: its square is at most so much larger.
    return KeyShare(threshold, requests, keyless, squares * max(1, workers), top, seen)


def finding(share: KeyShare | None, new: int, legacy: int) -> Finding | None:
    """None where nothing deviates, or too little was seen to say.

    `new` and `legacy` are requests meant for each side at this percentage.
    """
    if share is None or not 0 < share.threshold < BUCKETS:
        return None
    expected = share.threshold / BUCKETS
    odd = _buckets(share, expected) or _requests(share, expected, new, legacy)
    if odd is None:
        return None
    numbers: dict[str, Number] = {
        "expected": expected, "new": new, "legacy": legacy, "buckets": share.buckets,
        "keyless": share.keyless, "with_key": share.requests, "top": share.top,
    }  # fmt: skip
    return Finding(CAUSE, Kind.PAUSE, f"{odd}: {_meaning(share)}", numbers)


def _buckets(share: KeyShare, expected: float) -> str | None:
    seen = share.buckets
    if seen < _LEAST_BUCKETS:
        return None
    below = share.buckets_below(share.threshold)
    # Drawn without replacement from all buckets, so the spread shrinks as they fill.
    spread = sqrt(expected * (1 - expected) * seen * max(0.0, 1 - seen / BUCKETS)) + 0.5
    if abs(below - expected * seen) <= _Z * spread:
        return None
    return f"{below:,} of {seen:,} keys belong to the new side, where {100 * expected:g} % should"


def _requests(share: KeyShare, expected: float, new: int, legacy: int) -> str | None:
    of = new + legacy
    if of < _LEAST_REQUESTS:
        return None
    # Uneven clients spread the share; one that makes most of the requests is no client like others.
    squares = of if _one_asks_most(share) else max(share.squares, of)
    spread = sqrt(expected * (1 - expected) * squares) + 0.5
    if abs(new - expected * of) <= _Z * spread:
        return None
    return f"the new side is asked {new / of:.1%} of the time, where {100 * expected:g} % should be"


def _meaning(share: KeyShare) -> str:
    """What a deviation may come from."""
    of = share.requests + share.keyless
    if share.keyless > _KEYLESS * of:
        return f"{share.keyless:,} of {of:,} requests carry no key and are dealt at random"
    if _one_asks_most(share):
        return f"one client makes {share.top / share.requests:.0%} of the requests (a bot?)"
    if share.requests >= _LEAST_REQUESTS and _always_new(share):
        return "nearly every request has a key of its own: a key that changes keeps no client"
    return "keys that are not spread evenly, or sides that see different clients"


def _one_asks_most(share: KeyShare) -> bool:
    return share.buckets >= _LEAST_CLIENTS and share.top > _BOT * share.requests


def _always_new(share: KeyShare) -> bool:
    """Whether as many buckets were seen as if each request had a key of its own."""
    if share.requests > 3 * BUCKETS:  # all buckets are full: nothing can be said
        return False
    alone = BUCKETS * (1 - exp(-share.requests / BUCKETS))
    return share.buckets > alone - 3 * sqrt(alone) and share.buckets >= 0.9 * alone
