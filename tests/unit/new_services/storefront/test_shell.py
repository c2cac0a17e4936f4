"""What stands around every page."""

import pytest

from chassis.web import headers
from tests.rigs.shop.storefront import PlayedShop

SESSION = {"cookie": "session=abc"}


async def test_a_stranger_is_offered_the_login_and_accounts_is_not_asked(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/", headers={"cookie": "cart=A-1*2!B-1*3"})
    assert '<a href="/login">Log in</a>' in answer.text
    assert '<a class="basket" href="/cart">Cart <b>5</b></a>' in answer.text
    assert not shop.accounts.asked and "set-cookie" not in answer.headers


async def test_a_customer_finds_the_way_out_with_the_token_of_the_form(shop: PlayedShop) -> None:
    shop.log_in()
    answer = await shop.browser.get("/", headers=SESSION)
    assert 'name="csrf" value="t0k&lt;en"' in answer.text
    assert 'title="Anna O&#39;Neill">Log out</button>' in answer.text
    assert "/admin/products" not in answer.text and "/login" not in answer.text
    (asked,) = shop.accounts.asked
    assert asked.body == b'{"cookie":"abc","token":true}'
    assert asked.headers["authorization"] == "Bearer proof for accounts"


async def test_the_staff_finds_the_back_office(shop: PlayedShop) -> None:
    shop.log_in(is_admin=True)
    answer = await shop.browser.get("/", headers=SESSION)
    assert '<a href="/admin/products">Admin</a>' in answer.text


async def test_a_new_session_is_given_only_with_a_form_that_needs_it(shop: PlayedShop) -> None:
    shop.session = {"customer": None, "csrf": "new", "set_cookie": "session=new; Path=/"}
    answer = await shop.browser.get("/", headers=SESSION)
    assert "set-cookie" not in answer.headers, "this page has no form for strangers"


async def test_with_accounts_away_the_page_comes_and_says_so(shop: PlayedShop) -> None:
    shop.accounts.away = True
    answer = await shop.browser.get("/", headers=SESSION)
    assert answer.status_code == 200
    assert "Your account cannot be reached just now" in answer.text
    assert "/login" not in answer.text and "csrf" not in answer.text


@pytest.mark.parametrize(
    ("key", "words"), [("hello", "Good to see you again."), ("<b>", ""), ("", "")]
)
async def test_a_notice_is_known_by_its_key(shop: PlayedShop, key: str, words: str) -> None:
    answer = await shop.browser.get("/", params={"ok": key, "x": "ü"})
    assert ('<p class="notice" role="status">' in answer.text) is bool(words)
    assert words in answer.text


async def test_what_the_client_wrote_last_is_passed_on_and_the_oldest_answer_counts(
    shop: PlayedShop,
) -> None:
    shop.catalog.headers = {"fig-watermark": "700", "fig-waited": "15"}
    answer = await shop.browser.get("/", headers={headers.AFTER: "600", headers.ALONE: "1"})
    assert (answer.headers[headers.WATERMARK], answer.headers[headers.WAITED]) == ("700", "15")
    for asked in shop.catalog.asked:
        assert (asked.headers[headers.AFTER], asked.headers[headers.ALONE]) == ("600", "1")


async def test_a_read_model_that_is_behind_makes_the_page_decline(shop: PlayedShop) -> None:
    shop.catalog.status = 503
    shop.catalog.headers = {"fig-declined": headers.BEHIND}
    answer = await shop.browser.get("/")
    assert (answer.status_code, answer.headers[headers.DECLINED]) == (503, headers.BEHIND)
    assert "<h1>Back in a moment</h1>" in answer.text
    assert not any(shop.catalog.failed), "to decline is no failure of the service"
