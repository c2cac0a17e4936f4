"""Which mismatches legacy is asked about again, and how often at most."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from facade.compare.answers import Pair
from facade.compare.rules import compile_rules
from facade.compare.verdict import Outcome, Verdict, compare
from facade.control.judging.budget import Budget
from facade.control.judging.doubts import ENOUGH, Doubts

Build = Callable[..., Pair]


def verdict(pair: Pair) -> Verdict:
    return compare(pair, compile_rules(), date(2026, 1, 1))


def test_a_plain_fault_is_believed_after_a_while(pair: Build) -> None:
    doubts, wrong = Doubts(), verdict(pair({"a": 1}, {"a": 2}))
    for _ in range(ENOUGH):
        assert doubts.needed("r", wrong)
        doubts.learn("r", wrong, wrong)
    assert not doubts.needed("r", wrong)
    assert doubts.needed("other", wrong)
    doubts.forget()
    assert doubts.needed("r", wrong)


def test_what_moved_once_is_asked_about_for_ever(pair: Build) -> None:
    doubts, wrong = Doubts(), verdict(pair({"a": 1}, {"a": 2}))
    doubts.learn("r", wrong, Verdict(Outcome.RACED))
    for _ in range(ENOUGH + 1):
        doubts.learn("r", wrong, wrong)
    assert doubts.needed("r", wrong)


def test_one_unknown_difference_is_enough_to_ask(pair: Build) -> None:
    doubts, known = Doubts(), verdict(pair({"a": 1}, {"a": 2}))
    for _ in range(ENOUGH):
        doubts.learn("r", known, known)
    both = verdict(pair({"a": 1, "b": 1}, {"a": 2, "b": 2}))
    assert doubts.needed("r", both)
    assert not doubts.needed("r", replace(both, differences=both.differences[:1]))


def test_what_matches_needs_no_question(pair: Build) -> None:
    assert not Doubts().needed("r", verdict(pair()))


def test_budget() -> None:
    budget = Budget(rate=2.0, burst=3.0)
    assert [budget.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert [budget.take(100.5) for _ in range(2)] == [True, False]
    assert [budget.take(500.0) for _ in range(4)] == [True, True, True, False]
    assert not Budget(rate=0.0, burst=0.0).take(1.0)
