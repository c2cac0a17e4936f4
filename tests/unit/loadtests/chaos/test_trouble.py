"""The plan of what goes wrong comes from its seed alone, and strikes everything in the end."""

import pytest

from loadtests.chaos.stack import DATABASES
from loadtests.chaos.trouble import (
    BEHAVIOURS,
    FLIPPED,
    FROZEN,
    LOCKED,
    PLACES,
    STEADY_AT,
    BadAnswers,
    BadProvider,
    Cutover,
    Flip,
    Freeze,
    Kill,
    Lock,
    plan,
    session_ends,
)

NAMES = ("postgres", "nats", "orders", "legacy", "legacy worker", "facade", "facade helper")


def kills(seed, seconds):
    return [e.name for e in plan(seed, seconds, NAMES) if isinstance(e, Kill)]


def test_the_same_seed_gives_the_same_trouble_and_another_one_other():
    assert plan(7, 300, NAMES) == plan(7, 300, NAMES[::-1])
    assert plan(7, 300, NAMES) != plan(8, 300, NAMES)


def test_everyone_dies_before_anyone_dies_again():
    others = [name for name in kills(1, 300) if name != DATABASES]
    assert set(others[:6]) == set(others[6:12]) == {*NAMES} - {DATABASES}


def test_every_route_goes_everywhere_within_some_runs():
    events = [event for seed in range(5) for event in plan(seed, 300, NAMES)]
    flips = {(e.route, e.place) for e in events if isinstance(e, Flip)}
    assert flips == {(route, place) for route in FLIPPED for place in PLACES}


def test_orders_go_to_the_new_side_from_the_beginning():
    assert plan(3, 60, NAMES)[0] == Flip(0.0, "place-order", ("canary", "50"))


def test_it_happens_in_order_within_the_run_and_the_databases_die_once():
    times = [event.at for event in plan(3, 60, NAMES)]
    assert times == sorted(times) and times[0] == 0.0 and times[-1] < 60
    assert kills(3, 300).count(DATABASES) == 1


def test_at_last_orders_stay_on_the_new_side_while_processes_go_on_dying():
    events = plan(3, 300, NAMES)
    steady = events.index(Flip(STEADY_AT * 300, FLIPPED[0], ("new",), lasts=True))
    later = events[steady + 1 :]
    assert not [event for event in later if isinstance(event, Flip) and event.route == FLIPPED[0]]
    assert {type(event) for event in later} >= {Flip, Kill, Freeze}


@pytest.mark.parametrize("seconds", [60, 600])
@pytest.mark.parametrize("seed", range(5))
def test_a_run_of_a_minute_already_has_every_kind(seed, seconds):
    kinds = {type(event) for event in plan(seed, seconds, NAMES)}
    assert kinds == {Flip, Kill, Cutover, Freeze, Lock, BadProvider, BadAnswers}


def test_domains_change_hands_in_turn_there_and_back():
    moved = [event.domain for event in plan(4, 300, NAMES) if isinstance(event, Cutover)]
    assert moved[:4] == ["orders", "goods", "orders", "accounts"] and len(moved) > 8


def test_single_processes_stand_still_in_turns_for_some_seconds():
    freezes = [e for e in plan(4, 600, NAMES) if isinstance(e, Freeze) and not e.whole]
    assert {event.name for event in freezes[: len(NAMES)]} == {*NAMES}
    assert all(FROZEN[0] <= event.seconds <= FROZEN[1] for event in freezes)


def test_legacy_stands_still_while_a_session_ends():
    (event,) = [e for e in plan(4, 300, NAMES) if isinstance(e, Freeze) and e.whole]
    assert event.name == "legacy"
    assert event.at < session_ends(300) < event.at + event.seconds


def test_the_provider_behaves_badly_in_each_way():
    drawn = [e.behaviour for e in plan(4, 300, NAMES) if isinstance(e, BadProvider)]
    assert all(behaviour in drawn for behaviour in BEHAVIOURS)


def test_the_table_is_locked_for_longer_than_anybody_waits():
    locks = [e for e in plan(4, 300, NAMES) if isinstance(e, Lock)]
    assert {event.seconds for event in locks} == {LOCKED} and len(locks) > 3
