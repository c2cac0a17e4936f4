"""A snapshot shows every counter: one that is counted and shown nowhere is lost."""

from copy import deepcopy
from typing import Any

import pytest

from facade.proxy.counting.metrics import ClientCounts, Counters, IdentityCounts, RouteCounts
from tests.rigs.facade.attributes import attributes

TOGETHER = (ClientCounts, IdentityCounts, RouteCounts)


def counters(counts: Any) -> list[tuple[Any, str]]:
    """Every counter below these counts: the object that has it, and its name."""
    found: list[tuple[Any, str]] = []
    for name in attributes(type(counts)):
        value = getattr(counts, name)
        found += counters(value) if attributes(type(value)) else [(counts, name)]
    return found


def count(owner: Any, name: str) -> None:
    """Let the counter count one, whatever its form."""
    value = getattr(owner, name)
    if isinstance(value, dict):
        value["cause"] = 1
    elif isinstance(value, list):
        value[2] += 1
    else:
        setattr(owner, name, value + 1)


@pytest.mark.parametrize("kind", TOGETHER)
def test_every_counter_shows(kind: type[Any]) -> None:
    counts = kind()
    # in parts of their own, see their tests and below; a line, and no number
    keys = {"keys", "testers", "limits", "parts", "caller"}
    found = [(owner, name) for owner, name in counters(counts) if name not in keys]
    assert len(found) >= 3
    for owner, name in found:
        before = deepcopy(counts.snapshot())
        count(owner, name)
        assert counts.snapshot() != before, f"{type(owner).__name__}.{name} is shown nowhere"


def test_testers_are_in_a_part_of_their_own() -> None:
    counts = RouteCounts()
    before = counts.snapshot()
    testers = counts.of_testers()
    testers.new.answered(204, 0.1)
    testers.new.failed("connect")
    testers.fallbacks += 1
    assert counts.of_testers() is testers
    after = counts.snapshot()
    assert after.pop("testers") == {
        "status": {"legacy": {}, "new": {"2xx": 1}},
        "failures": {"new.connect": 1},
        "fallbacks": 1,
        "limited": 0,
    }
    assert before.pop("testers") == {}
    assert after == before
    testers.shadow.completed += 1
    assert counts.snapshot()["shadow"]["completed"] == 1, "their pairs are pairs like others"


def test_a_snapshot_uses_the_names_of_the_counters() -> None:
    assert set(ClientCounts().snapshot()) == set(attributes(ClientCounts))
    assert set(IdentityCounts().snapshot()) == set(attributes(IdentityCounts))


def test_a_route_keeps_its_counts() -> None:
    every = Counters()
    every.of_route("a").retries += 1
    assert every.of_route("a").snapshot()["retries"] == 1
    assert every.of_route("b").snapshot()["retries"] == 0


def test_status_goes_by_class_and_failures_by_side_and_phase() -> None:
    counts = RouteCounts()
    counts.legacy.answered(404, 0.001)
    counts.new.failed("connect")
    snapshot = counts.snapshot()
    assert snapshot["status"] == {"legacy": {"4xx": 1}, "new": {}}
    assert snapshot["failures"] == {"new.connect": 1}
