"""The cart's page and its forms."""

import pytest

from tests.rigs.shop.storefront import PlayedShop, asked_for, sellable

CART = {"cookie": "session=s; cart=A-1*2!B-1*4!GONE*1"}


def filled(shop: PlayedShop) -> None:
    shop.catalog.answers["/internal/variants"] = {"variants": [sellable("A-1"), sellable("B-1")]}
    shop.inventory.answers["/internal/pieces"] = {"pieces": {"A-1": 9, "B-1": 3, "C-1": 1}}
    shop.session = {"customer": None, "csrf": "t0", "set_cookie": None}


async def test_it_is_added_up(shop: PlayedShop) -> None:
    filled(shop)
    answer = await shop.browser.get("/cart", headers=CART)
    assert '<td class="number">199.60 €</td>' in answer.text, "of the second line"
    assert '<td class="number">299.40 €</td>' in answer.text, "of both"
    assert answer.text.count('<small class="short">Only 3 left</small>') == 1
    assert "GONE" not in answer.text
    (asked,) = shop.inventory.asked
    assert asked_for(asked) == {"sku": ["A-1", "B-1", "GONE"]}


async def test_an_empty_cart_asks_for_nothing(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/cart")
    assert "It is empty." in answer.text
    assert not shop.inventory.asked and "csrf" not in answer.text


async def test_what_has_no_stock_at_all_is_not_shown(shop: PlayedShop) -> None:
    filled(shop)
    shop.inventory.answers["/internal/pieces"] = {"pieces": {}}
    assert "It is empty." in (await shop.browser.get("/cart", headers=CART)).text


async def test_with_the_inventory_away_it_says_so(shop: PlayedShop) -> None:
    filled(shop)
    shop.inventory.away = True
    answer = await shop.browser.get("/cart", headers=CART)
    assert answer.text.count("How many are left cannot be seen just now") == 2
    assert "299.40 €" in answer.text


async def test_with_accounts_away_nothing_can_be_changed(shop: PlayedShop) -> None:
    filled(shop)
    shop.accounts.away = True
    answer = await shop.browser.get("/cart", headers=CART)
    assert "299.40 €" in answer.text and "The cart cannot be changed just now." in answer.text
    assert '<button class="button quiet">' not in answer.text and "/checkout" not in answer.text


async def test_without_the_catalog_there_is_no_cart(shop: PlayedShop) -> None:
    shop.catalog.away = True
    assert (await shop.browser.get("/cart", headers=CART)).status_code == 503
    assert (await shop.browser.get("/cart")).status_code == 200, "an empty one needs no catalog"


@pytest.mark.parametrize(
    ("path", "form", "notice", "value"),
    [
        ("add", {"sku": " c-1 ", "qty": "3"}, "added", "A-1*2!B-1*4!GONE*1!C-1*3"),
        ("add", {"sku": "B-1", "qty": "99"}, "added", "A-1*2!B-1*20!GONE*1"),
        ("add", {"sku": "<b>"}, "added", "A-1*2!B-1*4!GONE*1"),
        ("update", {"qty:A-1": "0", "qty:B-1": "21", "qty:C": "1"}, "updated", "B-1*20!GONE*1"),
        ("update", {"qty:A-1": "x", "qty:GONE": "0"}, "updated", "B-1*4"),
    ],
)
async def test_forms_change_it(
    shop: PlayedShop, path: str, form: dict[str, str], notice: str, value: str
) -> None:
    filled(shop)
    answer = await shop.browser.post(f"/cart/{path}", data=form | {"csrf": "t0"}, headers=CART)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/cart?ok={notice}")
    assert answer.headers["set-cookie"].startswith(f"cart={value}; Expires=")
    assert answer.headers["set-cookie"].endswith(
        "; Max-Age=2592000; HttpOnly; Path=/; SameSite=Lax"
    )
    (asked,) = shop.accounts.asked
    assert asked.body == b'{"cookie":"s","token":false}'


async def test_an_empty_one_goes_away(shop: PlayedShop) -> None:
    filled(shop)
    sent = {"cookie": "session=s; cart=A-1*2"}
    form = {"qty:A-1": "0", "csrf": "t0"}
    answer = await shop.browser.post("/cart/update", data=form, headers=sent)
    gone = "cart=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/; SameSite=Lax"
    assert answer.headers["set-cookie"] == gone
