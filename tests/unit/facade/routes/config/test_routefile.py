"""What a route says of itself."""

import pickle

import pytest

from facade.routes.config.matchfile import Condition
from facade.routes.config.routefile import ArrayRule, CompareRules, RouteConfig
from facade.routes.stages import Stage


@pytest.mark.parametrize(
    ("methods", "safe", "writes"),
    [
        (("GET", "HEAD"), None, False),
        (("GET", "POST"), None, True),
        (("*",), None, True),
        (("POST",), True, False),
        (("GET",), False, True),
    ],
)
def test_a_route_writes_by_its_methods_unless_it_says_otherwise(
    methods: tuple[str, ...], safe: bool | None, writes: bool
) -> None:
    assert RouteConfig("r", methods, "/x", Stage.NEW, safe=safe).writes is writes


def test_its_match_in_short() -> None:
    when = (Condition(("a", "b"), "header:X"),)
    route = RouteConfig("r", ("GET", "POST"), "/x", Stage.NEW, host=("h", "i"), when=when)
    assert route.match == "GET|POST //h|i/x header:X=a|b"
    assert RouteConfig("r", ("GET",), "/x", Stage.NEW).match == "GET /x"


def test_the_rules_of_a_comparison_reach_its_process() -> None:
    """They are sent as pickles, on the compiled build too."""
    rules = CompareRules("product", arrays=(ArrayRule("$.tags", unordered=True),), ignore=("$.at",))
    assert pickle.loads(pickle.dumps(rules)) == rules
