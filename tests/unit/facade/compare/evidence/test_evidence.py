"""Counts by outcome, version and kind of input; what was never seen; what comes back from JSON."""

import json
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from facade.compare.answers import Answer, Pair
from facade.compare.evidence.classes import MOST, OTHER, InputClass, class_of, never_seen
from facade.compare.evidence.evidence import Evidence, Pace
from facade.compare.evidence.latency import Latency
from facade.compare.rules import compile_rules
from facade.compare.verdict import compare
from facade.routes.config.routefile import CompareRules, Expected

HEADERS = (("content-type", "application/json"),)
TODAY = date(2026, 1, 1)


def pair(control: Any = 1, candidate: Any = 1, error: str | None = None, **more: Any) -> Pair:
    one, other = (Answer(200, HEADERS, json.dumps(x).encode(), 4.0) for x in (control, candidate))
    if error:
        other = Answer(0, error=error)
    return Pair(
        **{"route": "r", "method": "GET", "target": "/x", "started": 5.0} | more,
        control=one,
        candidate=other,
    )


def added(*pairs: Pair, rules: CompareRules | None = None, **more: Any) -> Evidence:
    evidence = Evidence("r", **{"since": 10.0} | more)
    for one in pairs:
        evidence.add(one, compare(one, compile_rules(rules), TODAY))
    return evidence


def test_outcomes_are_counted_apart() -> None:
    evidence = added(pair(), pair(), pair(1, 2), pair(error="connect"), pair(error="connect"))
    total = evidence.total
    assert (total.matched, total.mismatched, total.failed) == (2, 1, {"new.connect": 2})
    assert total.compared == 3
    assert sum(evidence.latency.control) == 3


def test_each_table_version_counts_for_itself() -> None:
    evidence = added(
        pair(version="a", stage="shadow"),
        pair(version="b", stage="canary", percent=500, started=9.0),
        pair(1, 2, version="b", stage="canary", percent=500),
    )
    assert evidence.versions["a"].counts.matched == 1
    later = evidence.versions["b"]
    assert (later.stage, later.percent, later.since) == ("canary", 500, 9.0)
    assert (later.counts.matched, later.counts.mismatched) == (1, 1)


def test_after_a_reset_older_pairs_do_not_count() -> None:
    assert added(pair(started=9.9), by_reset=True).total.matched == 0
    assert added(pair(started=10.1), by_reset=True).total.matched == 1
    assert added(pair(started=9.9)).since == 9.9


def test_kinds_of_input() -> None:
    kind = class_of(pair(query_keys=("page", "category", "page"), signed_in=True))
    assert kind == InputClass("GET", ("category", "page"), "", True, "2xx")
    assert str(kind) == "GET, ?category&page, signed in, 2xx"


def test_kinds_of_input_are_bounded() -> None:
    evidence = added(*(pair(query_keys=(f"q{number}",)) for number in range(MOST + 20)))
    assert len(evidence.classes) == MOST + 1
    assert evidence.classes[OTHER].counts.matched == 20


def test_kinds_never_seen_are_named() -> None:
    seen = [
        InputClass("GET", ("page",), "", False, "2xx"),
        InputClass("GET", ("sort",), "", False, "2xx"),
    ]
    assert never_seen(seen, ["GET", "HEAD"]) == [
        "method HEAD",
        "signed in",
        "status 3xx",
        "status 4xx",
        "status 5xx",
        "no query",
        "query page with sort",
    ]
    assert "method HEAD" not in never_seen(
        [*seen, InputClass("HEAD", (), "", True, "4xx")], ["HEAD"]
    )


def test_the_shape_of_the_requests_body_is_part_of_the_kind() -> None:
    evidence = added(*(pair(method="POST", body_shape=shape) for shape in ("{q: text}", "[]")))
    assert set(evidence.classes) == {
        "POST, no query, {q: text}, anonymous, 2xx",
        "POST, no query, [], anonymous, 2xx",
    }
    assert "no body" in never_seen(evidence.seen(), ["POST"])


def test_kinds_that_only_failed_were_not_seen() -> None:
    assert added(pair(error="connect")).seen() == []
    assert len(added(pair()).seen()) == 1


def test_expected_differences_report_whether_they_occur() -> None:
    known = Expected("$.a", "why", "me", date(2027, 1, 1))
    other = Expected("$.b", "why", "me", date(2025, 1, 1))
    rules = CompareRules("r", expect=(known, other))
    evidence = added(pair({"a": 1}, {"a": 2}), pair({"a": 1}, {"a": 1}), rules=rules)
    assert (evidence.total.matched, evidence.total.tolerated) == (2, 1)
    assert evidence.expected_seen == {"$.a": 1}


def test_pace_forgets_what_is_long_ago() -> None:
    pace = Pace()
    for second in range(120):
        pace.add(6_000.0 + second)
    assert pace.per_second(6_120.0) == 1.0
    assert pace.per_second(6_000.0 + 3_600.0) == 0.0


def test_latency_is_compared_pair_by_pair() -> None:
    latency = Latency()
    for number in range(100):
        latency.add(10.0 + number, (10.0 + number) / 2)
    summary = latency.summary()
    assert summary["ratio"] == 0.5
    low, high = summary["ratio_interval"]
    assert low <= 0.5 <= high
    low, high = summary["difference_interval_ms"]
    assert low < summary["difference_ms"] < high < 0
    assert Latency().summary()["ratio"] is None


def test_evidence_comes_back_from_json_as_it_was() -> None:
    evidence = added(pair(1, 2, query_keys=("q",)), pair(), pair(error="closed"))
    stored = TypeAdapter(Evidence)
    again = stored.validate_json(stored.dump_json(evidence))
    assert again == evidence
    again.add(pair(1, 2), compare(pair(1, 2), compile_rules(), TODAY))
    assert again.total.mismatched == 2


def test_waiting_to_be_as_fresh_as_a_copy_asks_is_not_the_new_sides_latency() -> None:
    prompt = Answer(200, HEADERS, b"1", 4.0)
    waited = Answer(200, (*HEADERS, ("fig-waited", "30500")), b"1", 34.5)
    evidence = added(Pair("r", "GET", "/x", control=prompt, candidate=waited, started=20.0))
    summary = evidence.latency.summary()
    assert summary["candidate"] == summary["control"]
