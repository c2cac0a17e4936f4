"""The search and the categories."""

import pytest

from new_services.storefront.pages.lists import Query
from tests.rigs.shop.storefront import PlayedShop, asked_for


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ({}, Query("", "", "name", 1, 24)),
        ({"q": " a\0b  c ", "sort": "-price"}, Query("a b c", "", "-price", 1, 24)),
        ({"sort": "NAME", "page": "0", "per_page": "x"}, Query("", "", "name", 1, 24)),
        ({"category": "T\0", "per_page": "999", "page": "3"}, Query("", "T", "name", 3, 100)),
    ],
)
def test_what_makes_no_sense_is_the_default(said: dict[str, str], query: Query) -> None:
    assert Query.read(said) == query


def test_the_category_of_the_path_counts() -> None:
    assert Query.read({"category": "X"}, "TENTS").category == "TENTS"


async def test_no_number_is_too_large_to_be_asked(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/search", params={"page": "9" * 400})
    assert answer.status_code == 200
    (asked,) = [each for each in shop.catalog.asked if "/api/products" in each.path]
    assert asked_for(asked)["page"] == ["1000000000"]


async def test_what_the_shop_does_not_know_stays_in_the_links(shop: PlayedShop) -> None:
    shop.catalog.answers["/api/products"]["total"] = 30
    answer = await shop.browser.get("/search?utm=%C3%BC&ok=hello&sort=price&page=1&q=t")
    assert 'href="/search?utm=%C3%BC&amp;sort=price&amp;page=2&amp;q=t" rel="next"' in answer.text
    assert 'href="/search?utm=%C3%BC&amp;sort=newest&amp;page=1&amp;q=t"' in answer.text
    assert 'price&amp;page=1&amp;q=t" class="here"' in answer.text


async def test_a_category_shows_where_it_is(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/category/TENTS?code=X&category=Y")
    assert '› <a href="/category/CAMPING">Camping</a>' in answer.text
    assert '<a href="/category/CAMPING" class="here">' in answer.text
    assert "<h1>Zelte &amp; &lt;Tarps&gt; <small>2 articles</small></h1>" in answer.text
    assert 'href="/category/TENTS?category=Y&amp;sort=price&amp;page=1"' in answer.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/category/NOPE", 404, "We have no such category."),
        ("/category/NOPE%00", 404, "We have no such category."),
        ("/category/TENTS%00", 400, "bad input"),
    ],
)
async def test_no_such_category(shop: PlayedShop, path: str, status: int, words: str) -> None:
    answer = await shop.browser.get(path)
    assert answer.status_code == status and words in answer.text


async def test_nothing_is_found(shop: PlayedShop) -> None:
    shop.catalog.answers["/api/products"] = {"products": [], "total": 0}
    answer = await shop.browser.get("/search?q=%3Cb%3E")
    assert "Nothing found for “&lt;b&gt;”." in answer.text


async def test_a_category_is_not_unknown_because_the_catalog_is_away(shop: PlayedShop) -> None:
    shop.catalog.away = True
    assert (await shop.browser.get("/category/TENTS")).status_code == 503
