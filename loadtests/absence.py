"""While somebody stops legacy on purpose: which answers are its absence, and which are failures.

Whoever stops it keeps a file for as long as that lasts. The file names what has to be answered all
the same, a line each, such as `POST /api/orders`: of these no answer is ever excused.
"""

from __future__ import annotations

from pathlib import Path

from loadtests.answer import Answer

GATEWAY = (502, 503, 504)  # what the facade says when it cannot have legacy's answer


class NeededLegacy(Exception):
    """Only legacy could have answered, and it was stopped on purpose."""


class Absence:
    """Whether legacy is away on purpose; never, without a file."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def declared(self) -> bool:
        """At this moment."""
        return self.path is not None and self.path.exists()

    def answered_all_the_same(self) -> frozenset[str]:
        """What has to be answered without legacy."""
        try:
            return frozenset(self.path.read_text().splitlines()) if self.path else frozenset()
        except FileNotFoundError:
            return frozenset()

    def excuses(self, request: str, answer: Answer, declared: bool, spared: frozenset[str]) -> bool:
        """Whether this answer to `POST /api/login` is nothing but legacy's absence.

        `declared` and `spared` are as they were when the request was sent or when it came back.
        """
        return declared and answer.status in GATEWAY and request not in spared
