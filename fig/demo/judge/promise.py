"""One promise of the demo."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One promise as people read it, whether it held, and what shows it."""

    name: str
    held: bool
    evidence: str
