"""What needed legacy is remembered with its caller; a time that was not watched whole is none."""

from typing import Any

import pytest

from facade.control.absence.watch import STANDSTILL_SECONDS, Absence
from facade.control.intake.fleet import Fleet, Worker

NOW = 1_700_000_000.0


class Watch:
    """Two workers, and a clock that a test sets."""

    def __init__(self) -> None:
        self.fleet = Fleet()
        self.absence = Absence(2, NOW)
        self.workers = [self.hello(number) for number in (0, 1)]
        self.clock = 0.0

    def hello(self, number: int, started: float = 1.0) -> Worker:
        return self.fleet.hello({"worker": number, "pid": 7, "started": started}, NOW)

    def report(self, number: int, **counts: Any) -> None:
        self.fleet.take(self.workers[number], {"version": "1", **counts}, NOW)

    def look(self, seconds: float = 0.5) -> float:
        self.clock += seconds
        self.absence.look(self.fleet, self.clock, NOW + self.clock)
        return self.absence.watched()

    def names(self) -> dict[tuple[str, str], tuple[float, int, str]]:
        return {
            (need.kind, need.name): (quiet, need.number, need.caller)
            for need, quiet in self.absence.needs()
        }


def route(answers: int, caller: str = "", **more: Any) -> dict[str, Any]:
    return {"page": {"status": {"legacy": {"2xx": answers}}, "caller": caller, **more}}


@pytest.fixture
def watch() -> Watch:
    found = Watch()
    for number in (0, 1):
        found.report(number, routes={})
    found.look()
    return found


def test_time_counts_from_the_first_look_with_all_workers() -> None:
    watch = Watch()
    watch.report(0, routes={})
    assert (watch.look(), watch.look(5.0)) == (0.0, 0.0)
    watch.report(1, routes={})
    assert watch.look(5.0) == 0.0
    assert watch.look(3.0) == 3.0
    assert watch.absence.gap == "the control process started"


@pytest.mark.parametrize(
    ("counts", "key"),
    [
        ({"routes": route(1)}, ("route", "page")),
        ({"routes": route(0, failures={"legacy.connect": 1})}, ("route", "page")),
        ({"routes": route(0, testers={"status": {"legacy": {"5xx": 1}}})}, ("route", "page")),
        ({"routes": route(0, caller="it broke off")}, ("route", "page")),
        ({"unmatched": {"GET /a": {"status": {"legacy": {"4xx": 1}}}}}, ("unmatched", "GET /a")),
        ({"identity": {"legacy": {"asked": 1}}}, ("identity", "legacy")),
    ],
)
def test_each_use_of_legacy_is_a_need(
    watch: Watch, counts: dict[str, Any], key: tuple[str, str]
) -> None:
    watch.look(5.0)
    watch.report(1, **counts)
    watch.look()
    assert [*watch.names()] == [key]
    watch.look(7.0)
    assert watch.names()[key][0] == 7.0
    assert watch.absence.watched() == 12.5, "a need is no gap"


@pytest.mark.parametrize(
    "counts",
    [
        {"routes": {"page": {"status": {"new": {"2xx": 9}}, "failures": {"new.connect": 3}}}},
        {"routes": {"unmatched": {"status": {"legacy": {"2xx": 9}}}}},
        {"identity": {"accounts": {"asked": 0}}},
    ],
)
def test_what_asks_nothing_of_legacy_is_none(watch: Watch, counts: dict[str, Any]) -> None:
    if "unmatched" in counts.get("routes", {}):
        from facade.routes.table import UNMATCHED_NAME

        counts = {"routes": {UNMATCHED_NAME: counts["routes"]["unmatched"]}}
    watch.report(0, **counts)
    watch.look()
    assert watch.names() == {}


def test_the_last_caller_is_kept_and_the_same_report_is_no_second_call(watch: Watch) -> None:
    watch.report(0, routes=route(3, "cron"))
    watch.look()
    watch.report(1, routes=route(2))
    watch.look()
    watch.look(4.0)
    assert watch.names() == {("route", "page"): (4.0, 5, "cron")}
    watch.report(0, routes=route(3))
    watch.look()
    assert watch.names() == {("route", "page"): (4.5, 5, "cron")}


def test_a_worker_in_place_of_one_that_drained_is_no_gap(watch: Watch) -> None:
    watch.report(0, routes={}, draining=True)
    watch.workers.append(watch.hello(0, started=2.0))
    watch.report(2, routes=route(1, "at once"))
    watch.look()
    watch.fleet.lost(watch.workers[0])
    assert watch.look() == 1.0
    assert watch.names()[("route", "page")] == (0.5, 1, "at once")


def test_the_last_counts_of_one_that_drained_are_taken(watch: Watch) -> None:
    watch.workers.append(watch.hello(0, started=2.0))
    watch.report(2, routes={})
    watch.report(0, routes=route(1), draining=True)
    watch.fleet.lost(watch.workers[0])
    watch.look()
    assert watch.names()[("route", "page")] == (0.0, 1, "")
    watch.look(3.0)
    assert watch.names()[("route", "page")] == (3.0, 1, "")


def test_a_worker_that_was_killed_is_a_gap(watch: Watch) -> None:
    watch.look(9.0)
    watch.fleet.lost(watch.workers[1])
    assert watch.look() == 0.0
    assert watch.absence.gap == "worker 1 ended before its last counts came"
    assert watch.look(2.0) == 0.0, "and so is the time without another one"
    assert watch.absence.gap == "1 of 2 workers have sent their counts"
    watch.workers.append(watch.hello(1, started=3.0))
    watch.report(2, routes={})
    assert watch.look(2.0) == 2.0


def test_standing_still_is_a_gap(watch: Watch) -> None:
    watch.look(9.0)
    assert watch.look(STANDSTILL_SECONDS + 1.0) == 0.0
    assert "stood still for 11 s" in watch.absence.gap
