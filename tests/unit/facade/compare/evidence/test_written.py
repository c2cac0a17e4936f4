"""Shares, bounds and times as people read them."""

import pytest

from facade.compare.evidence.written import bound, least, share, span


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.123, "12 %"), (0.0104, "1 %"), (0.00086, "0.086 %"),
     (0.001, "0.1 %"), (3e-6, "0.0003 %")],
)  # fmt: skip
def test_shares_have_two_digits_that_say_something(value: float, words: str) -> None:
    assert share(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(3 / 6768, "0.045 %"), (0.001, "0.1 %"), (0.0101, "1.1 %"), (0.0, "0 %"), (0.121, "13 %"),
     (0.2, "20 %"), (1.0, "100 %")],
)  # fmt: skip
def test_a_bound_is_never_rounded_down(value: float, words: str) -> None:
    assert bound(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (89.0, "89 s"), (90.0, "2 min"), (5_399.0, "90 min"), (5_400.0, "1.5 h"),
     (172_800.0, "2.0 days")],
)  # fmt: skip
def test_a_time_is_in_the_unit_people_would_use(seconds: float, words: str) -> None:
    assert span(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.00297, "0.29 %"), (0.001, "0.1 %"), (0.0, "0 %"), (0.129, "12 %")]
)
def test_a_bound_from_below_is_never_rounded_up(value: float, words: str) -> None:
    assert least(value) == words
