"""While somebody stops legacy on purpose: which answers are its absence, and which are failures.

Whoever stops it keeps a file for as long as that lasts. The file names what has to be answered all
the same, a line each, such as `POST /api/orders`: of these no answer is ever excused.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loadtests.answer import Answer

GATEWAY = (502, 503, 504)  # what the facade says when it cannot have legacy's answer
WHO = "who is asking"  # legacy alone knows, of somebody who has just logged in


class NeededLegacy(Exception):
    """Only legacy could have answered, and it was stopped on purpose. `what`: of a request that
    is answered without it otherwise, what was missing."""

    def __init__(self, text: str, what: str = "") -> None:
        super().__init__(text)
        self.what = what


@dataclass(frozen=True)
class Declared:
    """What was declared when a request was sent, or when it was answered."""

    stopped: bool = False
    spared: frozenset[str] = frozenset()  # what has to be answered all the same

    def __or__(self, later: Declared) -> Declared:
        return Declared(self.stopped or later.stopped, self.spared | later.spared)

    def excuse(self, request: str, answer: Answer, known: bool) -> str | None:
        """Whether this answer to `POST /api/login` is nothing but legacy's absence: None, or what
        was missing. `known`: the new side has answered this very customer before.
        """
        if not self.stopped or answer.status not in GATEWAY:
            return None
        if request not in self.spared:
            return ""
        return WHO if not known and WHO in answer.text else None


class Absence:
    """Whether legacy is away on purpose; never, without a file."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def declared(self) -> Declared:
        """At this moment."""
        try:
            lines = self.path.read_text().splitlines() if self.path else None
        except FileNotFoundError:
            lines = None
        return Declared() if lines is None else Declared(True, frozenset(lines))
