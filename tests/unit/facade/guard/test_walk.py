"""What a walk does next, from its record and where its routes stand."""

from dataclasses import replace

import pytest

from facade.guard.plan import NoWay, approvals, asks, parse_shares, steps
from facade.guard.position import Position, parse
from facade.guard.surroundings import OURS
from facade.guard.verdict import Finding, Kind, together
from facade.guard.walk import Standing, State, Walk, estimate, next_of
from facade.routes.config.walkfile import STEP_NEW, Plan
from facade.routes.stages import Stage

PLAN = Plan("p", (500, 5_000), time=60, pairs=300, bound=100, approve=(5_000, STEP_NEW))
FREE = replace(PLAN, approve=())


def walk(plan: Plan = FREE, to: str = "new", since: float = 0.0) -> Walk:
    return Walk("w1", ("r",), to, plan, "anna", "because", 0.0, since=since)


def at(position: str, **given) -> dict[str, Standing]:
    return {"r": Standing(parse(position), None, **{"copied": True, **given})}


CLEAN = {"pairs": 700, "compared": 700, "pace": 2.0}


def test_the_steps_from_anywhere_to_anywhere() -> None:
    def way(start: str, goal: str) -> list[str]:
        return [str(step) for step in steps(PLAN, parse(start), parse(goal))]

    assert way("legacy", "new") == ["shadow", "canary 5%", "canary 50%", "new"]
    assert way("canary 5%", "new") == ["canary 50%", "new"]
    assert way("canary 7%", "canary 60%") == ["canary 50%", "canary 60%"]
    assert way("shadow", "canary 5%") == ["canary 5%"]
    for goal in ("legacy", "retired"):
        with pytest.raises(NoWay):
            way("shadow", goal)


def test_out_of_legacy_nothing_is_waited_for() -> None:
    assert next_of(walk(), at("legacy"), 0.0).step == Position(Stage.SHADOW)


def test_a_step_waits_for_its_time_its_pairs_and_its_bound() -> None:
    found = next_of(walk(), at("shadow", pairs=10, compared=10, pace=2.0), 30.0)
    assert found.step is None
    assert found.words == (
        "stays 30 s more; r: 10 pairs, 0 differ, at most 38 %: needs about 670 more pairs,"
        " 6 min at this pace"
    )
    assert found.seconds == pytest.approx(335, abs=5)
    assert next_of(walk(), at("shadow", **CLEAN), 30.0).words == "stays 30 s more"
    assert next_of(walk(), at("shadow", **CLEAN), 61.0).step == parse("canary 5%")


def test_pairs_of_this_step_are_needed_though_the_bound_is_met_by_earlier_ones() -> None:
    found = next_of(walk(), at("canary 5%", pairs=50, compared=5_000, pace=1.0), 99.0)
    assert "needs about 250 more pairs" in found.words


def test_more_that_differ_than_may_is_said_with_what_to_do() -> None:
    found = next_of(walk(), at("shadow", pairs=300, compared=300, mismatched=9), 99.0)
    assert found.step is None
    assert (
        "9 of 300 pairs differ, 1 % may; mended, `fig compare --reset` starts at zero"
        in found.words
    )


def test_pairs_that_wait_for_legacys_second_answer_count_as_differing_until_it_came() -> None:
    found = next_of(walk(), at("shadow", in_doubt=9, **CLEAN), 99.0)
    assert found.words == "r: 9 more pairs differ and wait for legacy's second answer"
    # So many that one more or less says nothing: a value that moves all the time stops no walk.
    many = {"pairs": 20_000, "compared": 20_000, "pace": 2.0}
    assert next_of(walk(), at("shadow", in_doubt=9, **many), 99.0).step == parse("canary 5%")


@pytest.mark.parametrize("kind", [Kind.PAUSE, Kind.BACK])
def test_a_doubt_stops_it_and_its_end_lets_it_go_on(kind: Kind) -> None:
    doubt = together([Finding("errors", kind, "it fails")])
    standing = at("shadow", **CLEAN)
    doubted = {"r": replace(standing["r"], verdict=doubt)}
    assert next_of(walk(), doubted, 99.0).words == "r: it fails"
    fine = together([Finding("mismatch", Kind.HOLD, "few pairs for 0.1 %")])
    assert next_of(walk(), {"r": replace(standing["r"], verdict=fine)}, 99.0).step is not None


def test_our_own_failure_holds_it() -> None:
    ours = together([Finding(OURS, Kind.HOLD, "nobody compares")])
    standing = {"r": replace(at("shadow", **CLEAN)["r"], verdict=ours)}
    assert next_of(walk(), standing, 99.0).words == "r: nobody compares"


def test_what_a_flip_would_object_to_stops_it_too() -> None:
    found = next_of(walk(), at("shadow", against=("$.x is overdue",), **CLEAN), 99.0)
    assert (found.step, found.words) == (None, "r: $.x is overdue")


def test_a_persons_word_is_asked_for_only_where_the_plan_says_so() -> None:
    asking = walk(PLAN)
    assert next_of(asking, at("shadow", **CLEAN), 99.0).step == parse("canary 5%")
    found = next_of(asking, at("canary 5%", **CLEAN), 99.0)
    assert (found.step, found.asks) == (None, True)
    assert found.words == "canary 50% needs a person's word: fig approve r"
    asking.approved["canary 50%"] = "ben"
    assert next_of(asking, at("canary 5%", **CLEAN), 99.0).step == parse("canary 50%")
    assert next_of(asking, at("canary 50%", **CLEAN), 99.0).asks


def test_routes_that_only_write_need_requests_on_the_new_side() -> None:
    found = next_of(walk(), at("canary 5%", copied=False, requests=3), 99.0)
    assert found.words == "3 of 20 requests on the new side"
    assert next_of(walk(), at("canary 5%", copied=False, requests=20), 99.0).step is not None


def test_the_route_furthest_behind_says_where_it_is() -> None:
    both = {**at("canary 50%", **CLEAN), "s": Standing(parse("shadow"), None, True, 700, 0, 700)}
    assert next_of(walk(), both, 99.0).step == parse("canary 5%")


def test_at_the_goal_it_is_done_and_done_again() -> None:
    for _ in range(2):
        assert next_of(walk(to="canary 5%"), at("canary 5%"), 0.0).done


def test_a_move_back_cools_down_and_the_second_needs_a_word() -> None:
    moved = walk(PLAN)
    moved.approved["canary 50%"] = "ben"
    moved.moved_back(100.0, "it fails")
    assert (moved.state, moved.approved) == (State.WALKING, {})
    found = next_of(moved, at("shadow", **CLEAN), 110.0)
    assert found.words == f"moved back: waits {PLAN.time - 10:.0f} s before it goes on"
    assert next_of(moved, at("shadow", **CLEAN), 161.0).step == parse("canary 5%")
    moved.moved_back(300.0, "it fails again")
    assert moved.state is State.PAUSED
    assert moved.words == "moved back 2 times, the last time because it fails again"
    moved.resume()
    assert (moved.state, moved.backs) == (State.WALKING, 0)


def test_the_estimate_counts_every_step_that_is_left() -> None:
    standing = at("shadow", **CLEAN)
    found = next_of(walk(), standing, 30.0)
    assert estimate(walk(), standing, found) == pytest.approx(30 + 2 * 150)
    assert estimate(walk(), at("new"), next_of(walk(), at("new"), 0.0)) == 0.0
    unknown = at("shadow", pairs=1, compared=1)
    assert estimate(walk(), unknown, next_of(walk(), unknown, 99.0)) is None


def test_plans_as_people_give_them() -> None:
    assert parse_shares("1, 5,25%") == (100, 500, 2_500)
    assert approvals(["50%", "new"]) == (5_000, STEP_NEW)
    assert [asks(PLAN, parse(p)) for p in ("shadow", "canary 5%", "canary 50%", "new")] == [
        False, False, True, True,
    ]  # fmt: skip
    for text in ("", "x", "101"):
        with pytest.raises(NoWay):
            parse_shares(text)
