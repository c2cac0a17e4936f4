"""For programs."""

import pytest

from tests.rigs.shop.storefront import PlayedShop

SVG = "image/svg+xml; charset=utf-8"


async def test_a_style_sheet_is_asked_for_again_and_sent_once(shop: PlayedShop) -> None:
    first = await shop.browser.get("/static/shop.css")
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    assert first.headers["content-disposition"] == "inline; filename=shop.css"
    known = {"if-none-match": first.headers["etag"]}
    again = await shop.browser.get("/static/shop.css", headers=known)
    assert (again.status_code, again.content) == (304, b"")


async def test_a_picture_is_drawn_in_its_colour(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/img/tent-orange.svg")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert answer.headers["content-type"] == SVG and "#dd7338" in answer.text
    assert "vary" not in answer.headers


@pytest.mark.parametrize("name", ["tent-pink", "x-blue", "..%2Ftent-blue", "a-b-c"])
async def test_no_such_picture(shop: PlayedShop, name: str) -> None:
    assert (await shop.browser.get(f"/img/{name}.svg")).status_code == 404


@pytest.mark.parametrize("path", ["", "nothing.css", "..%2Fapp.py", "%2Fetc%2Fpasswd", "a%00b"])
async def test_nothing_but_static_files_is_read(shop: PlayedShop, path: str) -> None:
    assert (await shop.browser.get(f"/static/{path}")).status_code == 404


async def test_all_services_may_be_away(shop: PlayedShop) -> None:
    for service in shop.services.values():
        service.away = True
    robots = await shop.browser.get("/robots.txt")
    assert (robots.status_code, robots.headers["content-type"]) == (
        200,
        "text/plain; charset=utf-8",
    )
    icon = await shop.browser.get("/favicon.ico")
    assert (icon.status_code, icon.headers["location"]) == (302, "/static/favicon.svg")
    assert (await shop.browser.get("/static/favicon.svg")).headers["content-type"] == SVG
