"""The section about the feed: percentiles, ratios, and the pace of the first reading."""

import pytest

from loadtests.bench.feed.feed import Backfill, report
from loadtests.bench.feed.pace import Times

TIMES = Times(
    committed={1: 100.0, 2: 101.0},
    decoded={1: 100.002, 2: 101.004},
    heard={1: 100.003, 2: 101.006},
    visible={2: 101.020},  # the first was overwritten before a look
)


def test_each_part_of_the_way_has_its_line():
    lines = report(200, Backfill(1000, 0.5, 3000, 2.0, 64.0), TIMES, {"feed": 0.01}).splitlines()
    assert "2 commits at 200/s, 1 of them seen." in lines[0]
    assert lines[4:8] == [
        "| decoded by a bare client | 4.0 ms | 4.0 ms |",
        "| received from the broker | 6.0 ms | 6.0 ms |",
        "| visible in the catalog | 20.0 ms | 20.0 ms |",
        "| ratio | 5.0 | 5.0 |",
    ]


@pytest.mark.parametrize(("seconds", "pace"), [(0.5, 2000), (0.1, 10000), (0.0, 10000)])
def test_a_first_reading_too_short_for_the_log_has_a_pace(seconds: float, pace: int):
    section = report(200, Backfill(1000, seconds, 3000, 2.0, 64.0), TIMES, {"feed": 0.01})
    assert f"**{pace} rows/s**" in section
