"""What the API answers, built from counters, evidence and a route table."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from facade.compare.evidence.evidence import Evidence
from facade.compare.rules import compile_rules
from facade.compare.verdict import compare
from facade.control.admin.views.comparison import route_comparison
from facade.control.admin.views.status import Sources, route_views, status
from facade.control.evidence_store.ledger import EVIDENCE, Ledger
from facade.control.intake.fleet import Fleet
from facade.control.intake.recent import Recent
from facade.control.judging.budget import Budget
from facade.control.judging.noise import NoiseLearner
from facade.control.reporting.trouble import Kind, Trouble
from facade.control.surroundings.tables import Tables

Build = Callable[..., Any]

TABLE = b"""
upstreams:
  legacy: {url: "http://127.0.0.1:1"}
  catalog: {service: catalog}
routes:
  - name: r
    match: GET /x
    new: catalog
    stage: canary
    percent: 12.5
    compare: {sample: 10%, rules: r}
    guard: {max_mismatch: 1%, on_breach: shadow}
compare_rules:
  r:
    ignore: ["$.a"]
    expect: [{path: "$.b", why: w, owner: o, until: 2020-01-01}]
"""


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    tables = Tables(tmp_path, {})
    tables.take(TABLE)
    noise = NoiseLearner(Budget(0, 0), lambda: None)
    return Sources(Fleet(), Recent(), Ledger(), tables, noise, "routes.yaml")


def judged(pair: Build, *pairs: Any) -> Evidence:
    evidence = Evidence("r", since=1.0)
    for one in pairs:
        evidence.add(one, compare(one, compile_rules(), date(2026, 1, 1)))
    return evidence


def test_status_joins_the_table_the_sums_and_the_evidence(
    sources: Sources, counters: Build, pair: Build
) -> None:
    worker = sources.fleet.hello({"worker": 0, "pid": 9, "started": time.time() - 60}, time.time())
    sources.fleet.take(worker, counters(7) | {"build": "compiled"}, time.time())
    sources.ledger.routes["r"] = judged(pair, pair(), pair(1, 2))
    found = status(sources)
    (route,) = found.routes
    assert (route.stage, route.percent, route.sample) == ("canary", 12.5, 10.0)
    assert route.requests == {"legacy": 7, "new": 0}
    assert (route.compare.compared, route.compare.mismatched) == (2, 1)
    assert (found.totals.clients, found.totals.aborted, found.totals.server_errors) == (3, 7, 0)
    assert (found.workers[0].version, found.workers[0].build) == ("v1", "compiled")
    assert 59 < found.workers[0].age_s < 70
    assert found.reload.ok
    (shape,) = found.unmatched.shapes
    assert (shape.method, shape.shape, shape.requests) == ("GET", "/<id>", 7)
    assert (shape.status, shape.failures) == ({"2xx": 7}, {"legacy.connect": 1})


def test_status_says_who_says_who_is_asking(sources: Sources, counters: Build) -> None:
    assert status(sources).identity is None
    known = b"facade: {identity: {ask: /x}}" + TABLE
    for stage, upstream in ((b"canary", "legacy"), (b"new", "catalog")):
        table = known.replace(b"stage: canary\n    percent: 12.5", b"stage: new")
        sources.tables.take(known if stage == b"canary" else table)
        snapshot = counters(1) | {"identity": {upstream: {"asked": 4}}}
        worker = sources.fleet.hello({"worker": 0, "pid": 1, "started": 1.0}, 1.0)
        sources.fleet.take(worker, snapshot, 1.0)
        found = status(sources).identity
        assert found is not None
        assert (found.ask, found.upstream) == ("/x", upstream)
        assert found.counts == {upstream: {"asked": 4}}


def test_routes_show_every_default(sources: Sources) -> None:
    (route,) = route_views(sources.tables)
    assert (route.seed, route.key, route.fallback) == ("r", ["session", "client"], True)
    assert route.guard is not None
    assert route.guard["max_mismatch"] == 1.0


def test_comparison_says_how_far_the_target_is(sources: Sources, pair: Build) -> None:
    now = time.time()
    config = sources.tables.routes()[0]
    evidence = judged(pair, *(pair(started=now - 60) for _ in range(100)))
    found = route_comparison(evidence, config, sources, [])
    assert (found.target, found.compared, found.mismatched) == (0.01, 100, 0)
    assert found.pairs_to_target == 680 - 100  # 0 of 680 is below 1 %, however often one looks
    assert found.pairs_per_second > 0
    assert found.seconds_to_target == pytest.approx(580 / found.pairs_per_second, rel=0.01)
    assert found.upper_bound < found.anytime_upper_bound
    assert found.anytime_upper_bound == found.proven
    enough = judged(pair, *(pair(started=now) for _ in range(680)))
    assert route_comparison(enough, config, sources, []).pairs_to_target == 0


def test_a_rate_above_the_target_is_not_waited_out(sources: Sources, pair: Build) -> None:
    evidence = judged(pair, pair({"a": 1}, {"a": 2}), pair())
    found = route_comparison(evidence, sources.tables.routes()[0], sources, [])
    assert (found.pairs_to_target, found.seconds_to_target) == (None, None)
    assert [cause.title for cause in found.causes] == ["$.a: off by one"]
    assert found.clusters[0].sample is not None
    assert found.clusters[0].sample.candidate["value"] == 2


def test_overdue_excuses_and_closed_windows_are_named(sources: Sources, pair: Build) -> None:
    history = [EVIDENCE.dump_json(judged(pair, pair(), pair(1, 2)))]
    found = route_comparison(judged(pair, pair()), sources.tables.routes()[0], sources, history)
    assert found.rule_errors == []
    assert [(known.path, known.overdue, known.seen) for known in found.expected] == [
        ("$.b", True, 0)
    ]
    assert (found.history[0].compared, found.history[0].mismatched) == (2, 1)
    assert "signed in" in found.never_seen


def test_a_route_that_left_the_table_keeps_its_evidence(sources: Sources, pair: Build) -> None:
    found = route_comparison(judged(pair, pair()), None, sources, [])
    assert (found.stage, found.match, found.matched) == (None, None, 1)


def test_addresses_of_both_sides(sources: Sources, tmp_path: Path) -> None:
    tables = sources.tables
    assert tables.addresses("r", "legacy") == ("http://127.0.0.1:1",)
    assert tables.addresses("r", "new") == ()
    tables.instances({"catalog": ["http://127.0.0.1:7"]})
    assert tables.addresses("r", "new") == ("http://127.0.0.1:7",)
    assert tables.addresses("unknown", "new") == ()
    other = Tables(tmp_path, {"legacy": ("http://127.0.0.1:99",)})
    other.take(TABLE)
    assert other.addresses("r", "legacy") == ("http://127.0.0.1:99",)


def test_a_broken_table_leaves_the_last_one(sources: Sources) -> None:
    version = sources.tables.table.version if sources.tables.table else None
    sources.tables.take(b"routes: [")
    assert sources.tables.table is not None
    assert sources.tables.table.version == version


def test_trouble_is_in_the_status_and_a_failed_request_is_found(sources: Sources) -> None:
    down = Trouble(Kind.UPSTREAM, "upstream legacy, http://a,", "is down")
    open_ = Trouble(Kind.BREAKER, "the breaker of legacy for reads", "opened: why", "n")
    sources.news.look([down], 1.0)
    sources.news.look([open_], 2.0)
    found = status(sources)
    assert [one.model_dump() for one in found.troubles] == [
        {"since": 2.0, "kind": "breaker-open", "words": open_.began(), "amount": "n"}
    ]
    assert [(one.at, one.name, one.good) for one in found.events] == [
        (2.0, "breaker-open-began", False),
        (2.0, "upstream-down-ended", True),
        (1.0, "upstream-down-began", False),
    ]
    words = dict.fromkeys(("method", "target", "route", "side", "upstream", "phase", "why"), "x")
    one = {"at": 1.0, "request_id": "a", "status": 502, **words}
    sources.failures.take({"requests": [one, one | {"request_id": "b"}], "more": 0}, 1.0)
    assert [one.request_id for one in status(sources).failed] == ["b", "a"]
