"""What somebody looks for, read from a query string; nonsense becomes the default."""

import pytest
from werkzeug.datastructures import MultiDict

from legacy_monolith.shop.listing import Listing, Query


def read(**args: str) -> Query:
    return Query.read(args)


def test_nothing_asked_is_the_first_page_by_name() -> None:
    assert read() == Query(words=(), category="", sort="name", page=1, per_page=24)


def test_words_are_split_on_whitespace() -> None:
    assert read(q="  merino \t HÖHE ").words == ("merino", "HÖHE")


def test_first_value_of_a_repeated_key_wins() -> None:
    args = MultiDict([("sort", "price"), ("sort", "name"), ("page", "2"), ("page", "9")])
    query = Query.read(args)
    assert (query.sort, query.page) == ("price", 2)


@pytest.mark.parametrize(
    ("given", "per_page"),
    [("5", 5), ("0", 24), ("-1", 24), ("abc", 24), ("100", 100), ("999", 100)],
)
def test_per_page_is_bounded(given: str, per_page: int) -> None:
    assert read(per_page=given).per_page == per_page


def test_unknown_sort_is_by_name() -> None:
    assert read(sort="colour").sort == "name"
    assert read(sort="-price").sort == "-price"


def test_nul_cannot_reach_the_database() -> None:
    query = read(q="a\0b", category="TEN\0TS")
    assert query.words == ("a", "b")
    assert query.category == "TENTS"


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (24, 1), (25, 2)])
def test_pages(total: int, pages: int) -> None:
    assert Listing([], {}, total, Query()).pages == pages
