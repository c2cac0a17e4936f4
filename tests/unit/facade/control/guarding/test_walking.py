"""Walks: what they wait for, and what pauses them."""

import asyncio
from collections.abc import Callable

import pytest

from facade.control.guarding.requesting import WalkRequest
from facade.guard.plan import NoWay
from facade.guard.position import parse
from facade.guard.walk import State
from tests.rigs.facade.control.guarding import World

Make = Callable[..., World]


def test_an_approval_that_is_not_due_says_why_it_is_not_due_now(make_world: Make) -> None:
    """And not why it was not at the last look: a guard that has paused since is the reason."""
    world = make_world("shadow")
    world.turns()
    request = WalkRequest(("item",), parse("new"), None, "anna", "", "test")
    walk = world.guarding.requests.begin(request, world.now)
    world.turns()
    said = walk.words
    assert said
    world.pairs("item", 50, 10)
    asyncio.run(world.guarding.look(world.now))
    with pytest.raises(NoWay, match="nothing waits for a word now: item: 10 of 60 pairs") as error:
        world.guarding.requests.change(["item"], "approve", "ben", "test", world.now)
    assert said not in str(error.value)


def test_a_walk_counts_pairs_in_doubt(make_world: Make) -> None:
    world = make_world("shadow")
    request = WalkRequest(("item",), parse("new"), None, "anna", "it is time", "a test")
    world.turns()
    world.guarding.requests.begin(request, world.now)
    for route in ("item", "list"):
        world.pairs(route, 20)
    world.in_doubt["item"] = 30
    world.turns(2)
    assert world.stands() == "shadow"
    world.in_doubt["item"] = 0
    world.turns()
    assert world.stands() == "canary 20%"


def test_a_walk_that_looks_first_after_an_edit_by_hand_pauses_too(make_world: Make) -> None:
    world = make_world("shadow")
    world.turns()
    request = WalkRequest(
        ("item", "list"), parse("canary 20%"), None, "anna", "it is time", "a test"
    )
    world.guarding.requests.begin(request, world.now)
    text = world.routes.read_text().replace("stage: shadow", "stage: canary\n    percent: 20")
    world.edit(text)
    asyncio.run(world.guarding.walk(world.now))
    (walk,) = world.guarding.record.walks
    assert walk.state is State.PAUSED
    assert f"{world.routes.owner()} moved" in walk.words


def test_a_walk_pauses_also_where_a_person_took_it_to_its_end(make_world: Make) -> None:
    world = make_world("shadow")
    world.turns()
    goal = parse("canary 20%")
    request = WalkRequest(("item",), goal, None, "anna", "", "fig migrate")
    walk = world.guarding.requests.begin(request, world.now)
    # The walk looks before the guards do.
    world.edit(world.routes.read_text().replace("stage: shadow", "stage: canary\n    percent: 20"))
    asyncio.run(world.guarding.walk(world.now))
    assert walk.state is State.PAUSED
    assert "moved item to canary 20%" in walk.words or "moved list to canary 20%" in walk.words
