"""What Prometheus reads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from facade.control.admin.metrics import FacadeCollector
from facade.control.admin.views.status import Sources, status
from facade.control.evidence_store.ledger import Ledger
from facade.control.intake.fleet import Fleet
from facade.control.intake.recent import Recent
from facade.control.judging.budget import Budget
from facade.control.judging.noise import NoiseLearner
from facade.control.surroundings.tables import Tables
from facade.proxy.counting.parts import PartCounts

Build = Callable[..., Any]


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    noise = NoiseLearner(Budget(0, 0), lambda: None)
    return Sources(Fleet(), Recent(), Ledger(), Tables(tmp_path, {}), noise, "routes.yaml")


def samples(sources: Sources, family: str) -> dict[tuple[str, ...], float]:
    return {
        tuple(sample.labels.values()): sample.value
        for one in FacadeCollector(sources).collect()
        for sample in one.samples
        if sample.name == family
    }


def test_breakers_say_since_when_why_and_when_the_next_probe_goes(
    sources: Sources, counters: Build
) -> None:
    snapshot = counters(1)
    opened = {"state": "open", "for": 2.0, "next_probe_in": 3.0, "cause": "calls failed"}
    snapshot["upstreams"]["legacy"]["breaker"]["read"] |= opened
    sources.fleet.take(
        sources.fleet.hello({"worker": 0, "pid": 1, "started": 1.0}, 1.0), snapshot, 1.0
    )
    assert samples(sources, "facade_breaker_open") == {("legacy", "read"): 1.0}
    assert samples(sources, "facade_breaker")["legacy", "read", "open"] == 1.0
    assert samples(sources, "facade_breaker_state_seconds") == {("legacy", "read"): 2.0}
    assert samples(sources, "facade_breaker_next_probe_seconds") == {("legacy", "read"): 3.0}
    assert samples(sources, "facade_breaker_opened_by") == {("legacy", "read", "calls failed"): 1.0}


def test_lookups_are_counted_by_upstream(sources: Sources, counters: Build) -> None:
    snapshot = counters(1)
    asked = {"legacy": {"asked": 3, "unanswered": 1}, "accounts": {"asked": 2, "unanswered": 0}}
    snapshot["identity"] = asked
    old = {"asked": 9}  # as a facade of before has stored it
    fleet = sources.fleet
    fleet.take(fleet.hello({"worker": 0, "pid": 1, "started": 1.0}, 1.0), snapshot, 1.0)
    fleet.take(fleet.hello({"worker": 1, "pid": 2, "started": 1.0}, 1.0), {"identity": old}, 1.0)
    assert samples(sources, "facade_identity_total") == {
        ("legacy", "asked"): 3.0,
        ("legacy", "unanswered"): 1.0,
        ("accounts", "asked"): 2.0,
        ("accounts", "unanswered"): 0.0,
    }


def test_the_share_of_reads_that_fell_back(sources: Sources, counters: Build) -> None:
    worker = sources.fleet.hello({"worker": 0, "pid": 1, "started": 1.0}, 1.0)
    assert samples(sources, "facade_fallback_share") == {}
    for second, fallbacks in enumerate((0, 3)):
        snapshot = counters(5)
        snapshot["routes"]["r"] |= {"fallbacks": fallbacks, "diverted": fallbacks}
        snapshot["routes"]["r"]["requests"]["new"] = second
        sources.fleet.take(worker, snapshot, 1.0)
        sources.recent.take(float(second), sources.fleet.total()["routes"], {})
    assert samples(sources, "facade_fallback_share") == {("r",): 0.75}
    assert samples(sources, "facade_diverted_total") == {("r",): 3.0}


def test_answers_that_were_put_right_are_counted_by_upstream_and_fault(
    sources: Sources, counters: Build
) -> None:
    for number, dead in enumerate((True, False)):
        worker = sources.fleet.hello({"worker": number, "pid": 1, "started": 1.0}, 1.0)
        snapshot = counters(1) | {"mended": {"legacy": {"folded line": 2}}}
        sources.fleet.take(worker, snapshot, 1.0)
        if dead:
            sources.fleet.lost(worker)
    assert samples(sources, "facade_mended_total") == {("legacy", "folded line"): 4.0}
    assert status(sources).upstreams["legacy"].mended == {"folded line": 4}


def test_what_keys_made_of_requests_is_shown_by_route(sources: Sources, counters: Build) -> None:
    worker = sources.fleet.hello({"worker": 0, "pid": 1, "started": 1.0}, 1.0)
    snapshot = counters(5)
    snapshot["routes"]["r"] |= {"idempotency": {"replayed": 3, "still running": 1}}
    sources.fleet.take(worker, snapshot, 1.0)
    assert samples(sources, "facade_idempotency_total") == {
        ("r", "replayed"): 3.0,
        ("r", "still running"): 1.0,
    }


def test_a_composed_route_answers_as_a_side_of_its_own(sources: Sources, counters: Build) -> None:
    snapshot = counters(1)
    (name, *_) = snapshot["routes"]
    counts = PartCounts()
    counts.answers.answered(200, 0.1)
    counts.answers.failed("deadline")
    snapshot["routes"][name]["composed"] = counts.snapshot()
    sources.fleet.take(
        sources.fleet.hello({"worker": 0, "pid": 1, "started": 1.0}, 1.0), snapshot, 1.0
    )
    assert samples(sources, "facade_requests_total")[name, "composed", "2xx"] == 1.0
    assert samples(sources, "facade_latency_seconds_count")[name, "composed"] == 1.0
    assert samples(sources, "facade_failures_total")[name, "composed.deadline"] == 1.0
