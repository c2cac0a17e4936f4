"""When a step is done, when it waits on, when it never will be."""

from __future__ import annotations

import pytest

from fig.demo.judge.sample import Load, Orders, Pairs, RouteSample, Sample
from fig.demo.script.conditions import (
    Caught,
    Clean,
    Finished,
    Moved,
    Now,
    Recovered,
    Shoppers,
    Since,
)

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


class TestTogether:
    """Routes that share their fate, and of which some are asked seldom."""

    def now(self, stage: str, *counts: tuple[int, int]) -> Now:
        def at(seconds: float, sides: list[tuple[int, int]]) -> Sample:
            routes = {
                name: RouteSample(name, stage, None, {"legacy": legacy, "new": new}, {})
                for name, (legacy, new) in zip("ab", sides, strict=True)
            }
            return Sample(seconds, "v", ("v",), routes)

        zero = [(0, 0), (0, 0)]
        samples = [at(0.0, zero), at(2.5, zero), at(9.0, list(counts))]
        return Moved(("a", "b"), stage, together=True).check(Since(samples)).now

    def test_one_that_nobody_asks_is_no_objection(self) -> None:
        assert self.now("new", (0, 9), (0, 0)) is Now.MET

    def test_one_that_goes_the_wrong_way_is(self) -> None:
        assert self.now("new", (0, 9), (1, 0)) is Now.WAITING
        assert self.now("shadow", (9, 0), (0, 1)) is Now.WAITING

    def test_a_canary_needs_both_sides_among_them(self) -> None:
        assert self.now("canary", (0, 9), (9, 0)) is Now.MET
        assert self.now("canary", (0, 9), (0, 3)) is Now.WAITING

    def test_no_traffic_at_all_shows_nothing(self) -> None:
        assert self.now("new", (0, 0), (0, 0)) is Now.WAITING


class TestFinished:
    def now(self, oldest: float | None, time: float = 110.0) -> Now:
        first = Sample(1.0, "v", ("v",), {}, Load(time=100.0))
        waiting = Orders(pending=3, finished=2, waiting=1, oldest=oldest)
        last = Sample(9.0, "v", ("v",), {}, Load(time=time, orders=waiting))
        return Finished().check(Since([first, last])).now

    def test_an_order_from_before_still_waits(self) -> None:
        assert self.now(oldest=99.0) is Now.WAITING

    def test_one_that_came_later_is_another_story(self) -> None:
        assert self.now(oldest=105.0) is Now.MET
        assert self.now(oldest=None) is Now.MET

    def test_old_figures_say_nothing(self) -> None:
        assert self.now(oldest=None, time=100.0) is Now.WAITING


def test_recovered_is_when_no_route_is_held_back_and_no_client_sent_away_any_more() -> None:
    def at(time: float, joined: int, away: int = 0, *held: str) -> Sample:
        load = Load(orders=Orders(registrations=joined), excused={"POST /register": away})
        return Sample(time, "v", ("v",), {}, load, held_back=held)

    def standing(*samples: Sample) -> Now:
        return Recovered().check(Since(samples)).now

    first = at(0.0, 5, 3)
    assert standing(first, at(4.0, 6, 3, "read ramp")) is Now.WAITING
    assert standing(first, at(4.0, 5, 3)) is Now.WAITING  # nobody could open an account
    assert standing(first, at(1.0, 6, 3)) is Now.WAITING  # too soon to say
    assert standing(first, at(4.0, 6, 3), at(5.0, 7, 4)) is Now.WAITING  # one was sent away
    assert standing(first, at(4.0, 6, 4), at(8.0, 7, 4)) is Now.MET
