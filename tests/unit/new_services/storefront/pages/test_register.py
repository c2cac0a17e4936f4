"""The page that opens an account."""

from typing import Any

import orjson
import pytest

from tests.rigs.shop.storefront import PlayedShop

FORM = {"email": " a@b.de ", "name": "Eva <1>", "street": "", "zip": "1", "city": "x",
        "password": " pass word ", "csrf": "t0k"}  # fmt: skip
PATH = "/registrations/form"


@pytest.fixture(autouse=True)
def filled(shop: PlayedShop) -> None:
    shop.session = {"customer": None, "csrf": "t0k", "set_cookie": "session=new; Path=/"}
    shop.accounts.answers[PATH] = {"set_cookie": "session=eva; Path=/"}


async def register(shop: PlayedShop, **fields: str) -> Any:
    said = {"cookie": "session=stranger"}
    return await shop.browser.post("/register", data={**FORM, **fields}, headers=said)


async def test_the_form_gives_a_stranger_a_session(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/register")
    assert answer.status_code == 200
    assert answer.headers["set-cookie"] == "session=new; Path=/"
    assert 'name="csrf" value="t0k"' in answer.text and 'name="email" value=""' in answer.text


async def test_a_new_customer_is_welcome_and_logged_in(shop: PlayedShop) -> None:
    answer = await register(shop)
    assert (answer.status_code, answer.headers["location"]) == (302, "/?ok=welcome")
    assert answer.headers["set-cookie"] == "session=eva; Path=/"
    (sent,) = [each for each in shop.accounts.asked if each.path == PATH]
    assert orjson.loads(sent.body) == {
        "email": "a@b.de", "name": "Eva <1>", "street": "", "zip": "1", "city": "x",
        "password": " pass word ",
    }  # fmt: skip


@pytest.mark.parametrize(("status", "shown"), [(400, 200), (202, 202)])
async def test_a_problem_is_shown_with_what_was_typed(
    shop: PlayedShop, status: int, shown: int
) -> None:
    shop.accounts.answers[PATH] = (status, {"problem": "Not <so>."})
    answer = await register(shop)
    assert answer.status_code == shown
    assert "Not &lt;so&gt;." in answer.text and 'value="Eva &lt;1&gt;"' in answer.text
    assert "pass word" not in answer.text


async def test_a_refusal_is_an_error_page(shop: PlayedShop) -> None:
    shop.accounts.answers[PATH] = (400, {"error": "bad input"})
    answer = await register(shop)
    assert answer.status_code == 400 and "bad input" in answer.text


async def test_a_form_that_is_not_ours_is_refused(shop: PlayedShop) -> None:
    assert (await register(shop, csrf="other")).status_code == 400
    assert [each for each in shop.accounts.asked if each.path == PATH] == []


async def test_without_accounts_there_is_no_account(shop: PlayedShop) -> None:
    shop.accounts.away = True
    assert (await register(shop)).status_code == 503
