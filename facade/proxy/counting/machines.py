"""Outcomes of requests on routes with `allow`."""


class MachineCounts:
    """Requests of one route, by what was made of their credential."""

    __slots__ = ("passed", "reasons", "refused", "unchecked", "would_refuse")

    def __init__(self) -> None:
        self.passed = 0
        self.refused = 0
        self.would_refuse = 0  # the route only counts: they went on
        self.unchecked = 0  # the keys are not known yet, and the route only counts
        self.reasons: dict[str, int] = {}  # of those refused, or that would be

    def because(self, reason: str) -> None:
        """Count why one is not let in."""
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def snapshot(self) -> dict[str, object]:
        """The part of the route's counters frame; empty where nothing was counted."""
        if not (self.passed or self.refused or self.would_refuse or self.unchecked):
            return {}
        return {
            "passed": self.passed,
            "refused": self.refused,
            "would_refuse": self.would_refuse,
            "unchecked": self.unchecked,
            "reasons": dict(self.reasons),
        }
