"""Clusters and causes: k faults give k causes, however many pairs and places they show in."""

import json
from datetime import date
from random import Random
from typing import Any

import pytest

from facade.compare.answers import Answer, Pair
from facade.compare.evidence import causes
from facade.compare.evidence.clusters import MOST, OVERFLOW, Clusters
from facade.compare.evidence.evidence import Evidence
from facade.compare.rules import compile_rules
from facade.compare.verdict import compare

HEADERS = (("content-type", "application/json"),)
RULES = compile_rules()
TODAY = date(2026, 1, 1)


def product(number: int) -> dict[str, Any]:
    return {
        "sku": f"B-{number}",
        "name": f"Boot {number}",
        "price": f"{10 + number}.25",
        "variants": [{"sku": f"B-{number}-{at}", "price": f"{10 + number}.25"} for at in range(2)],
        "created": "2026-01-01 10:00:00",
        "stock": number % 7,
    }


def rounding(body: dict[str, Any]) -> None:
    for place in (body, *body["variants"]):
        place["price"] = place["price"][:-1] + "6"


def letter_case(body: dict[str, Any]) -> None:
    body["name"] = body["name"].upper()


def timezone(body: dict[str, Any]) -> None:
    body["created"] = "2026-01-01 11:00:00"


def lost_variant(body: dict[str, Any]) -> None:
    del body["variants"][-1]


FAULTS = {"rounding": rounding, "case": letter_case, "zone": timezone, "lost": lost_variant}


def judged(body: Any, other: Any, number: int = 0, **more: Any) -> Evidence:
    evidence = Evidence("r", since=0.0)
    add(evidence, body, other, number, **more)
    return evidence


def add(evidence: Evidence, body: Any, other: Any, number: int = 0, **more: Any) -> None:
    one, two = (Answer(200, HEADERS, json.dumps(each).encode(), 2.0) for each in (body, other))
    pair = Pair("r", "GET", f"/p/{number}", one, two, started=1.0 + number, **more)
    evidence.add(pair, compare(pair, RULES, TODAY))


@pytest.mark.parametrize("share", [1.0, 0.3, 0.01])
@pytest.mark.parametrize("names", [("rounding",), ("rounding", "case"), tuple(FAULTS)])
def test_k_faults_give_k_causes(names: tuple[str, ...], share: float) -> None:
    random, evidence = Random(3), Evidence("r", since=0.0)
    for number in range(1_000):
        body, other = product(number), product(number)
        for name in names:
            if random.random() < share:
                FAULTS[name](other)
        add(evidence, body, other, number)
    found = causes.group(evidence.clusters, evidence.total.compared)
    assert len(found) == len(names)


def test_a_place_that_only_fails_with_another_has_its_cause() -> None:
    evidence = Evidence("r", since=0.0)
    for number in range(100):
        body, other = product(number), product(number)
        body["text"] = other["text"] = "fine"
        if number % 5 == 0:
            other["stock"] += 1
            other["text"] = "odd" if number % 10 == 0 else "fine"
        add(evidence, body, other, number)
    (cause,) = causes.group(evidence.clusters, evidence.total.compared)
    assert [(one.path, one.count) for one in cause] == [("$.stock", 20), ("$.text", 10)]


def test_samples_are_the_first_the_last_and_the_shortest() -> None:
    evidence = Evidence("r", since=0.0)
    for number in (1000, 7, 2000):
        body, other = product(1), product(1)
        letter_case(other)
        add(evidence, body, other, number)
    (cluster,) = evidence.clusters.by_id.values()
    assert cluster.earliest and cluster.latest and cluster.smallest
    assert cluster.count == 3
    # by arrival, whatever the clocks of the workers say
    assert cluster.earliest.target == "/p/1000"
    assert cluster.latest.target == "/p/2000"
    assert cluster.smallest.target == "/p/7"
    assert (cluster.first, cluster.last) == (8.0, 2001.0)


def test_many_elements_of_one_pair_count_once() -> None:
    body = {"items": [{"sku": str(at), "price": "1.00"} for at in range(50)]}
    other = {"items": [{"sku": str(at), "price": "1.01"} for at in range(50)]}
    (cluster,) = judged(body, other).clusters.by_id.values()
    assert (cluster.path, cluster.count) == ("$.items[*].price", 1)


def test_clusters_are_bounded() -> None:
    evidence = Evidence("r", since=0.0)
    for number in range(MOST + 50):
        add(evidence, {"a": 1}, {"a": 1, f"field{number}": 1}, number)
    assert len(evidence.clusters.by_id) == MOST + 1
    (rest,) = [one for one in evidence.clusters.by_id.values() if one.path == OVERFLOW]
    assert rest.count == 50


def test_ids_stay_the_same() -> None:
    first, second = (judged(product(1), product(2)).clusters for _ in range(2))
    assert list(first.by_id) == list(second.by_id)
    assert all(len(name) == 8 for name in first.by_id)


def test_no_cluster_no_cause() -> None:
    assert causes.group(Clusters(), 100) == []
