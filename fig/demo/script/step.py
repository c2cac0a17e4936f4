"""What the script of the demo is made of: steps, in acts."""

from __future__ import annotations

from dataclasses import dataclass

from fig.demo.script.actions import Action
from fig.demo.script.conditions import Condition


@dataclass(frozen=True)
class Step:
    """Do something, stay at least `hold` seconds, until the condition holds, at most `within`.

    `say`: what is done and why, in plain words.
    """

    name: str
    title: str
    say: str
    do: Action | None = None
    until: Condition | None = None
    hold: float = 0.0
    within: float = 60.0


@dataclass(frozen=True)
class Act:
    """One chapter of the demo. `say`: what it is about, for a reader who
    knows nothing of it yet."""

    number: int
    title: str
    say: str
    steps: tuple[Step, ...]
