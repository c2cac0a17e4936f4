"""Latency in fixed buckets, so that workers' counts can be added up and subtracted.

A histogram is a plain list of `SLOTS` counts: slot i holds values <= BOUNDS_MS[i], the last slot
what lies above all bounds. Four bounds per doubling: a percentile is right within 9 %.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

PER_DOUBLING: Final = 4
LEAST_MS: Final = 0.0625
DOUBLINGS: Final = 21  # up to 131 s
BOUNDS_MS: tuple[float, ...] = tuple(
    LEAST_MS * 2.0 ** (step / PER_DOUBLING) for step in range(DOUBLINGS * PER_DOUBLING + 1)
)
SLOTS: Final = len(BOUNDS_MS) + 1


def empty() -> list[int]:
    """A histogram without a value."""
    return [0] * SLOTS


def slot(milliseconds: float) -> int:
    """The index of the count that a value belongs to."""
    return bisect_left(BOUNDS_MS, milliseconds)


def add(total: list[int], counts: Sequence[int]) -> None:
    """Add `counts` to `total`, in place."""
    for index, count in enumerate(counts):
        total[index] += count


def difference(later: Sequence[int], earlier: Sequence[int]) -> list[int]:
    """What was counted between two snapshots of one growing histogram."""
    return [after - before for after, before in zip(later, earlier, strict=True)]


def percentile(counts: Sequence[int], q: float) -> float | None:
    """The value in ms below which a share `q` (0..1) lies, interpolated; None without values."""
    seen = list(accumulate(counts))
    if not seen or not seen[-1]:
        return None
    wanted = q * seen[-1]
    index = bisect_left(seen, max(wanted, 1.0))
    low = BOUNDS_MS[index - 1] if index else 0.0
    high = BOUNDS_MS[min(index, len(BOUNDS_MS) - 1)]
    before = seen[index] - counts[index]
    return low + (high - low) * max(0.0, wanted - before) / counts[index]


def seconds(counts: Sequence[int]) -> float:
    """The sum of all values, each taken at the upper bound of its slot."""
    bounds = (*BOUNDS_MS, BOUNDS_MS[-1])
    return sum(count * bound for count, bound in zip(counts, bounds, strict=False)) / 1000.0


def sparse(counts: Sequence[int]) -> dict[str, int]:
    """The counts that are not zero, by the index of their slot."""
    return {str(index): count for index, count in enumerate(counts) if count}


def dense(counts: Mapping[str, int]) -> list[int]:
    """The histogram that `sparse` was made of."""
    found = empty()
    for index, count in counts.items():
        found[int(index)] = count
    return found
