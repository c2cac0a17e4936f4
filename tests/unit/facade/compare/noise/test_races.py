"""A moving value is not a mismatch; a wrong one beside it still is."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from facade.compare.noise.races import Again, may_be_older, settle
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
    settled = settle(first, asked, Again(answer(again)), RULES, TODAY)
    assert settled.outcome == outcome
    assert [found.spot for found in settled.differences] == left


def test_another_status_of_its_class_means_another_answer(pair: Build, answer: Build) -> None:
    accepted = answer({"state": "accepted"}, 202)
    asked = pair(answer({"a": 1}), accepted)
    first = compare(asked, RULES, TODAY)
    assert settle(first, asked, Again(accepted), RULES, TODAY).outcome is Outcome.RACED
    assert settle(first, asked, Again(answer({"a": 1})), RULES, TODAY) == first


@pytest.mark.parametrize("one", [200, 204, 301, 302, 400, 404, 429, 500])
@pytest.mark.parametrize("other", [200, 206, 301, 304, 307, 401, 403, 404, 410, 500, 503])
def test_an_answer_of_another_class_says_nothing(
    pair: Build, answer: Build, one: int, other: int
) -> None:
    """A redirect to https, a session that ended, a limit that was reached."""
    asked = pair(answer({"a": 1}, one), answer({"a": 2}, one))
    first = compare(asked, RULES, TODAY)
    again = answer({"error": "x"}, other)
    for second in (Again(again), Again(again, again, True)):
        settled = settle(first, asked, second, RULES, TODAY)
        assert (settled == first) or one // 100 == other // 100


@pytest.mark.parametrize("status", [500, 503])
def test_a_failing_legacy_settles_nothing(pair: Build, answer: Build, status: int) -> None:
    asked = pair(answer({"a": 1}), answer({"a": 2}))
    first = compare(asked, RULES, TODAY)
    assert settle(first, asked, Again(answer({}, status)), RULES, TODAY) == first


def marked(pair: Build, answer: Build, watermark: str, candidate: Any) -> Any:
    """Asked at second 100, legacy's answer ended 1 ms later."""
    extra = {"fig_watermark": watermark} if watermark else {}
    return pair(answer({"a": 4}), answer(candidate, **extra), started=100.0)


@pytest.mark.parametrize(
    ("watermark", "older"),
    [("100000999", True), ("100001000", False), ("100500000", False), ("", False), ("soon", False)],
)
def test_a_watermark_tells_what_may_be_older(
    pair: Build, answer: Build, watermark: str, older: bool
) -> None:
    assert may_be_older(marked(pair, answer, watermark, {"a": 5})) is older


@pytest.mark.parametrize(
    ("watermark", "fresh", "outcome"),
    [
        ("99990000", {"a": 4}, Outcome.RACED),  # it was behind, and caught up
        ("99990000", {"a": 5}, Outcome.MISMATCHED),  # it knows by now, and is still wrong
        ("100500000", {"a": 4}, Outcome.MISMATCHED),  # it knew, and was wrong: not excused
        ("", {"a": 4}, Outcome.MISMATCHED),  # it never says what it knows
    ],
)
def test_a_candidate_that_was_behind_is_asked_again(
    pair: Build, answer: Build, watermark: str, fresh: Any, outcome: Outcome
) -> None:
    asked = marked(pair, answer, watermark, {"a": 5})
    first = compare(asked, RULES, TODAY)
    again = Again(answer({"a": 4}), answer(fresh))
    assert settle(first, asked, again, RULES, TODAY).outcome is outcome


def test_a_candidate_that_declines_again_settles_nothing(pair: Build, answer: Build) -> None:
    asked = marked(pair, answer, "99990000", {"a": 5})
    first = compare(asked, RULES, TODAY)
    again = Again(answer({"a": 4}), answer(b"", 503, fig_declined="behind"))
    assert settle(first, asked, again, RULES, TODAY) == first


def test_where_legacy_is_on_both_sides_either_may_have_been_first(
    pair: Build, answer: Build
) -> None:
    """As in a calibration: the copy was answered before a sale, the client after it."""
    asked = pair(answer(moved(2, 5)), answer(moved(3, 5)))
    first = compare(asked, RULES, TODAY)
    now = answer(moved(2, 5))
    assert settle(first, asked, Again(now, now), RULES, TODAY).outcome == "mismatched"
    assert settle(first, asked, Again(now, now, one_server=True), RULES, TODAY).outcome == "raced"
