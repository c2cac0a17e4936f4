"""Query strings of lists: nothing is an error, everything has a meaning."""

import pytest

from new_services.catalog.schemas import ListQuery, parse_list_query


def parsed(text: str) -> ListQuery:
    return parse_list_query(text.encode())


def test_defaults():
    assert parsed("") == ListQuery((), "", "name", 1, 24)


def test_everything_said():
    query = parsed("q=Dry+tent&category=tents&sort=-price&page=3&per_page=7")
    assert query == ListQuery(("Dry", "tent"), "tents", "-price", 3, 7)
    assert query.offset == 14


@pytest.mark.parametrize("text", ["page=0", "page=-1", "page=x", "page=", "page=2.0"])
def test_a_page_that_is_none_is_the_first(text):
    assert parsed(text).page == 1


@pytest.mark.parametrize(
    ("text", "per_page"), [("0", 24), ("x", 24), ("100", 100), ("101", 100), ("9" * 30, 100)]
)
def test_per_page(text, per_page):
    assert parsed(f"per_page={text}").per_page == per_page


def test_the_first_of_repeated_keys_wins():
    assert parsed("sort=price&sort=newest").sort == "price"


def test_unknown_sort_is_by_name():
    assert parsed("sort=colour").sort == "name"


def test_what_no_text_can_hold_is_left_out():
    assert parsed("q=a%00b&category=%00") == ListQuery(("a", "b"), "", "name", 1, 24)


def test_bytes_that_are_no_text_are_replaced():
    assert parse_list_query(b"q=%FF\xff").words == ("\ufffd\ufffd",)
