"""In the second act the products' routes move, and those of the others follow into the shadow."""

from __future__ import annotations

from fig.demo.script.actions import Approve, Edit, Flip, Follow, Forget, Mend, SeeItStop
from fig.demo.script.acts.goods import goods
from fig.demo.script.pace import FAST, NORMAL, ORDER_ROUTES, PAGE_ROUTES, PRODUCT_ROUTES


def test_a_person_approves_the_last_step_of_the_walk() -> None:
    done = [step.do for step in goods(NORMAL).steps]
    follows = [one for one in done if isinstance(one, Follow)]
    assert [one.percent for one in follows] == list(NORMAL.canaries)
    assert done.index(Approve(PRODUCT_ROUTES)) > done.index(follows[-1])


def test_what_was_found_with_the_fault_is_forgotten_once_it_is_mended() -> None:
    done = [type(step.do) for step in goods(FAST).steps]
    assert done.index(Mend) < done.index(Forget)


def test_orders_and_pages_do_not_go_beyond_the_shadow() -> None:
    flips = [step.do for step in goods(FAST).steps if isinstance(step.do, Flip)]
    assert flips == [Flip(ORDER_ROUTES, "shadow"), Edit(PAGE_ROUTES, "shadow")]


def test_the_usual_pace_does_not_excuse_its_bounds() -> None:
    assert not any("wider bounds" in step.say for step in goods(NORMAL).steps)
    assert any("wider bounds" in step.say for step in goods(FAST).steps)


def test_nobody_else_edits_the_file_while_the_walk_may_take_a_step() -> None:
    """It stands still from the fault that its guard sees until that is forgotten."""
    done = [type(step.do) for step in goods(FAST).steps]
    assert done.index(SeeItStop) < done.index(Flip) < done.index(Edit) < done.index(Forget)
    assert not {Flip, Edit} & set(done[done.index(Forget) :])
