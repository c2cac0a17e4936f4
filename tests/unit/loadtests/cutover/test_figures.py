"""Waits, failures and gaps are counted as they are, and each bar can be missed."""

from loadtests.cutover import figures
from loadtests.cutover.figures import Gap, Spread


def test_a_spread_goes_by_nearest_rank() -> None:
    assert figures.spread([]) == Spread(0)
    assert figures.spread([2.0, 1.0]) == Spread(2, 1.0, 2.0, 2.0)
    hundred = figures.spread(number / 100 for number in range(1, 101))
    assert (hundred.p50, hundred.p99, hundred.worst) == (0.5, 0.99, 1.0)
    assert str(hundred) == "100: p50 500 ms, p99 990 ms, worst 1,000 ms"
    assert str(figures.spread([])) == "none"


def test_a_gap_says_whose_its_neighbours_are() -> None:
    numbers = {7: True, 8: True, 10: True, 13: False, 15: False}
    assert figures.gaps(numbers) == [Gap(8, 1, 2), Gap(10, 2, 1), Gap(13, 1, 0)]


def entry(kind: str, status: int, at: float, took: float = 0.1) -> dict[str, object]:
    return {"kind": kind, "status": status, "at": at, "took": took}


def test_what_never_came_or_was_an_error_failed() -> None:
    asked = {"kind": "asked", "text": "chaos-1"}
    answers = [entry("answered", status, 1.0) for status in (201, 202, 409, 0, 503)]
    assert [one["status"] for one in figures.failed([asked, *answers])] == [0, 503]


def test_writes_are_counted_by_whether_they_fell_into_a_move() -> None:
    entries = [
        entry("answered", 201, 10.5, 1.0),  # began before the move, and ended in it
        entry("cancelled", 200, 11.0, 0.5),
        entry("answered", 201, 13.0, 0.1),
        entry("answered", 503, 11.0, 9.0),
        entry("read", 200, 11.0, 9.0),
    ]
    within, rest = figures.took(entries, [(10.0, 12.0)])
    assert (within.count, within.worst, rest.count, rest.worst) == (2, 1.0, 1, 0.1)


def test_each_bar_can_be_missed() -> None:
    assert figures.objections(Spread(9, 0.25, 1.0, 5.0), 0, [Gap(3, 1, 1)]) == []
    missed = figures.objections(Spread(9, 0.3, 1.1, 5.1), 2, [Gap(3, 1, 2)])
    assert missed == [
        "writes waited 300 ms (p50): at most 250",
        "writes waited 1,100 ms (p99): at most 1,000",
        "writes waited 5,100 ms (worst): at most 5,000",
        "2 answers never came, or were errors",
        "after order number 3 1 are missing, between two orders of ours",
    ]
