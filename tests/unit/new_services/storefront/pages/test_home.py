"""The first page."""

import pytest

from chassis.web import headers
from tests.rigs.shop.storefront import PlayedShop, asked_for


async def test_it_shows_categories_reduced_articles_and_new_ones(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/")
    assert (answer.status_code, answer.headers["vary"]) == (200, "Cookie")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<a href="/category/CAMPING">' in answer.text
    assert '<img src="/img/tent-orange.svg" alt="" width="120"' in answer.text
    assert "Zelte" not in answer.text, "only the big ones"
    assert "−20 %" in answer.text and "<s>62.38 €</s>" in answer.text
    newest = [each for each in shop.catalog.asked if each.path.startswith("/api/products")]
    assert [asked_for(each) for each in newest] == [{"sort": ["newest"], "per_page": ["8"]}]


async def test_without_the_catalog_there_is_no_such_page(shop: PlayedShop) -> None:
    shop.catalog.away = True
    answer = await shop.browser.get("/")
    assert answer.status_code == 503
    assert "<h1>Back in a moment</h1>" in answer.text
    assert "A part of the shop cannot be reached" in answer.text
    assert headers.DECLINED not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PURGE"])
async def test_only_reading_is_allowed(shop: PlayedShop, method: str) -> None:
    answer = await shop.browser.request(method, "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "<h1>Not like this</h1>" in answer.text
    assert not shop.catalog.asked
