"""Tables for the terminal."""

import pytest

from chassis.cli.tables import duration, table


def test_columns_fit_and_numbers_stand_to_the_right():
    text = table(("name", "pairs"), [("a", 12345), ("long name", None)])
    assert text.splitlines() == ["name        pairs", "a          12,345", "long name       –"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.9, "59 s"), (125, "2 min"), (7500, "2 h 5 min")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_texts_stand_to_the_right_where_that_is_asked_for():
    text = table(("name", "at most", "why"), [("a", "0.1%", "x"), ("b", "12%", "")], right=(1,))
    assert text.splitlines() == ["name  at most  why", "a        0.1%  x", "b         12%"]


def test_a_table_may_have_no_rows_or_no_head():
    assert table(("name", "pairs"), []) == "name  pairs"
    assert table((), [("a", 1)]) == "a  1"
