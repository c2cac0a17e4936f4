"""The table of an idle stack: differences by process, sums, and no line for what is quiet."""

import os

from loadtests.bench.idle import Used, table, used


def test_the_busiest_stand_first_below_the_sums_and_the_quiet_are_left_out():
    before = {"facade": Used(1.0, 100, 50.0, 2), "nats": Used(2.0, 10), "mail": Used()}
    after = {
        "facade": Used(1.5, 200, 60.0, 2),
        "nats": Used(3.0, 40, 30.0, 1),
        "mail": Used(0.001, 1, 5.0, 1),
        "late": Used(9.0, 9, 9.0, 1),
    }
    assert table(before, after, 10.0).splitlines()[2:] == [
        "| all | 15.01 | 13 | 95 | 4 |",
        "| without PostgreSQL, NATS | 5.01 | 10 | 65 | 3 |",
        "| nats | 10.00 | 3 | 30 | 1 |",
        "| facade | 5.00 | 10 | 60 | 2 |",
    ]


def test_this_process_has_used_something_and_one_that_is_none_nothing():
    mine = used(os.getpid())
    assert mine.seconds > 0.0
    assert mine.memory > 1.0
    assert used(2**30) == Used()
