"""When a step is done, when it waits on, when it never will be."""

from __future__ import annotations

import pytest

from fig.demo.conditions import Caught, Clean, Moved, Now, Shoppers, Since
from fig.demo.record import Load, Pairs, RouteSample, Sample

ROUTE = ("r",)
NONE = Pairs()


def sample(
    at: float = 0.0, legacy: int = 0, new: int = 0, pairs: Pairs = NONE, fallbacks: int = 0
) -> Sample:
    requests = {"legacy": legacy, "new": new}
    return Sample(
        at, "v", ("v",), {"r": RouteSample("r", "s", None, requests, {}, pairs, fallbacks)}
    )


class TestMoved:
    def standing(self, stage: str, *samples: Sample) -> Now:
        return Moved(ROUTE, stage).check(Since(samples)).now

    def test_requests_under_way_do_not_count(self) -> None:
        early = [sample(0.0, 0, 0), sample(0.5, 5, 5)]
        slow = [sample(2.5, 6, 20), sample(3.0, 7, 30)]
        later = [sample(3.5, 7, 50), sample(5.0, 7, 90)]
        assert self.standing("new", *early) is Now.WAITING
        assert self.standing("new", *early, *slow, *later[:1]) is Now.WAITING
        assert self.standing("new", *early, *slow, *later) is Now.MET

    def test_an_answer_from_the_wrong_side_must_not_come_later(self) -> None:
        good = [sample(0.0), sample(2.5, 5, 20), sample(7.0, 5, 90)]
        assert self.standing("new", *good) is Now.MET
        leak = [sample(9.0, 6, 120), sample(12.0, 6, 180)]
        assert self.standing("new", *good, *leak) is Now.WAITING

    def test_a_fallback_is_not_the_wrong_side(self) -> None:
        samples = [sample(0.0), sample(2.5, 5, 20), sample(9.5, 6, 90, fallbacks=1)]
        assert self.standing("new", *samples) is Now.MET

    @pytest.mark.parametrize("stage", ["legacy", "shadow", "canary", "new"])
    def test_no_traffic_shows_nothing(self, stage: str) -> None:
        assert self.standing(stage, sample(0.0), sample(2.5), sample(9.0)) is Now.WAITING

    def test_a_canary_needs_both_sides(self) -> None:
        one_side = [sample(0.0), sample(2.5, 5, 0), sample(4.5, 60, 0)]
        assert self.standing("canary", *one_side) is Now.WAITING
        assert self.standing("canary", *one_side, sample(5.0, 60, 1)) is Now.MET


class TestCaught:
    def test_needs_enough_pairs_and_a_difference(self) -> None:
        def now(completed: int, mismatched: int) -> Now:
            pairs = Pairs(completed=completed, mismatched=mismatched)
            return Caught(ROUTE, 50).check(Since([sample(pairs=pairs)])).now

        assert (now(49, 9), now(50, 0), now(50, 1)) == (Now.WAITING, Now.WAITING, Now.MET)


class TestClean:
    def test_one_difference_ends_it(self) -> None:
        pairs = Pairs(completed=900, matched=899, mismatched=1)
        standing = Clean(ROUTE, 100).check(Since([sample(pairs=pairs)]))
        assert standing.now is Now.NEVER
        assert standing.words == "1 of 900 pairs differ"

    def test_the_route_with_the_fewest_decides(self) -> None:
        since = Since([sample(pairs=Pairs(completed=99, matched=99))])
        assert Clean(ROUTE, 100).check(since).now is Now.WAITING


def test_shoppers_that_get_no_answers_are_not_there() -> None:
    one = Sample(0.0, "v", ("v",), {}, Load(users=40, rps=0.0))
    assert Shoppers(40).check(Since([one])).now is Now.WAITING
