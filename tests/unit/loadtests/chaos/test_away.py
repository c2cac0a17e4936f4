"""How long customers are watched around an absence of legacy."""

from loadtests.chaos.absence import RAMP_SECONDS
from loadtests.chaos.away import AFTER_SECONDS, BEFORE_SECONDS, around


def test_of_a_long_absence_for_so_long_as_the_report_needs() -> None:
    assert around(60.0) == (BEFORE_SECONDS, AFTER_SECONDS)
    assert around(300.0) == (BEFORE_SECONDS, AFTER_SECONDS)


def test_of_a_short_one_for_less_but_for_the_whole_ramp() -> None:
    assert around(15.0) == (7.5, 15.0)
    assert around(4.0) == (2.0, RAMP_SECONDS)
