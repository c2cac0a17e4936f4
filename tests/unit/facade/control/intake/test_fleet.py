"""Sums over workers: the dead still count, the living alone are connected."""

from collections.abc import Callable
from typing import Any

from facade.control.intake import fleet as fleets
from facade.control.intake.fleet import Fleet

Counters = Callable[..., dict[str, Any]]


def hello(number: int, pid: int) -> dict[str, Any]:
    return {"worker": number, "pid": pid, "started": float(pid)}


def test_the_dead_stay_in_the_sums(counters: Counters) -> None:
    fleet = Fleet()
    first, second = fleet.hello(hello(0, 1), 1.0), fleet.hello(hello(1, 2), 1.0)
    fleet.take(first, counters(10), 2.0)
    fleet.take(second, counters(5), 2.0)
    fleet.lost(first)
    total = fleet.total()
    assert total["routes"]["r"]["requests"]["legacy"] == 15
    shape = total["unmatched"]["GET /<id>"]
    assert shape["requests"]["legacy"] == sum(shape["latency"]["legacy"]) == 15
    assert total["client"]["aborted"] == 15
    assert sum(total["routes"]["r"]["latency"]["legacy"]) == 15
    assert (total["open"], total["upstreams"]["legacy"]["connections"]) == (3, 2)
    assert [worker.identity for worker in fleet.living()] == [(1, 2, 2.0)]


def test_snapshots_are_cumulative_and_growth_is_returned_once(counters: Counters) -> None:
    fleet = Fleet()
    worker = fleet.hello(hello(0, 1), 1.0)
    first = fleet.take(worker, counters(1, {"dispatched": 4, "shed": {"size": 1}}), 2.0)
    again = fleet.take(worker, counters(1, {"dispatched": 4, "shed": {"size": 1}}), 3.0)
    more = fleet.take(worker, counters(1, {"dispatched": 6, "shed": {"size": 1, "lag": 2}}), 4.0)
    assert first["r"] == {"dispatched": 4, "shed": {"size": 1}}
    assert again["r"] == {"dispatched": 0, "shed": {"size": 0}}
    assert more["r"] == {"dispatched": 2, "shed": {"size": 0, "lag": 2}}


def test_a_worker_that_reconnects_is_the_same(counters: Counters) -> None:
    fleet = Fleet()
    worker = fleet.hello(hello(0, 1), 1.0)
    fleet.take(worker, counters(7), 2.0)
    fleet.lost(worker)
    again = fleet.hello(hello(0, 1), 3.0)
    assert again is worker
    assert fleet.take(again, counters(9, {}), 4.0)["r"] == {}
    assert fleet.total()["routes"]["r"]["requests"]["legacy"] == 9


def test_many_dead_are_remembered_as_a_sum(counters: Counters) -> None:
    fleet = Fleet()
    deaths = fleets.MOST_DEAD + 30
    for pid in range(deaths):
        worker = fleet.hello(hello(0, pid), float(pid))
        fleet.take(worker, counters(2), float(pid))
        fleet.lost(worker)
    assert len(fleet.workers) == fleets.MOST_DEAD
    assert fleet.total()["routes"]["r"]["requests"]["legacy"] == 2 * deaths


def test_the_worst_breaker_is_shown(counters: Counters) -> None:
    fleet = Fleet()
    states = (("closed", None), ("open", 1.5), ("open", 2.5), ("half-open", 9.0))
    for pid, (state, lasted) in enumerate(states):
        snapshot = counters(1)
        snapshot["upstreams"]["legacy"]["breaker"]["read"] |= {"state": state, "for": lasted}
        fleet.take(fleet.hello(hello(pid, pid), 1.0), snapshot, 1.0)
    shown = fleet.total()["upstreams"]["legacy"]["breaker"]["read"]
    assert (shown["state"], shown["for"]) == ("open", 2.5)


def test_it_is_quiet_once_no_request_was_counted_for_a_while(counters: Counters) -> None:
    fleet = Fleet()
    worker = fleet.hello(hello(0, 1), 1.0)
    assert fleet.quiet(100.0)
    fleet.take(worker, counters(1), 100.0)
    assert fleet.news.is_set()
    fleet.news.clear()
    fleet.take(worker, counters(1), 101.0)
    assert not fleet.news.is_set()
    assert not fleet.quiet(100.0 + fleets.QUIET_SECONDS)
    assert fleet.quiet(100.1 + fleets.QUIET_SECONDS)
    fleet.take(worker, counters(2), 200.0)
    assert not fleet.quiet(200.0)
