"""Windows and verdicts: what counts in a window, and what is around a route."""

from collections.abc import Callable
from typing import Any

import pytest

from facade.guard.limits import run_until_over
from facade.journal.entry import Event
from tests.rigs.facade.control.guarding import World

Make = Callable[..., World]


def test_errors_of_clients_count_from_the_beginning_of_the_window(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.count(200, 150, 200, 0)  # before the guard looked for the first time
    world.turns()
    assert world.stands() == "canary 50%"
    world.count(400, 150, 400, 0)
    world.turns()
    assert world.stands() == "canary 50%"
    world.count(500, 250, 500, 0)
    world.turns()
    assert world.stands() == "shadow"


def test_pairs_of_an_earlier_stage_say_nothing(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    world.pairs("item", 0, 1)
    text = world.routes.read_text().replace("percent: 50", "percent: 51")
    world.edit(text)  # a person's edit begins a new window
    world.turns()
    world.pairs("item", 500, 1)
    world.turns()
    assert world.stands() == "canary 51%"
    assert world.guarding.watching.windows["item"].pairs.mismatched == 1


def test_our_own_failure_holds_and_moves_no_route(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    world.unjudged = 9.0
    world.turns()
    assert world.kind() == "hold"
    verdict = world.guarding.watching.verdicts["item"]
    assert "nothing is compared: 9 pairs wait, none judged for 9 s" in verdict.words
    world.unjudged = 0.0
    world.fleet.lost(world.workers[1])
    world.turns()
    assert "1 of 2 workers speak" in world.guarding.watching.verdicts["item"].words
    assert world.stands() == "canary 50%"


def breaker(state: str) -> dict[str, Any]:
    return {
        "connections": 0,
        "idle": 0,
        "breaker": {"read": {"state": state, "for": 1.0, "why": "x"}},
    }


@pytest.mark.parametrize(("seconds", "kind"), [(29.0, "pause"), (30.0, "hold")])
def test_a_half_open_breaker_to_which_nobody_sends_pauses_no_guard_for_ever(
    make_world: Make, seconds: float, kind: str
) -> None:
    """No client is on the new side any more, so nobody would ever probe it."""
    world = make_world("shadow")
    fresh = breaker("half-open")
    fresh["breaker"]["read"]["for"] = seconds
    world.counters["upstreams"] = {"fresh": fresh}
    world.turns()
    assert world.kind() == kind


@pytest.mark.parametrize("cause", ["breaker", "lag", "registry"])
def test_a_new_side_that_is_gone_is_a_cause(make_world: Make, cause: str) -> None:
    world = make_world("canary", 50)
    world.turns()
    if cause == "breaker":
        world.counters["upstreams"] = {"fresh": breaker("open"), "legacy": breaker("closed")}
    elif cause == "registry":
        world.guarding.watching.expect(["fresh"])  # as an earlier process saw it
        world.guarding.watching.services(frozenset(), world.now)
    for behind in (6.0, 6.5, 7.0, 7.5):
        world.behind = behind if cause == "lag" else 0.1
        world.turns()
    assert world.stands() == "shadow"
    assert world.events(Event.MOVE)[0].why.startswith(f"{cause} of item: ")


def test_a_feed_that_stands_still_holds(make_world: Make) -> None:
    world = make_world("canary", 50)
    for behind in (6.0, 8.0, 10.0, 12.0):  # a look comes every two seconds
        world.behind = behind
        world.turns()
    assert world.stands() == "canary 50%"
    assert "its watermark stands still" in world.guarding.watching.verdicts["item"].words


def test_in_shadow_there_is_nothing_to_move_but_something_to_say_once(make_world: Make) -> None:
    world = make_world("shadow")
    world.turns()
    world.pairs("item", 5, 5)
    world.turns(3)
    assert world.stands() == "shadow"
    (entry,) = world.events(Event.GUARD)
    assert entry.why.endswith("it stays in shadow")


def test_in_shadow_an_outage_that_is_over_counts_no_more(make_world: Make) -> None:
    """A new side that is well again makes no pair that speaks of errors: nothing but the pairs in
    which it does not fail can say so."""
    world = make_world("shadow")
    world.turns()
    world.failing_pairs("item", 40)
    world.turns(6)  # longer than a window must have lasted
    assert world.kind() == "back"
    words = world.guarding.watching.verdicts["item"].words
    assert words.endswith("starts at zero after 6 more pairs without a failure of new, or a reset")
    world.pairs("item", 5)
    world.turns()
    assert world.kind() == "back"
    world.failing_pairs("item", 1)
    world.pairs("item", 5)
    world.turns()
    assert world.kind() == "back"
    missing = run_until_over(world.guarding.watching.windows["item"].pairs)
    world.pairs("item", missing)
    world.turns(2)
    assert world.kind() == "hold"
    over, stays = [entry.why for entry in world.events(Event.GUARD)][::-1]
    assert stays.endswith("it stays in shadow")
    assert (
        over
        == f"in the last {5 + missing} pairs the new side did not fail: its errors start at zero"
    )
    world.failing_pairs("item", 40)
    world.turns()
    assert world.kind() == "back"
    assert len(world.events(Event.GUARD)) == 3


def test_pairs_that_differ_are_not_over_by_themselves(make_world: Make) -> None:
    """What is wrong in the code is mended by a person, who says so: `fig compare --reset`."""
    world = make_world("shadow")
    world.turns()
    world.failing_pairs("item", 40)
    world.pairs("item", 0, 5)
    world.turns(6)
    world.pairs("item", 40)
    world.turns(2)
    assert world.kind() == "back"
    assert world.guarding.watching.windows["item"].pairs.mismatched == 5
