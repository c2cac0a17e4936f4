"""In the third act orders move, legacy is away for a moment, and every route goes back once."""

from __future__ import annotations

from fig.demo.script.actions import AskToRetire, Flip, LegacyIsBack, ReadOrders, StopLegacy
from fig.demo.script.acts.orders import orders
from fig.demo.script.conditions import Finished, Recovered
from fig.demo.script.pace import API_ROUTES, NORMAL


def test_nothing_is_excused_any_more_once_legacy_answers_again() -> None:
    steps = orders(NORMAL).steps
    (away,) = [n for n, step in enumerate(steps) if isinstance(step.do, StopLegacy)]
    assert isinstance(steps[away].until, Recovered)
    assert isinstance(steps[away + 1].do, LegacyIsBack)
    assert isinstance(steps[away + 1].until, Finished)


def test_orders_are_read_on_both_sides_of_the_way_back() -> None:
    done = [step.do for step in orders(NORMAL).steps]
    back, forth = (done.index(Flip(API_ROUTES, side, walk=True)) for side in ("legacy", "new"))
    assert back < done.index(ReadOrders("legacy")) < forth < done.index(ReadOrders("new"))
    assert done.index(ReadOrders("new")) < done.index(AskToRetire("place-order"))
