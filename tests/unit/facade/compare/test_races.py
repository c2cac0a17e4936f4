"""A moving value is not a mismatch; a wrong one beside it still is."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from facade.compare.races import settle
from facade.compare.rules import compile_rules
from facade.compare.verdict import Outcome, compare

Build = Callable[..., Any]
TODAY = date(2026, 1, 1)
RULES = compile_rules()
V = [{"sku": "A", "stock": 3}, {"sku": "B", "stock": 5}]


def moved(*stocks: int) -> dict[str, Any]:
    return {"v": [one | {"stock": stock} for one, stock in zip(V, stocks, strict=True)], "n": 1}


@pytest.mark.parametrize(
    ("control", "candidate", "again", "outcome", "left"),
    [
        (moved(3, 5), moved(2, 5), moved(2, 5), "raced", []),
        (moved(3, 5), moved(2, 5), moved(1, 5), "raced", []),  # it moved on
        (moved(3, 5), moved(2, 5), moved(3, 5), "mismatched", ["$.v[sku=A].stock"]),
        (
            moved(3, 5),
            moved(2, 5),
            moved(3, 4),
            "mismatched",
            ["$.v[sku=A].stock"],
        ),  # another one did
        (moved(3, 5), moved(2, 4), moved(2, 5), "mismatched", ["$.v[sku=B].stock"]),
        ({"v": [1]}, {"v": [1, 2]}, {"v": [1, 2]}, "raced", []),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {}, "raced", []),  # the whole of $.a is gone
    ],
)
def test_legacy_is_asked_again(
    pair: Build,
    answer: Build,
    control: Any,
    candidate: Any,
    again: Any,
    outcome: str,
    left: list[str],
) -> None:
    asked = pair(answer(control), answer(candidate))
    first = compare(asked, RULES, TODAY)
    settled = settle(first, asked, answer(again), RULES, TODAY)
    assert settled.outcome == outcome
    assert [found.spot for found in settled.differences] == left


def test_another_status_means_another_answer(pair: Build, answer: Build) -> None:
    gone = answer({"error": "gone"}, 404)
    asked = pair(answer({"a": 1}), gone)
    first = compare(asked, RULES, TODAY)
    assert settle(first, asked, gone, RULES, TODAY).outcome is Outcome.RACED
    assert settle(first, asked, answer({"a": 1}), RULES, TODAY) == first


@pytest.mark.parametrize("status", [500, 503])
def test_a_failing_legacy_settles_nothing(pair: Build, answer: Build, status: int) -> None:
    asked = pair(answer({"a": 1}), answer({"a": 2}))
    first = compare(asked, RULES, TODAY)
    assert settle(first, asked, answer({}, status), RULES, TODAY) == first
