"""Outcomes of requests on routes with limits, and the keys that were refused most."""

from typing import Final

MOST_KEYS: Final = 32  # of one limit


class LimitCounts:
    """Requests of one route, by what one of its limits made of them."""

    __slots__ = (
        *("forgotten", "keyless", "passed", "refused", "unchecked", "unlocked"),
        "would_refuse",
    )

    def __init__(self) -> None:
        self.passed = 0
        self.refused = 0
        self.would_refuse = 0  # by a limit that only counts: the request went on
        self.keyless = 0  # with none of its keys: not counted
        self.unchecked = 0  # the memory of the host could not be used
        self.unlocked = 0  # of those passed: another worker held the memory; one may be too many
        self.forgotten = 0  # keys that owed something, and had to make room for another one

    def snapshot(self) -> dict[str, int]:
        """The part of the route's counters frame."""
        return {
            "passed": self.passed,
            "refused": self.refused,
            "would_refuse": self.would_refuse,
            "keyless": self.keyless,
            "unchecked": self.unchecked,
            "unlocked": self.unlocked,
            "forgotten": self.forgotten,
        }


class RefusedKeys:
    """The keys that one limit refused most, or would have, by the algorithm Space-Saving (Metwally,
    Agrawal, El Abbadi 2005): a number is never too small, and too large by the smallest at most."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, label: str) -> None:
        """Count a refusal of this key."""
        counts = self._counts
        if label not in counts and len(counts) >= MOST_KEYS:
            least = min(counts, key=counts.__getitem__)
            counts[label] = counts.pop(least)
        counts[label] = counts.get(label, 0) + 1

    def snapshot(self) -> dict[str, int]:
        """Refusals by key."""
        return dict(self._counts)
