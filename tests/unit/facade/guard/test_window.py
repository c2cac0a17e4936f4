"""What is counted in a window: each request on the side it was meant for, pairs asked in it."""

from facade.compare.answers import Answer, Pair
from facade.compare.verdict import Outcome, Verdict
from facade.guard.window import Counted, PairCounts, SideCounts, Window, counted
from facade.proxy.counting.metrics import RouteCounts


def pair(control: Answer, candidate: Answer, **given) -> Pair:
    return Pair("r", "GET", "/", control, candidate, **given)


def test_a_failed_read_that_legacy_answered_is_an_error_of_the_new_side() -> None:
    counts = RouteCounts()
    for _ in range(7):
        counts.new.answered(200, 0.01)
    counts.new.answered(500, 0.01)
    for _ in range(12):
        counts.legacy.answered(200, 0.01)
    counts.legacy.answered(502, 0.01)
    counts.fallbacks, counts.declined, counts.diverted = 6, 2, 1  # so 3 failed
    found = counted(counts.snapshot())
    assert (found.new.requests, found.new.errors) == (8 + 3, 1 + 3)
    assert (found.legacy.requests, found.legacy.errors) == (13 - 6, 1)
    assert sum(found.new.latency) == 8


def test_a_route_that_nobody_asked_counts_nothing() -> None:
    assert counted({}).new.requests == 0


def test_growth_since_a_look_is_never_negative() -> None:
    before, now = SideCounts(10, 2), SideCounts(15, 1)
    grown = now.since(before)
    assert (grown.requests, grown.errors) == (5, 0)


def test_pairs_by_what_failed_and_how_long_they_took() -> None:
    counts = PairCounts()
    good, bad, none = Answer(200, ms=10), Answer(500, ms=10), Answer(0, error="connect")
    matched, mismatched = Verdict(Outcome.MATCHED), Verdict(Outcome.MISMATCHED)
    counts.add(pair(good, Answer(200, ms=30)), matched, 1.5)
    counts.add(pair(good, Answer(200, ms=12)), mismatched, 1.5)
    counts.add(pair(good, bad), mismatched, 1.5)
    counts.add(pair(bad, good), mismatched, 1.5)
    counts.add(pair(good, none), Verdict(Outcome.FAILED, cause="connect"), 1.5)
    counts.add(pair(none, none), Verdict(Outcome.FAILED, cause="connect"), 1.5)
    assert (counts.compared, counts.mismatched) == (4, 3)
    assert (counts.only_new, counts.only_legacy, counts.both) == (2, 1, 1)
    assert (counts.timed, counts.slower) == (2, 1)


BEHIND = Answer(503, (("fig-declined", "behind"),), ms=100)


def test_a_copy_that_was_declined_is_neither_an_error_nor_timed() -> None:
    counts = PairCounts()
    good, failed = Answer(200, ms=10), Verdict(Outcome.FAILED, cause="new.declined")
    for control in (good, Answer(500, ms=10), Answer(0, error="connect")):
        counts.add(pair(control, BEHIND), failed, 1.5)
    counts.add(pair(good, Answer(503, ms=10)), Verdict(Outcome.MISMATCHED), 1.5)
    assert (counts.declined, counts.compared, counts.only_new) == (3, 1, 1)
    assert (counts.both, counts.only_legacy, counts.timed, counts.failing) == (0, 0, 0, (1, 1))


def test_the_latest_pairs_in_a_row_in_which_the_new_side_did_not_fail() -> None:
    counts = PairCounts()
    good, bad = Answer(200, ms=10), Answer(500, ms=10)
    for control, candidate in [(good, bad), (good, good), (bad, bad), (bad, good), (good, good)]:
        counts.add(pair(control, candidate), Verdict(Outcome.MATCHED), 1.5)
    assert counts.unfailing == 2
    assert counts.failing == (2, 3)


def test_pairs_of_another_stage_or_from_before_do_not_belong() -> None:
    window = Window("r", 100.0, "canary", 500)
    good = Answer(200)
    assert window.belongs(pair(good, good, stage="canary", percent=500, started=101.0))
    assert not window.belongs(pair(good, good, stage="canary", percent=500, started=99.0))
    assert not window.belongs(pair(good, good, stage="canary", percent=100, started=101.0))
    assert not window.belongs(pair(good, good, stage="shadow", started=101.0))


def test_when_the_new_side_failed_last_is_known() -> None:
    window = Window("r", 100.0, "shadow", None)
    window.look(Counted(), 101.0)
    assert window.failed_at == 0.0
    window.pairs.only_new = 1
    window.look(Counted(), 102.0)
    window.look(Counted(), 103.0)
    assert window.failed_at == 102.0
    window.look(Counted(SideCounts(9, 2)), 104.0)
    assert window.failed_at == 104.0
