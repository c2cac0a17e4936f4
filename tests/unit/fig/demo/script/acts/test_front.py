"""In the first act nothing moves."""

from __future__ import annotations

from fig.demo.script.actions import BringUp, LetIn
from fig.demo.script.acts.front import FAULT, front
from fig.demo.script.pace import NORMAL


def test_the_shop_opens_with_the_fault_and_everybody_is_let_in() -> None:
    assert [step.do for step in front(NORMAL).steps] == [BringUp(FAULT), LetIn(NORMAL.users)]
    assert front(NORMAL).steps[-1].hold == NORMAL.baseline
