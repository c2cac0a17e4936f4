"""What must not be, of what readers and writers saw."""

import pytest

from loadtests.chaos.pairs.crowd import Read, Seen, Write
from loadtests.chaos.pairs.hits import Hit
from loadtests.chaos.pairs.report import at, objections, text


def test_all_is_well() -> None:
    seen = Seen([Read("/a", 200, 0.1), Read("/b", 404, 6.0)], [Write("w", 504, 30.5)])
    assert objections(seen, 30.0, {}) == []
    assert objections(seen, 30.0, {"w": 1}) == [], "nobody knows whether it was done"


@pytest.mark.parametrize(
    ("write", "times", "wrong"),
    [
        (Write("w", 201, 0.1), 0, "w was confirmed and is not there"),
        (Write("w", 201, 0.1), 2, "w was done 2 times"),
        (Write("w", 504, 30.0), 2, "w was done 2 times"),
        (Write("w", 402, 0.1), 1, "w was refused with 402 and is there"),
        (Write("w", 0, 5.0), 0, "w was answered 0 after 5.0 s"),
        (Write("w", 201, 33.0), 1, "w was answered 201 after 33.0 s"),
    ],
)
def test_what_must_not_be_of_a_write(write: Write, times: int, wrong: str) -> None:
    assert objections(Seen([], [write]), 30.0, {"w": times}) == [wrong]


def test_reads_that_failed_are_named_up_to_a_number() -> None:
    seen = Seen([Read("/a", 503, 0.1, "why")] * 7)
    first, *_, last = objections(seen, 30.0, {})
    assert first == "a read failed: /a with 503 after 0.1 s why"
    assert last == "and 2 more"


def test_the_figures() -> None:
    hits = [Hit("a", 0.0, 1.0), Hit("a-2", 4.0, 1.0)]
    seen = Seen(
        [Read("/a", 200, 0.1), Read("/a", 0, 7.0)], [Write("v", 201, 0.1), Write("w", 504, 30.0)]
    )
    said = text(hits, seen, 30.0)
    assert "2 hits: 1 killed, 1 frozen for 4 s in all" in said
    assert "2 reads, 1 failed" in said and "slowest 7.0 s" in said
    assert "2 writes: 1 201, 1 504" in said
    assert "1 of them waited longer than 2 s: 1 504; slowest 30.0 s of 30 s" in said
    assert at([], 0.5) == 0.0
