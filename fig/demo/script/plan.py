"""The script of the demo as data: what is done, what it waits for, and the sentence people read.

To let the demo go further, add steps to an act; the runner knows actions and conditions, no story.
"""

from __future__ import annotations

from dataclasses import replace

from fig.demo.script.actions import SendHome, Verify
from fig.demo.script.acts.cutover import cutover
from fig.demo.script.acts.end import end
from fig.demo.script.acts.front import front
from fig.demo.script.acts.goods import goods
from fig.demo.script.acts.orders import orders
from fig.demo.script.conditions import Left
from fig.demo.script.pace import Pace
from fig.demo.script.step import Act, Step

ALL = 5
UNDONE = 3  # up to here everything can be put back: on a stack that is not the demo's own


def acts(pace: Pace, until: int = ALL) -> tuple[Act, ...]:
    """The story, in order, up to this act."""
    *before, last = (front(pace), goods(pace), orders(pace), cutover(pace), end(pace))[:until]
    return (*before, replace(last, steps=(*last.steps, *_books(until))))


def _books(until: int) -> tuple[Step, ...]:
    what = "compares both sides row by row"
    if until == ALL:
        what = "proves the laws of the new side, which is all there is"
    return (
        Step(
            "home", "Closing time", "the last shoppers leave", SendHome(), until=Left(), within=60
        ),
        Step(
            "verify",
            "The books are closed",
            f"fig verify {what}; no saga may be stuck, no order lost",
            Verify(),
            within=120,
        ),
    )
