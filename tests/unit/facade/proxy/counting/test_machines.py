"""What is counted of machines."""

from facade.proxy.counting.machines import MachineCounts


def test_nothing_is_said_before_something_was_counted() -> None:
    counts = MachineCounts()
    assert counts.snapshot() == {}
    counts.refused += 1
    for reason in ("ended", "scope", "ended"):
        counts.because(reason)
    found = counts.snapshot()
    assert (found["refused"], found["reasons"]) == (1, {"ended": 2, "scope": 1})
