"""The plan of what goes wrong comes from its seed alone, and strikes everything in the end."""

from loadtests.chaos.trouble import DATABASES, FLIPPED, KILLED, PLACES, Flip, Kill, plan


def test_the_same_seed_gives_the_same_trouble_and_another_one_other():
    assert plan(7, 300) == plan(7, 300)
    assert plan(7, 300) != plan(8, 300)


def test_everything_is_killed_and_every_route_goes_everywhere_within_some_runs():
    events = [event for seed in range(5) for event in plan(seed, 300)]
    assert {e.name for e in events if isinstance(e, Kill)} == {*KILLED, DATABASES}
    flips = {(e.route, e.place) for e in events if isinstance(e, Flip)}
    assert flips == {(route, place) for route in FLIPPED for place in PLACES}


def test_it_happens_in_order_within_the_run_and_the_databases_die_once():
    events = plan(3, 60)
    times = [event.at for event in events]
    assert times == sorted(times) and times[0] > 0 and times[-1] < 60
    assert [e.name for e in events if isinstance(e, Kill)].count(DATABASES) == 1
