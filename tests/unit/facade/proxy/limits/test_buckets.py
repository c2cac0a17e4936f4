"""Requests are taken of all limits or of none."""

from pathlib import Path

from facade.proxy.limits.buckets import LONGEST_KNOWN, MOST_KNOWN, Buckets, Wanted
from facade.routes.limits.limit import Limit
from facade.runtime.debts import Debts
from facade.runtime.memory import HostMemory

NOW = 1_000_000_000_000


def limit(name: str, burst: int, *, enforced: bool = True) -> Limit:
    return Limit(name, 1_000_000_000, burst, (), enforced, b"")


def wanted(*limits: Limit) -> list[Wanted]:
    return [(one, ("client", "192.0.2.7")) for one in limits]


def test_none_is_taken_where_one_refuses(tmp_path: Path) -> None:
    buckets = Buckets(HostMemory(tmp_path), lambda: NOW)
    two, three = limit("two", 2), limit("three", 3)
    seen = [[one.arrival.left for one in buckets.take(wanted(two, three)) or ()] for _ in range(4)]
    assert seen == [[1, 2], [0, 1], [-1, 0], [-1, 0]], "three keeps its last one"


def test_one_that_only_counts_holds_no_request_up(tmp_path: Path) -> None:
    buckets = Buckets(HostMemory(tmp_path), lambda: NOW)
    shadow, three = limit("one", 1, enforced=False), limit("three", 3)
    seen = [
        [one.arrival.left for one in buckets.take(wanted(shadow, three)) or ()] for _ in range(4)
    ]
    assert seen == [[0, 2], [-1, 1], [-1, 0], [-1, -1]]


def test_without_the_lock_it_goes_on_and_says_so(tmp_path: Path) -> None:
    buckets = Buckets(HostMemory(tmp_path), lambda: NOW)
    buckets.take(wanted(limit("two", 2)))
    paused = Debts(tmp_path / "limits")
    assert paused.lock()
    (taken,) = buckets.take(wanted(limit("two", 2))) or ()
    assert (taken.locked, taken.arrival.left) == (False, 0)
    paused.unlock()
    (taken,) = buckets.take(wanted(limit("two", 2))) or ()
    assert taken.locked and taken.arrival.refused


def test_what_is_remembered_of_keys_is_bounded(tmp_path: Path) -> None:
    buckets = Buckets(HostMemory(tmp_path), lambda: NOW)
    two = limit("two", 2)
    long = [(two, ("header:X", "a" * (LONGEST_KNOWN + number))) for number in (1, 2)]
    seen = [(buckets.take([one]) or ())[0].arrival.left for one in (*long, *long)]
    assert seen == [1, 1, 0, 0], "a long key is a key, and only not remembered"
    for number in range(MOST_KNOWN + 10):
        buckets.take([(two, ("client", str(number)))])
    assert len(buckets._digests) <= MOST_KNOWN
