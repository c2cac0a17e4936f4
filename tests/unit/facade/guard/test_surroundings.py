"""A new side that is gone is a cause to go back; our own failure never is."""

import pytest

from facade.guard.surroundings import Behind, Surroundings, findings
from facade.guard.verdict import Kind, together

OPEN, CLOSED = {"read": "open"}, {"read": "closed"}


def kind(**given) -> Kind:
    return together(findings(Surroundings(**{"exposed": True, "upstream": "shop", **given}))).kind


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"breakers": OPEN, "legacy_breakers": CLOSED}, Kind.BACK),
        ({"breakers": OPEN, "exposed": False}, Kind.PAUSE),
        ({"breakers": OPEN, "legacy_breakers": OPEN}, Kind.PAUSE),
        ({"breakers": {"read": "closed", "write": "half-open"}}, Kind.PAUSE),
        ({"breakers": {"read": "ramp"}}, Kind.PAUSE),
        ({"behind": Behind(9.0, 5.0, over_for=4.0)}, Kind.BACK),
        ({"behind": Behind(9.0, 5.0, over_for=1.0)}, Kind.PAUSE),
        ({"behind": Behind(9.0, 5.0, over_for=9.0, stands=True)}, Kind.HOLD),
        ({"behind": Behind(None, 5.0)}, Kind.HOLD),
        ({"gone_for": 2.0}, Kind.BACK),
        ({"gone_for": 0.2}, Kind.PAUSE),
        ({"gone_for": 2.0, "exposed": False}, Kind.PAUSE),
        ({"ours": "nobody compares"}, Kind.HOLD),
    ],
)
def test_each_cause(given: dict, expected: Kind) -> None:
    assert kind(**given) is expected


def test_where_all_is_well_nothing_is_found() -> None:
    around = Surroundings(True, "shop", CLOSED, CLOSED, "", Behind(0.1, 5.0))
    assert findings(around) == []


def test_words_name_the_upstream_and_the_reason() -> None:
    around = Surroundings(True, "shop", OPEN, CLOSED, "20 of 20 calls failed")
    assert findings(around)[0].words == "the breaker of shop opened (20 of 20 calls failed)"
