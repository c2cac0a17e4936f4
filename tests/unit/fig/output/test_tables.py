"""Tables for the terminal."""

import pytest

from fig.output.tables import duration, table


def test_columns_fit_and_numbers_stand_to_the_right():
    text = table(("name", "pairs"), [("a", 12345), ("long name", None)])
    assert text.splitlines() == ["name        pairs", "a          12,345", "long name       –"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.9, "59 s"), (125, "2 min"), (7500, "2 h 5 min")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text
