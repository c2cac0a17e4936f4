"""Rows become fields; what has no meaning is refused with its place, what nobody reads ignored."""

import pytest

from contracts.feed.mapping import Convert, Field, Mapping, Misshapen, Untranslatable, number_sql

ARTICLE = Mapping(
    "goods",
    "article",
    "id",
    (
        Field("id", "id", Convert(int, "{}::text", reads=frozenset({"integer"}))),
        Field("weight", "grams", Convert(float, "{}::text", reads=frozenset({"text", "integer"}))),
    ),
)


def test_only_the_columns_that_are_there_are_translated() -> None:
    assert ARTICLE.translate({"id": "1"}) == {"id": 1}


def test_a_column_that_nobody_reads_is_ignored() -> None:
    assert ARTICLE.translate({"id": 1, "colour_of_the_day": "red"}) == {"id": 1}


@pytest.mark.parametrize("value", ["heavy", None, []])
def test_refusal_names_table_row_column_and_value(value: object) -> None:
    with pytest.raises(Untranslatable) as refused:
        ARTICLE.translate({"id": 17, "grams": value})  # type: ignore[dict-item]
    assert str(refused.value) == f"goods 17: grams = {value!r}"


def test_a_table_that_has_what_is_read_is_well_shaped() -> None:
    ARTICLE.check({"id": "integer", "grams": "text", "other": "json"})


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"id": "integer"}, "goods.grams is gone, and article needs it"),
        (
            {"id": "integer", "grams": "json"},
            "goods.grams has become json, and article needs integer or text",
        ),
    ],
)
def test_a_table_that_lost_a_column_or_its_kind_is_not(shape: dict[str, str], words: str) -> None:
    with pytest.raises(Misshapen, match=words):
        ARTICLE.check(shape)


def test_the_canonical_number_of_an_expression_names_it_three_times() -> None:
    assert number_sql("x.y").count("x.y") == 3
