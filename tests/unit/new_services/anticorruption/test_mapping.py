"""Legacy values in our words; what has no meaning is refused with its place."""

import pytest

from contracts.feed.mapping import Untranslatable
from new_services.anticorruption import tables
from new_services.anticorruption.mapping import flag, number, percentage, words


@pytest.mark.parametrize(
    ("written", "meant"),
    [("49", "49"), ("49.90", "49.90"), (" 7.5 ", "7.5"), ("", "0"), (None, "0"), ("1E+2", "100")],
)
def test_number(written, meant):
    assert number.call(written) == meant


@pytest.mark.parametrize("written", ["12,50", "free", "NaN", "Infinity"])
def test_what_is_no_number_is_refused(written):
    with pytest.raises((ValueError, ArithmeticError)):
        number.call(written)


@pytest.mark.parametrize(("written", "meant"), [(None, ""), ("", ""), (" 15", "15"), ("0", "0")])
def test_percentage_keeps_how_it_was_written(written, meant):
    assert percentage.call(written) == meant


def test_flag():
    assert (flag.call("Y"), flag.call("N")) == (True, False)


def test_words():
    assert words.call("hiking, waterproof,,sale ,") == ["hiking", "waterproof", "sale"]


def test_only_the_columns_that_are_there_are_translated():
    assert tables.PRODUCT.mapping().translate({"id": 1, "tags": "a, b"}) == {
        "id": 1,
        "tags": ["a", "b"],
        "tags_text": "a, b",
    }


@pytest.mark.parametrize(("column", "value"), [("active", "J"), ("price", "12,50"), ("price", 3)])
def test_refusal_names_table_row_column_and_value(column, value):
    with pytest.raises(Untranslatable) as refused:
        tables.PRODUCT.mapping().translate({"id": 17, column: value})
    assert str(refused.value) == f"product 17: {column} = {value!r}"
