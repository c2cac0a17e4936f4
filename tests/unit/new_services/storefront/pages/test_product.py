"""An article's page."""

from tests.rigs.shop.storefront import PlayedShop, article, asked_for


def stocked(shop: PlayedShop, **pieces: int) -> None:
    shop.catalog.answers["/api/products/TNT-1"] = article("TNT-1")
    left = {f"TNT-1-{number[1:]}": count for number, count in pieces.items()}
    shop.inventory.answers["/internal/pieces"] = {"pieces": left}
    shop.session = {"customer": None, "csrf": "t0", "set_cookie": "session=new; Path=/"}


async def test_it_can_be_bought_as_long_as_a_piece_is_left(shop: PlayedShop) -> None:
    stocked(shop, _0=0, _1=2, _2=9)
    answer = await shop.browser.get("/product/tnt-1/")
    assert answer.status_code == 200 and answer.headers["set-cookie"] == "session=new; Path=/"
    text = " ".join(answer.text.split())
    assert 'value="t0"' in text and "Out &lt;there&gt;" in text and "March 2024" in text
    assert '<option value="TNT-1-0" disabled> red / L (Sold out) </option>' in text
    assert '<option value="TNT-1-1"> red / L – 59.90 € (Only 2 lefts) </option>' in text
    assert '<option value="TNT-1-2"> red / L </option>' in text
    assert '<p class="stock">In stock</p>' in text
    assert '<a href="/search?q=50%25">50%</a>' in text
    (asked,) = shop.inventory.asked
    assert asked_for(asked) == {"product": ["TNT-1"]}


async def test_a_new_session_is_not_given_where_there_is_no_form(shop: PlayedShop) -> None:
    stocked(shop, _0=0)
    answer = await shop.browser.get("/product/TNT-1")
    assert '<p class="stock none">Sold out</p>' in answer.text
    assert "/cart/add" not in answer.text and "set-cookie" not in answer.headers


async def test_with_the_inventory_away_it_says_so_and_every_variant_can_be_chosen(
    shop: PlayedShop,
) -> None:
    stocked(shop)
    shop.inventory.away = True
    answer = await shop.browser.get("/product/TNT-1")
    assert answer.status_code == 200
    assert '<p class="stock">How many are left cannot be seen just now</p>' in answer.text
    assert "disabled" not in answer.text and "/cart/add" in answer.text


async def test_with_accounts_away_there_is_no_form(shop: PlayedShop) -> None:
    stocked(shop, _0=5)
    shop.accounts.away = True
    answer = await shop.browser.get("/product/TNT-1")
    assert answer.status_code == 200
    assert "/cart/add" not in answer.text and "csrf" not in answer.text
    assert "Nothing can be put into the cart just now." in answer.text


async def test_an_inventory_that_is_behind_makes_the_page_decline(shop: PlayedShop) -> None:
    stocked(shop)
    shop.inventory.status, shop.inventory.headers = 503, {"fig-declined": "behind"}
    answer = await shop.browser.get("/product/TNT-1", headers={"Fig-After": "5"})
    assert (answer.status_code, answer.headers["fig-declined"]) == (503, "behind")


async def test_what_is_not_sold_is_not_there(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/product/NOPE")
    assert answer.status_code == 404
    assert "We do not have this article (any more)." in answer.text
