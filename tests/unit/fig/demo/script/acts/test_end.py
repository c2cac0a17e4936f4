"""In the fifth act the windows close, and nothing is deleted before everything is retired."""

from __future__ import annotations

from fig.demo.script.actions import CloseWindow, Farewell, Retire
from fig.demo.script.acts.end import end
from fig.demo.script.conditions import Lively
from fig.demo.script.pace import DOMAINS, FAST, NORMAL


def test_every_window_closes_then_all_is_retired_then_deleted() -> None:
    done = [step.do for step in end(NORMAL).steps if step.do]
    closing = [CloseWindow(domain) for domain in DOMAINS]
    assert done == [*closing, Retire(NORMAL.horizon), Farewell()]


def test_people_shop_for_a_minute_without_it() -> None:
    last = end(NORMAL).steps[-1]
    assert (last.hold, last.until) == (60, Lively())
    assert end(FAST).steps[-1].hold >= 20


def test_it_says_that_a_real_shop_waits_for_longer() -> None:
    assert any("a real shop waits" in step.say for step in end(FAST).steps)
