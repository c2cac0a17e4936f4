"""The plan is data: it only walks along edges that exist, and the fast one is short."""

from __future__ import annotations

import pytest

from fig.demo.script.actions import Approve, Flip, Follow, Mend, Migrate, StopLegacy
from fig.demo.script.conditions import Clean
from fig.demo.script.pace import FAST, MOVED, NORMAL, ORDER_ROUTES, Pace, pairs_for
from fig.demo.stage.runner import ACTIONS
from tests.rigs.processes.demo import plan

EDGES = {("legacy", "shadow"), ("shadow", "canary"), ("canary", "canary"), ("canary", "new")}
EDGES |= {(after, before) for before, after in EDGES}


def flip_of(action: object) -> Flip | None:
    """What an action moves, and where to; a walk moves as flips do."""
    match action:
        case Flip():
            return action
        case Migrate():
            return Flip(action.routes, "shadow")
        case Follow():
            return Flip(action.routes, "canary", action.percent)
        case Approve():
            return Flip(action.routes, "new")
    return None


@pytest.mark.parametrize("pace", [NORMAL, FAST], ids=lambda pace: pace.name)
class TestPlan:
    def test_every_flip_is_along_an_edge(self, pace: Pace) -> None:
        flips = [flip for step in plan(pace) if (flip := flip_of(step.do))]
        for route in MOVED:
            moves = [flip for flip in flips if route in flip.routes]
            steps = zip(["legacy", *(flip.stage for flip in moves)], moves, strict=False)
            assert {(before, flip.stage) for before, flip in steps if not flip.walk} <= EDGES
            assert moves[-1].stage == "new"

    def test_legacy_is_stopped_only_when_everything_has_moved(self, pace: Pace) -> None:
        at: dict[str, str] = {}
        for step in plan(pace):
            if flip := flip_of(step.do):
                at |= dict.fromkeys(flip.routes, flip.stage)
            if isinstance(step.do, StopLegacy):
                assert set(at) == set(MOVED)
                assert set(at.values()) == {"new"}

    def test_orders_never_part(self, pace: Pace) -> None:
        for step in plan(pace):
            flip = flip_of(step.do)
            if flip and set(flip.routes) & set(ORDER_ROUTES):
                assert set(ORDER_ROUTES) <= set(flip.routes)

    def test_the_runner_knows_every_action(self, pace: Pace) -> None:
        assert {type(step.do) for step in plan(pace) if step.do} <= set(ACTIONS)

    def test_nothing_is_promoted_before_the_fault_is_mended(self, pace: Pace) -> None:
        steps = plan(pace)
        mended = next(n for n, step in enumerate(steps) if isinstance(step.do, Mend))
        promoted = next(
            n
            for n, step in enumerate(steps)
            if (flip := flip_of(step.do)) and flip.stage == "canary"
        )
        assert mended < promoted

    def test_no_promotion_comes_before_the_pairs_its_bound_needs(self, pace: Pace) -> None:
        clean: dict[str, int] = {}
        for step in plan(pace):
            if isinstance(step.until, Clean):
                clean |= dict.fromkeys(step.until.routes, step.until.pairs)
            flip = flip_of(step.do)
            if flip and flip.stage in ("canary", "new"):
                for route, bounds in pace.promote.items():
                    if route in flip.routes:
                        percent = getattr(bounds, flip.stage)
                        assert clean.get(route, 0) >= pairs_for(percent), (step.name, route)

    def test_wider_bounds_than_the_usual_are_said(self, pace: Pace) -> None:
        said = " ".join(step.say for step in plan(pace))
        assert ("wider bounds" in said) is (pace.products != NORMAL.products)

    def test_step_names_are_distinct(self, pace: Pace) -> None:
        names = [step.name for step in plan(pace)]
        assert len(set(names)) == len(names)


def test_the_fast_plan_waits_seconds_where_the_normal_one_waits_minutes() -> None:
    assert sum(step.hold for step in plan(FAST)) <= 45
    assert 100 <= sum(step.hold for step in plan(NORMAL)) <= 300
