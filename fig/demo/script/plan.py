"""The script of the demo as data: what is done, what it waits for, and the sentence people read.

To let the demo go further, add steps to an act; the runner knows actions and conditions, no story.
"""

from __future__ import annotations

from dataclasses import replace

from fig.demo.script.actions import SendHome, Verify
from fig.demo.script.acts.cutover import cutover
from fig.demo.script.acts.front import front
from fig.demo.script.acts.goods import goods
from fig.demo.script.acts.orders import orders
from fig.demo.script.conditions import Left
from fig.demo.script.pace import Pace
from fig.demo.script.step import Act, Step

WHOLE = 4
UNDONE = 3  # up to here everything can be put back


def acts(pace: Pace, until: int = WHOLE) -> tuple[Act, ...]:
    """The story, in order, up to this act."""
    *before, last = (front(pace), goods(pace), orders(pace), cutover(pace))[:until]
    return (*before, replace(last, steps=(*last.steps, *_end())))


def _end() -> tuple[Step, ...]:
    return (
        Step(
            "home",
            "Closing time",
            "the last shoppers leave",
            SendHome(),
            until=Left(),
            within=60,
        ),
        Step(
            "verify",
            "The books are closed",
            "fig verify compares both sides row by row; no saga may be stuck, no order lost",
            Verify(),
            within=120,
        ),
    )
