"""What speaks against giving the new side more requests: too few pairs, wrong ones, errors."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from facade.compare.evidence.bounds import anytime_pairs_needed, pairs_needed
from facade.compare.evidence.promotion import Known, has_pairs, limit_of, objections, promotes
from facade.routes.config.routefile import RouteConfig, RouteFile
from facade.routes.file.reading import load
from facade.routes.stages import Stage

TODAY = date(2026, 6, 1)
FILE = """
facade: {{{facade}}}
upstreams: {{legacy: {{url: http://h:1}}, n: {{url: http://h:2}}}}
routes:
  - {{name: r, match: {match} /x, new: n, stage: shadow, compare: {{sample: 100%, rules: p}}{more}}}
compare_rules: {{p: {{expect: [{expect}]}}}}
"""


def file(facade: str = "", match: str = "GET", more: str = "", expect: str = "") -> RouteFile:
    more = f", {more}" if more else ""
    text = FILE.format(facade=facade, match=match, more=more, expect=expect)
    return load(text.encode(), "routes.yaml").file


def route(stage: Stage = Stage.SHADOW, percent: int | None = None) -> RouteConfig:
    return RouteConfig("r", ("GET",), "/x", stage, new="n", percent=percent)


def compared(pairs: int, wrong: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "compared": pairs, "mismatched": wrong, "skipped": {}, "failed": {},
        "pairs_per_second": 0.5,
        "causes": [{"title": f"$.a{number}: rounding"} for number in range(5)],
        "parked_count": 0, "parked": [],
    } | more  # fmt: skip


def against(
    stage: Stage, pairs: Mapping[str, Any], counted: Mapping[str, Any] | None = None, **words: str
) -> list[str]:
    read = file(**words)
    return objections(read, read.routes[0], stage, Known(pairs, counted or {}), TODAY)


@pytest.mark.parametrize(
    ("declined", "pairs", "speaks"),
    [(9, 0, False), (10, 9, True), (2000, 2000, False), (2001, 2000, True), (20, 2000, False)],
)
def test_a_route_whose_copies_are_mostly_declined_has_no_evidence(declined, pairs, speaks) -> None:
    found = against(Stage.CANARY, compared(pairs, declined=declined))
    assert any("declined" in words for words in found) is speaks
    assert bool(found) is (speaks or pairs < 100)


@pytest.mark.parametrize(
    ("before", "stage", "percent", "expected"),
    [
        (route(), Stage.CANARY, 500, True),
        (route(Stage.CANARY, 500), Stage.CANARY, 600, True),
        (route(Stage.CANARY, 500), Stage.CANARY, 500, False),
        (route(Stage.CANARY, 500), Stage.CANARY, 100, False),
        (route(Stage.CANARY, 500), Stage.NEW, None, True),
        (route(Stage.NEW), Stage.RETIRED, None, True),
        (route(Stage.NEW), Stage.CANARY, 9_900, False),
        (route(Stage.LEGACY), Stage.SHADOW, None, False),
        (route(Stage.CANARY, 500), Stage.SHADOW, None, False),
    ],
)
def test_only_more_requests_are_a_promotion(before, stage, percent, expected):
    assert promotes(before, stage, percent) is expected


@pytest.mark.parametrize(
    ("limit", "once", "always"), [(0.05, 59, 116), (0.02, 149, 320), (0.01, 299, 680)]
)
def test_the_pairs_that_each_bound_needs(limit: float, once: int, always: int) -> None:
    assert (pairs_needed(0, limit), anytime_pairs_needed(0, limit)) == (once, always)


@pytest.mark.parametrize(
    ("stage", "needed"), [(Stage.CANARY, 116), (Stage.NEW, 680), (Stage.RETIRED, 680)]
)
def test_so_many_pairs_are_needed_however_often_one_looks(stage: Stage, needed: int) -> None:
    assert against(stage, compared(needed)) == []
    for too_few in (0, 1, needed // 2, needed - 1):
        (said,) = against(stage, compared(too_few))
        assert f"{needed - too_few:,} more pairs without a difference are needed" in said
        assert f"0 of {too_few:,} pairs differ" in said


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (0.5, "about 4 minutes at the present pace of 0.5 a second"),
        (1.5, "about a minute at the present pace of 1.5 a second"),
        (20.0, "less than a minute at the present pace of 20 a second"),
        (0.0, "none came in the last half hour"),
    ],
)
def test_what_is_missing_is_said_in_minutes_too(pace: float, words: str) -> None:
    (said,) = against(Stage.CANARY, compared(0, pairs_per_second=pace))
    assert words in said


@pytest.mark.parametrize(
    ("pairs", "refused"),
    [
        (compared(1000, 1), False),
        (compared(1000, 30), True),  # 3 % seen: 5 % not shown
        (compared(1000, 50), True),
        (compared(300, 0, skipped={"too large": 10}), True),  # what was not judged may be wrong
        (compared(300, 0, failed={"new.connect": 10}), True),
        (compared(300, 0, failed={"new.declined": 10, "legacy.connect": 10}), False),
        (compared(3000, 0, skipped={"too large": 1}, failed={"new.closed": 1}), False),
    ],
)
def test_wrong_pairs(pairs: dict[str, Any], refused: bool) -> None:
    assert bool(against(Stage.CANARY, pairs)) is refused


def test_where_more_pairs_do_not_help_the_causes_are_said() -> None:
    (said,) = against(Stage.CANARY, compared(1000, 60))
    assert "60 of 1,000 pairs differ, 5 % may: $.a0: rounding; $.a1: rounding; $.a2" in said
    assert "$.a3" not in said
    (said,) = against(Stage.NEW, compared(1000, 5, skipped={"coding dcb": 20}))
    assert "25 of 1,020 pairs differ or could not be judged (20), 1 % may" in said


@pytest.mark.parametrize(
    ("words", "canary", "new"),
    [
        ({}, 0.05, 0.01),
        ({"more": "promote: {canary: 2%, new: 0.5%}"}, 0.02, 0.005),
        ({"more": "promote: {new: 3%}"}, 0.05, 0.03),
        ({"facade": "promote: {canary: 20%, new: 10%}"}, 0.2, 0.1),
        ({"facade": "promote: {canary: 20%}", "more": "promote: {new: 3%}"}, 0.2, 0.03),
        ({"facade": "promote: {new: 10%}", "more": "promote: {new: 3%}"}, 0.05, 0.03),
    ],
)
def test_the_bound_is_the_routes_or_the_files_or_the_usual_one(
    words: dict[str, str], canary: float, new: float
) -> None:
    read = file(**words)
    found = [limit_of(read.routes[0], read.facade, stage) for stage in Stage]
    assert found == [canary, canary, canary, new, new]


def test_a_guards_limit_is_no_bound_but_speaks_where_it_would_act() -> None:
    guard = {"more": "guard: {max_mismatch: 0.1%, on_breach: shadow}"}
    assert against(Stage.CANARY, compared(1000, 1), **guard) == []
    (said,) = against(Stage.CANARY, compared(1000, 20), **guard)
    assert "its guard would move it back at once: 20 of 1,000 pairs differ, 0.1 % may" in said


def test_a_share_of_100_percent_asks_for_no_evidence() -> None:
    assert against(Stage.CANARY, compared(0), more="promote: {canary: 100%}") == []


@pytest.mark.parametrize(
    ("match", "more", "pairs"),
    [
        ("GET", "", True),
        ("GET|POST", "", True),
        ("POST", "safe: true", True),
        ("POST", "", False),
        ("PUT|DELETE", "", False),
        ("GET", "safe: false", False),
    ],
)
def test_which_routes_have_pairs(match: str, more: str, pairs: bool) -> None:
    assert has_pairs(file(match=match, more=more).routes[0]) is pairs


def test_a_route_of_every_method_has_pairs() -> None:
    assert has_pairs(RouteConfig("r", ("*",), "/x", Stage.SHADOW, new="n"))


@pytest.mark.parametrize(
    ("status", "failures", "refused"),
    [
        ({}, {}, False),  # nobody was answered by it yet
        ({"2xx": 100}, {}, False),
        ({"2xx": 95, "4xx": 5}, {"legacy.connect": 9}, False),
        ({"2xx": 995, "5xx": 5}, {}, False),
        ({"2xx": 40, "5xx": 3}, {}, True),
        ({"2xx": 40}, {"new.closed": 3}, True),
    ],
)
def test_a_route_that_only_writes_is_judged_by_its_errors(
    status: dict[str, int], failures: dict[str, int], refused: bool
) -> None:
    counted = {"status": {"new": status, "legacy": {"5xx": 99}}, "failures": failures}
    found = against(Stage.NEW, compared(0), counted, match="POST")
    assert bool(found) is refused
    assert all("fig verify" in said for said in found)


def test_where_nobody_can_be_asked_a_promotion_is_refused() -> None:
    for match in ("GET", "POST"):
        read = file(match=match)
        (said,) = objections(read, read.routes[0], Stage.CANARY, None, TODAY)
        assert "no running facade could be asked" in said


@pytest.mark.parametrize(("until", "overdue"), [("2026-06-01", False), ("2026-05-31", True)])
def test_an_overdue_difference(until: str, overdue: bool) -> None:
    expect = f"{{path: $.a, why: a typo, owner: web-team, until: {until}}}"
    found = against(Stage.CANARY, compared(1000), expect=expect)
    assert bool(found) is overdue
    assert all("web-team" in one and "a typo" in one for one in found)


def test_a_pair_that_could_not_be_judged_speaks_against_it():
    pair = {"request_id": "the-bad-one", "cause": "own fault: KeyError"}
    (found,) = against(Stage.CANARY, compared(1000, parked_count=2, parked=[pair]))
    assert "2 pairs could not be judged" in found
    assert "the-bad-one (own fault: KeyError)" in found


def test_pairs_that_wait_for_a_second_answer_count_as_wrong() -> None:
    enough = anytime_pairs_needed(0, 0.01)
    assert against(Stage.NEW, compared(enough)) == []
    (said,) = against(Stage.NEW, compared(enough, in_doubt=1))
    assert f"1 of {enough + 1:,} pairs differ or could not be judged (1)" in said.replace(
        "0 of", "1 of"
    )
