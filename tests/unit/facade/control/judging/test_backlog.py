"""The queue of pairs: bounded, fair, honest."""

from collections.abc import Callable

from facade.control.judging import backlog as backlogs
from facade.control.judging.backlog import Backlog, Waiting

Build = Callable[..., Waiting]


def test_routes_take_turns(waiting: Build) -> None:
    backlog = Backlog()
    for _ in range(200):
        backlog.put(waiting(route="busy"))
    backlog.put(waiting(route="quiet"))
    batch = backlog.batch()
    assert [one.pair.route for one in batch[:3]] == ["busy", "quiet", "busy"]
    assert len(batch) == backlogs.BATCH_PAIRS
    assert backlog.pairs == 201 - backlogs.BATCH_PAIRS


def test_the_longest_queue_loses_its_oldest(waiting: Build) -> None:
    backlog = Backlog(pairs=3)
    assert backlog.put(waiting(route="a", target="/1")) is None
    backlog.put(waiting(route="b"))
    backlog.put(waiting(route="a", target="/2"))
    assert backlog.put(waiting(route="b")) == "a"
    assert [one.pair.target for one in backlog.batch() if one.pair.route == "a"] == ["/2"]


def test_bytes_are_bounded_too(waiting: Build) -> None:
    backlog = Backlog(size=1_000)
    dropped = [backlog.put(waiting("x" * 200, "y" * 200)) for _ in range(5)]
    assert dropped == [None, None, "r", "r", "r"]
    assert backlog.bytes <= 1_000
    backlog.batch()
    assert (backlog.pairs, backlog.bytes) == (0, 0)


def test_an_empty_queue_gives_an_empty_batch() -> None:
    assert Backlog().batch() == []
