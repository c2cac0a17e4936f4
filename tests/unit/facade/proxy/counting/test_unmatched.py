"""Counts by method and shape: bounded, and none is lost."""

from hypothesis import given
from hypothesis import strategies as st

from facade.proxy.counting.sides import SideCounts
from facade.proxy.counting.unmatched import UnmatchedCounts

OTHERS = "* (others)"


def requests(counts: UnmatchedCounts) -> dict[str, int]:
    return {name: shape["requests"]["legacy"] for name, shape in counts.snapshot().items()}


def test_a_shape_has_status_latency_and_failures_and_counts_for_all() -> None:
    whole = SideCounts()
    counts = UnmatchedCounts(whole)
    counts.of(b"GET", "/product/17").answered(200, 0.005)
    counts.of(b"GET", "/product/18").answered(502, 0.005)
    counts.of(b"GET", "/product/18").failed("connect")
    counts.of(b"PUT", "/product/18").answered(404, 0.005)
    shape = counts.snapshot()["GET /product/<id>"]
    assert shape["requests"] == {"legacy": 2}
    assert shape["status"] == {"legacy": {"2xx": 1, "5xx": 1}}
    assert shape["failures"] == {"legacy.connect": 1}
    assert list(shape["latency"]["legacy"].values()) == [2]
    assert (whole.requests, whole.status[2:6], whole.failures) == (3, [1, 0, 1, 1], {"connect": 1})


@given(st.lists(st.text(max_size=30), max_size=300))
def test_shapes_are_bounded_and_nothing_is_lost(paths: list[str]) -> None:
    whole = SideCounts()
    counts = UnmatchedCounts(whole, most=10)
    under_way = [counts.of(b"GET", "/" + path) for path in paths]
    for one in under_way:
        one.answered(200, 0.001)
    assert sum(requests(counts).values()) == whole.requests == len(paths)
    assert len(requests(counts)) <= 11


def test_a_new_shape_takes_the_place_of_the_one_least_used() -> None:
    counts = UnmatchedCounts(SideCounts(), most=2)
    for path in ("/a", "/a", "/b", "/c", "/d", "/a"):
        counts.of(b"GET", path).answered(200, 0.001)
    assert requests(counts) == {"GET /a": 3, "GET /d": 1, OTHERS: 2}
