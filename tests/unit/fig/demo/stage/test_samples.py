"""What the admin API and the shoppers say, as values."""

from __future__ import annotations

from typing import Any

from fig.demo.judge.sample import Latency, Pairs
from fig.demo.stage import samples
from fig.demo.stage.samples import differences_of, load_of, sample_of

STATUS: dict[str, Any] = {
    "version": "0123456789ab",
    "workers": [{"id": 0, "version": "0123456789ab"}, {"id": 1, "version": "ba9876543210"}],
    "routes": [
        {
            "name": "product-detail",
            "stage": "canary",
            "percent": 25.0,
            "requests": {"legacy": 75, "new": 25},
            "fallbacks": 1,
            "latency": {
                "legacy": {"p50": 9.5, "p95": 31.0, "p99": 50.0, "count": 75},
                "new": {"p50": 0.0, "p95": 0.0, "p99": 0.0, "count": 0},
            },
            "compare": {
                "completed": 95,
                "compared": 90,
                "matched": 80,
                "mismatched": 7,
                "raced": 3,
                "failed": 2,
                "shed": {"inflight": 4, "queue": 1},
            },
        }
    ],
    "totals": {"server_errors": 2},
}


def test_the_status_of_a_facade() -> None:
    sample = sample_of(STATUS)
    route = sample.routes["product-detail"]
    assert (route.stage, route.percent, route.fallbacks) == ("canary", 25, 1)
    assert route.latency == {"legacy": Latency(9.5, 31.0), "new": Latency()}
    assert route.pairs == Pairs(90, 80, 7, raced=3, failed=2, shed=5)
    assert sample.server_errors == 2


def test_everywhere_means_every_worker() -> None:
    sample = sample_of(STATUS)
    assert not sample.everywhere("0123456789ab")
    assert sample_of(STATUS | {"workers": STATUS["workers"][:1]}).everywhere("0123456789ab")
    assert not sample_of(STATUS | {"workers": []}).everywhere("0123456789ab")


def test_a_facade_that_says_little() -> None:
    sample = sample_of({"routes": [{"name": "r", "stage": "legacy"}]})
    assert sample.routes["r"].requests == {"legacy": 0, "new": 0}
    assert sample.routes["r"].pairs == Pairs()


def test_breakers_toward_legacy_that_are_not_closed() -> None:
    breaker = {"read": {"state": "ramp", "for": 1.0}, "write": {"state": "closed", "for": None}}
    sample = sample_of({"routes": [], "upstreams": {"legacy": {"breaker": breaker}}})
    assert sample.held_back == ("read ramp",)


def test_a_line_of_the_shoppers() -> None:
    load = load_of(
        {
            "users": 40,
            "rps": 40.0,
            "requests": 100,
            "failures": 1,
            "names": {
                "GET /a": {"rps": 30.0, "p50": 10.0, "p95": 20.0},
                "GET /b": {"rps": 10.0, "p50": 30.0, "p95": 60.0},
                "GET /c": {"rps": 0.0, "p50": None, "p95": None},
            },
            "reasons": [{"name": "GET /a", "reason": "status 502", "count": 1, "first": 1.0}],
        }
    )
    assert load.latency == Latency(15.0, 30.0)
    assert load.reasons[0].reason == "status 502"


def test_differences_with_their_sample_the_most_frequent_first() -> None:
    def cluster(path: str, count: int) -> dict[str, Any]:
        return {
            "path": path,
            "kind": "value",
            "count": count,
            "relation": "rounding",
            "sample": {
                "method": "GET",
                "target": "/api/products/A",
                "control": {"status": 200, "value": "10.46"},
                "candidate": {"status": 200, "value": "10.45"},
            },
        }

    compare = {
        "routes": [
            {"route": "other", "clusters": [cluster("$.x", 99)]},
            {"route": "product-detail", "clusters": [cluster("$.a", 1), cluster("$.price", 7)]},
        ]
    }
    found = differences_of(compare, "product-detail")
    assert [one.path for one in found] == ["$.price", "$.a"]
    assert (found[0].target, found[0].legacy, found[0].new) == (
        "GET /api/products/A",
        "10.46",
        "10.45",
    )
    assert differences_of(compare, "unknown") == ()


def test_evidence_of_a_route():
    entry = {
        "route": "a",
        "compared": 300,
        "told": {"bound": "1 %"},
        "causes": [{"title": "$.price: rounding"}],
        "never_seen": ["signed in", "status 5xx"],
    }
    found = samples.evidence_of({"routes": [entry]}, "a")
    assert (found.compared, found.bound) == (300, "1 %")
    assert (found.causes, found.unseen) == (("$.price: rounding",), ("signed in", "status 5xx"))
    assert samples.evidence_of({"routes": [entry]}, "b") is None
