"""Limits as `/api/status` and `/metrics` show them."""

from facade.control.admin.views.limits import MOST_SHOWN, limit_families, limit_views
from facade.routes.file.reading import load

FILE = load(b"""
upstreams: {legacy: {url: http://h}}
limits:
  few: {rate: 10/m, burst: 20, key: [session, client], mode: enforce}
  rest: {rate: 5/s}
routes:
  - {name: a, match: GET /a, stage: legacy, limits: few}
  - {name: b, match: GET /b, stage: legacy, limits: [few, rest]}
""").file
ROUTES = {
    "a": {"limits": {"few": {"passed": 3, "refused": 2, "unlocked": 1}}},
    "b": {"limits": {"few": {"passed": 1, "keyless": 4, "forgotten": 5}, "gone": {"passed": 9}}},
    "c": {},
}


def test_sums_over_routes_and_keys_over_workers() -> None:
    workers = [{"few": {"client 1": 2, "client 2": 1}, "gone": {"x": 1}}, {"few": {"client 2": 4}}]
    few, rest = limit_views(FILE, ROUTES, workers)
    assert (few.name, few.mode, few.rate, few.burst) == ("few", "enforce", "10/m", 20)
    assert (few.key, few.routes) == (["session", "client"], ["a", "b"])
    assert (few.passed, few.refused, few.keyless, few.forgotten, few.unlocked) == (4, 2, 4, 5, 1)
    assert [(one.key, one.times) for one in few.who] == [("client 2", 5), ("client 1", 2)]
    assert (rest.burst, rest.mode, rest.passed, rest.who) == (5, "shadow", 0, [])
    assert rest.routes == ["b"]


def test_only_the_worst_are_named() -> None:
    many = {"few": {f"client {number}": number for number in range(100)}}
    few, _ = limit_views(FILE, {}, [many])
    assert [one.times for one in few.who] == [*range(99, 99 - MOST_SHOWN, -1)]


def test_metrics_by_limit_route_and_outcome() -> None:
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in limit_families(ROUTES)
        for sample in family.samples
    }
    assert found["facade_limit_requests_total", "few", "a", "refused"] == 2
    assert found["facade_limit_requests_total", "few", "a", "would_refuse"] == 0
    assert found["facade_limit_requests_total", "gone", "b", "passed"] == 9
    assert found["facade_limit_forgotten_total", "few", "b"] == 5
    assert found["facade_limit_unlocked_total", "few", "a"] == 1
