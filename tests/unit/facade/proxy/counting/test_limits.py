"""Counts of limits: each is shown, and the keys that are refused most are found."""

import random
from collections import Counter

from facade.proxy.counting.limits import MOST_KEYS, LimitCounts, RefusedKeys
from facade.proxy.counting.metrics import Counters, RouteCounts
from tests.rigs.facade.attributes import attributes


def test_every_counter_shows() -> None:
    counts = LimitCounts()
    for number, name in enumerate(attributes(LimitCounts), 1):
        setattr(counts, name, number)
    assert sorted(counts.snapshot().values()) == [*range(1, len(attributes(LimitCounts)) + 1)]


def test_they_stand_in_the_counts_of_the_route() -> None:
    counts = RouteCounts()
    counts.limit("few").passed += 1
    assert counts.limit("few") is counts.limit("few")
    assert counts.snapshot()["limits"]["few"]["passed"] == 1
    assert counts.of_testers().limit("few").passed == 1, "a limit counts testers like all others"


def test_keys_that_are_refused_often_are_found_among_many() -> None:
    chance, keys, truth = random.Random(5), RefusedKeys(), Counter[str]()
    for _ in range(20_000):
        heavy = chance.random() < 0.3
        label = f"client {chance.randint(1, 4)}" if heavy else f"once {chance.randint(0, 10**6)}"
        keys.add(label)
        truth[label] += 1
    found = keys.snapshot()
    assert len(found) == MOST_KEYS
    for number in range(1, 5):
        label = f"client {number}"
        assert truth[label] <= found[label] <= truth[label] + 20_000 / MOST_KEYS


def test_each_limit_has_its_own_keys() -> None:
    counters = Counters()
    counters.refused_of("a").add("client 1")
    counters.refused_of("b").add("client 2")
    assert {name: one.snapshot() for name, one in counters.refused.items()} == {
        "a": {"client 1": 1},
        "b": {"client 2": 1},
    }
