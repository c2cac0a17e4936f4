"""The table of bench-read: medians, ratios, and where it goes on the page."""

from loadtests.bench.read.page import section
from loadtests.bench.rounds import Figures


def rounds():
    old = [Figures(rate, 10.0, 20.0, 4.0, 0) for rate in (90.0, 100.0, 500.0)]
    new = [Figures(rate, 1.0, 2.0, 0.5, failed) for rate, failed in ((400.0, 1), (600.0, 0))]
    return {"search": {"monolith": old, "new side": new}, "a year": {"new side": new}}


def test_ratios_are_of_medians_and_failures_add_up():
    lines = section(rounds(), "Filled.", 1_000_000, "2 × Chip").splitlines()
    assert "1,000,000 orders" in lines[0]
    (search,) = [line for line in lines if line.startswith("| search | new side")]
    assert search.endswith("| 1.0 | 2.0 | 0.50 | 1 | **5.0 ×** | 8.0 × |")
    (year,) = [line for line in lines if line.startswith("| a year")]
    assert "×" not in year, "nothing stands beside it"
    assert lines[-1] == "Filled."
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1
