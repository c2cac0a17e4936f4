"""Learning first, then counting from nothing; a clock that a test turns."""

from typing import Any

import pytest

from facade.replay.calibration.result import Result
from facade.replay.calibration.watching import CutShort, Goal, World, calibrate

GOAL = Goal(pairs=100, learn_within=30.0, count_within=60.0)


def route(compared: int, asked: float = 50.0, **more: Any) -> dict[str, Any]:
    counts = {"matched": compared, "mismatched": 0, "raced": 0, "failed": {}}
    rest = {"noise": [], "noise_asked": asked, "clusters": []}
    return {"route": "r", "compared": compared} | counts | rest | more


class Played:
    """Gives the next of some answers each time it is looked at; the last one stays."""

    def __init__(self, *answers: list[dict[str, Any]]) -> None:
        self.answers, self.now, self.resets, self.said = list(answers), 0.0, 0, []

    def look(self) -> dict[str, Any]:
        routes = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return {"routes": routes, "waiting": 0, "rechecks": {}}

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def reset(self) -> None:
        self.resets += 1

    def world(self) -> World:
        return World(self.look, self.reset, lambda: self.now, self.sleep, self.said.append)


def test_counts_only_after_every_busy_route_was_learned() -> None:
    early, late = route(80, asked=3.0), route(90, asked=30.0)
    played = Played([early], [late, route(0, asked=0)], [route(5)], [route(101)])
    result = calibrate(GOAL, played.world())
    assert played.resets == 1
    assert played.answers == [[route(101)]], "it looked until there were enough"
    assert (result.compared, result.good, result.learned_seconds) == (101, True, 0.5)


def test_without_traffic_it_says_so() -> None:
    with pytest.raises(CutShort, match="no request"):
        calibrate(GOAL, Played([route(0)]).world())


def test_a_route_with_little_traffic_is_waited_for_within_a_bound() -> None:
    played = Played([route(200, asked=2.0)])
    assert calibrate(GOAL, played.world()).good
    assert played.now == pytest.approx(30.5)


def test_too_few_pairs_are_not_enough() -> None:
    played = Played([route(1)], [route(99)])
    result = calibrate(GOAL, played.world())
    assert not result.good
    assert result.verdict.endswith("1 pairs fewer than asked for")


@pytest.mark.parametrize(
    ("changed", "word"),
    [({"mismatched": 1}, "1 of 100"), ({"raced": 101}, "moves more often")],
)
def test_what_makes_it_bad(changed: dict[str, Any], word: str) -> None:
    cluster = {"path": "$.a", "relation": "", "kind": "value", "count": 1, "smallest": None}
    more = changed | {"clusters": [cluster] if "mismatched" in changed else []}
    found = {"routes": [route(100, **more)], "waiting": 0, "rechecks": {}}
    result = Result(found, 100, 1.0, 2.0)
    assert not result.good
    assert word in result.text()
    assert result.as_json()["ok"] is False
