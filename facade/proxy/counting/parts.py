"""Outcomes of a composed route's requests: its answers, and its parts by name."""

from typing import Any

from facade.proxy.counting.sides import SideCounts, by_class


class PartCounts:
    """Requests of one composed route."""

    __slots__ = ("answers", "partial", "parts")

    def __init__(self) -> None:
        self.answers = SideCounts()
        self.partial = 0  # of the answers: good, but without an optional part
        self.parts: dict[str, dict[str, int]] = {}  # by name, then by what came of it

    def part(self, name: str, outcome: str) -> None:
        """Count one part of one request."""
        outcomes = self.parts.setdefault(name, {})
        outcomes[outcome] = outcomes.get(outcome, 0) + 1

    def snapshot(self) -> dict[str, Any]:
        """The part of the route's counters frame."""
        return {
            "requests": self.answers.requests,
            "status": by_class(self.answers.status),
            "latency": self.answers.latency,
            "failures": self.answers.failures,
            "partial": self.partial,
            "parts": self.parts,
        }
