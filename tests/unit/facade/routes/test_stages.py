"""The table of stage edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.routes.stages import EDGES, Stage, allowed, walk

stages = st.sampled_from(list(Stage))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("legacy", "shadow"), ("shadow", "canary"), ("canary", "new"), ("new", "retired"),
        ("shadow", "legacy"), ("canary", "shadow"), ("new", "canary"),
    ],
)  # fmt: skip
def test_allowed_edges(now: str, then: str) -> None:
    assert allowed(Stage(now), Stage(then))


def test_no_other_edge_is_allowed() -> None:
    edges = {(a, b) for a in Stage for b in Stage if allowed(a, b) and a is not b}
    assert len(edges) == 7
    assert not EDGES[Stage.RETIRED]


@given(stages, stages)
def test_a_walk_takes_allowed_steps_and_arrives(now: Stage, then: Stage) -> None:
    steps = walk(now, then)
    if now is then or now is Stage.RETIRED:
        assert steps == ()
        return
    assert steps[-1] is then
    assert all(allowed(a, b) for a, b in zip((now, *steps), steps, strict=False))
