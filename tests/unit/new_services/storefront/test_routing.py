"""Paths and methods."""

import pytest

from tests.rigs.shop.storefront import PlayedShop


async def test_options_says_what_is_allowed(shop: PlayedShop) -> None:
    answer = await shop.browser.options("/")
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_head_has_the_headers_of_get(shop: PlayedShop) -> None:
    got, head = await shop.browser.get("/"), await shop.browser.head("/")
    assert head.status_code == 200
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize("path", ["//", "/nothing", "/img", "/search/more/"])
async def test_what_is_not_there_is_said_on_a_page(shop: PlayedShop, path: str) -> None:
    answer = await shop.browser.get(f"http://shop{path}")
    assert answer.status_code == 404
    assert "<h1>Nothing here</h1>" in answer.text
    assert "check your spelling and try again" in answer.text
    assert "vary" not in answer.headers
