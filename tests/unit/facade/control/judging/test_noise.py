"""When legacy is asked twice, and who is calls of a new mask."""

from facade.compare.noise.noise import LEAST_ASKED, Observation, RouteNoise
from facade.control.judging.budget import Budget
from facade.control.judging.noise import NOISE, NoiseLearner

SEEN = [Observation("value", "$.a", ("text", "text"), None)]


def test_a_new_route_is_asked_often_a_known_one_seldom() -> None:
    learner = NoiseLearner(Budget(100.0, 100.0), lambda: None)
    asked = []
    for tick in range(20_000):
        now = tick / 10
        if learner.wants("r", now):
            asked.append(now)
            learner.learn("r", [], now)
    assert asked[29] < 20.0
    assert 300.0 < asked[99] < 500.0
    assert asked[-1] - asked[-2] >= 30.0


def test_the_budget_is_shared_by_all_routes() -> None:
    learner = NoiseLearner(Budget(1.0, 3.0), lambda: None)
    assert sum(learner.wants(f"r{number}", 0.0) for number in range(50)) == 3


def test_a_new_mask_is_reported_once() -> None:
    calls: list[None] = []
    learner = NoiseLearner(Budget(0, 0), lambda: calls.append(None))
    for number in range(3 * LEAST_ASKED):
        learner.learn("r", SEEN, float(number))
    assert len(calls) == 1
    assert list(learner.mask("r", 30.0)) == [("value", "$.a")]
    assert learner.mask("other", 30.0) == {}


def test_what_was_learned_comes_back() -> None:
    learner = NoiseLearner(Budget(0, 0), lambda: None)
    for number in range(LEAST_ASKED):
        learner.learn("r", SEEN, float(number))
    again = NoiseLearner(Budget(0, 0), lambda: None)
    again.restore("r", NOISE.dump_json(learner.routes["r"]))
    assert again.mask("r", 10.0) == learner.mask("r", 10.0) != {}


def learned(times: int) -> RouteNoise:
    noise = RouteNoise()
    for number in range(times):
        noise.learn(SEEN, float(number))
    return noise


def test_what_somebody_else_learned_is_taken_over_if_he_asked_more_often() -> None:
    calls: list[None] = []
    learner = NoiseLearner(Budget(0, 0), lambda: calls.append(None))
    assert learner.take("r", learned(30), 30.0)
    assert list(learner.mask("r", 30.0)) == [("value", "$.a")]
    assert (len(calls), learner.dirty) == (1, {"r"})
    assert not learner.take("r", learned(10), 30.0)
    assert learner.routes["r"].asked == 30
    learner.learn("r", SEEN, 31.0)
    assert learner.routes["r"].asked == 31
