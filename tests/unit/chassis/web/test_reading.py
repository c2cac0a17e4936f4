"""Numbers and content types are read as the monolith reads them."""

import pytest

from chassis.web.reading import is_json, whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        (" 3 ", 3),
        ("0", 7),
        ("-1", 7),
        ("x", 7),
        ("", 7),
        (None, 7),
        ("1.5", 7),
        ("9" * 5000, 7),
    ],
)  # fmt: skip
def test_what_is_no_whole_number_from_1_means_the_default(text: str | None, number: int) -> None:
    assert whole_number(text, 7) == number


@pytest.mark.parametrize(
    ("kind", "json"),
    [
        ("application/json", True), ("Application/JSON; charset=utf-8", True),
        ("application/problem+json", True), ("text/json", False), ("text/x+json", False),
        ("", False),
    ],
)  # fmt: skip
def test_a_body_is_json_where_it_says_so(kind: str, json: bool) -> None:
    assert is_json(kind) is json
