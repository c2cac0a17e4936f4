"""What speaks against giving the new side more requests."""

from datetime import date
from typing import Any

import pytest

from facade.compare.evidence.promotion import objections, promotes
from facade.routes.routefile import CompareRules, Expected, Guard, RouteConfig
from facade.routes.stages import Stage

TODAY = date(2026, 6, 1)


def route(stage: Stage = Stage.SHADOW, percent: int | None = None, allowed: int | None = None):
    guard = None if allowed is None else Guard(Stage.SHADOW, max_mismatch=allowed)
    return RouteConfig("r", ("GET",), "/x", stage, new="n", percent=percent, guard=guard)


def evidence(mismatched: int, compared: int = 1000) -> dict[str, Any]:
    causes = [{"title": f"$.a{number}: rounding"} for number in range(5)]
    return {"compared": compared, "mismatched": mismatched, "causes": causes}


@pytest.mark.parametrize(
    ("before", "stage", "percent", "expected"),
    [
        (route(), Stage.CANARY, 500, True),
        (route(Stage.CANARY, 500), Stage.CANARY, 600, True),
        (route(Stage.CANARY, 500), Stage.CANARY, 500, False),
        (route(Stage.CANARY, 500), Stage.CANARY, 100, False),
        (route(Stage.CANARY, 500), Stage.NEW, None, True),
        (route(Stage.NEW), Stage.RETIRED, None, True),
        (route(Stage.NEW), Stage.CANARY, 9_900, False),
        (route(Stage.LEGACY), Stage.SHADOW, None, False),
        (route(Stage.CANARY, 500), Stage.SHADOW, None, False),
    ],
)
def test_only_more_requests_are_a_promotion(before, stage, percent, expected):
    assert promotes(before, stage, percent) is expected


@pytest.mark.parametrize(
    ("allowed", "mismatched", "refused"),
    [(None, 0, False), (None, 1, False), (None, 2, True), (100, 10, False), (100, 11, True),
     (0, 1, True)],
)  # fmt: skip
def test_mismatches_past_the_guard(allowed, mismatched, refused):
    found = objections(route(allowed=allowed), None, evidence(mismatched), TODAY)
    assert bool(found) is refused
    if refused:
        assert f"{mismatched:,} of 1,000 pairs differ" in found[0]
        assert "$.a2: rounding" in found[0]
        assert "$.a3" not in found[0]


def test_no_evidence_is_no_objection():
    assert objections(route(), None, None, TODAY) == []
    assert objections(route(), None, evidence(0, compared=0), TODAY) == []


@pytest.mark.parametrize(
    ("until", "overdue"), [(date(2026, 6, 1), False), (date(2026, 5, 31), True)]
)
def test_an_overdue_difference_needs_no_facade_to_be_refused(until, overdue):
    rules = CompareRules("p", expect=(Expected("$.a", "a typo", "web-team", until),))
    found = objections(route(), rules, None, TODAY)
    assert bool(found) is overdue
    assert all("web-team" in one and "a typo" in one for one in found)


def test_a_pair_that_could_not_be_judged_speaks_against_it():
    pair = {"request_id": "the-bad-one", "cause": "own fault: KeyError"}
    parked = evidence(0) | {"parked_count": 2, "parked": [pair]}
    (found,) = objections(route(), None, parked, TODAY)
    assert "2 pairs could not be judged" in found
    assert "the-bad-one (own fault: KeyError)" in found
