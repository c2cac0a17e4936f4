"""Whether a form was ours."""

import pytest

from tests.rigs.shop.storefront import PlayedShop

URL = "/cart/add"


@pytest.mark.parametrize("csrf", ["other", "", None, "ü"])
async def test_a_form_that_is_not_ours_is_refused(shop: PlayedShop, csrf: str | None) -> None:
    shop.session["csrf"] = "t0"
    answer = await shop.browser.post(URL, data={} if csrf is None else {"csrf": csrf})
    assert answer.status_code == 400
    assert "This form has expired." in answer.text and answer.headers["vary"] == "Cookie"


async def test_without_a_session_no_form_is_ours(shop: PlayedShop) -> None:
    assert (await shop.browser.post(URL, data={"csrf": ""})).status_code == 400


async def test_of_what_is_repeated_the_first_counts(shop: PlayedShop) -> None:
    shop.session["csrf"] = "t0"
    answer = await shop.browser.post(URL, data={"csrf": ["t0", "x"], "sku": ["A", "B"]})
    assert answer.status_code == 302 and answer.headers["set-cookie"].startswith("cart=A*1;")


async def test_forms_in_parts_are_read_as_well_and_files_are_not(shop: PlayedShop) -> None:
    shop.session["csrf"] = "t0"
    files = {"csrf": (None, "t0"), "sku": (None, "A"), "qty": ("2.txt", b"2")}
    answer = await shop.browser.post(URL, files=files)
    assert answer.status_code == 302 and answer.headers["set-cookie"].startswith("cart=A*1;")


async def test_with_accounts_away_no_form_can_be_checked(shop: PlayedShop) -> None:
    shop.accounts.away = True
    answer = await shop.browser.post(URL, data={"csrf": "t0"})
    assert answer.status_code == 503 and "set-cookie" not in answer.headers


async def test_a_form_without_end_is_not_read_to_the_end(shop: PlayedShop) -> None:
    read = 0

    async def endless():
        nonlocal read
        while True:
            read += 1 << 16
            yield b"x" * (1 << 16)

    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = await shop.browser.post(URL, content=endless(), headers=kind)
    assert answer.status_code == 413 and read <= (1 << 20) + (1 << 17)
