"""The checkout: what it asks orders for, and what its answers become."""

from typing import Any

import orjson
import pytest

from chassis.web import headers
from contracts.orders import KEY_IS_SPENT
from tests.rigs.shop.storefront import PlayedShop

IDENTIFIED = {headers.IDENTITY: "token", headers.SESSION: "sealed", headers.TABLE: "abc"}
KEY = "k" * 22
COOKIES = f"session=x; cart=TNT-1-0*2; checkout={KEY}"
FORM = {"csrf": "t0k<en", "pay_method": "card", "name": " Anna ", "street": "Gasse 1",
        "zip": "6020", "city": "Innsbruck", "po_number": " "}  # fmt: skip
VARIANT = {"sku": "TNT-1-0", "color": "green", "size": "2P", "price": "129.00",
           "product": {"sku": "TNT-1", "name": "Zelt", "img": "/img/tent-green.svg"}}  # fmt: skip


@pytest.fixture(autouse=True)
def filled(shop: PlayedShop) -> None:
    shop.log_in()
    shop.catalog.answers["/internal/variants"] = {"variants": [VARIANT]}
    shop.services["inventory"].answers["/internal/pieces"] = {"pieces": {"TNT-1-0": 5}}


def answering(shop: PlayedShop, status: int, body: Any) -> None:
    shop.services["orders"].answers["/api/orders"] = body
    shop.services["orders"].status = status


async def send(shop: PlayedShop, **changes: str) -> Any:
    said = {**IDENTIFIED, "cookie": COOKIES}
    return await shop.browser.post("/checkout", data={**FORM, **changes}, headers=said)


async def test_each_form_has_a_key_of_its_own(shop: PlayedShop) -> None:
    said = {**IDENTIFIED, "cookie": "session=x; cart=TNT-1-0*2"}
    given = [
        (await shop.browser.get("/checkout", headers=said)).headers["set-cookie"] for _ in "ab"
    ]
    assert given[0] != given[1]
    assert all(each.endswith("; HttpOnly; Path=/checkout; SameSite=Lax") for each in given)


async def test_an_order_is_placed_by_the_forms_key(shop: PlayedShop) -> None:
    answering(shop, 201, {"order_no": "SO-2026-000017"})
    answer = await send(shop)
    assert (answer.status_code, answer.headers["location"]) == (302, "/orders/SO-2026-000017?new=Y")
    emptied, spent = answer.headers.get_list("set-cookie")
    assert emptied.startswith("cart=;") and spent.startswith("checkout=; Max-Age=0")
    (asked,) = shop.services["orders"].asked
    assert orjson.loads(asked.body) == {
        "lines": [{"sku": "TNT-1-0", "qty": 2}],
        "pay_method": "card",
        "po_number": None,
        "ship": {"name": "Anna", "street": "Gasse 1", "zip": "6020", "city": "Innsbruck"},
    }
    assert asked.headers[headers.IDEMPOTENCY_KEY] == KEY
    assert {name: asked.headers[name] for name in IDENTIFIED} == IDENTIFIED


@pytest.mark.parametrize("key", ["", "short", "k" * 23, "k" * 21 + "<"])
async def test_a_key_that_was_not_given_here_is_none(shop: PlayedShop, key: str) -> None:
    answering(shop, 201, {"order_no": "SO-1"})
    cookies = f"session=x; cart=TNT-1-0*2; checkout={key}"
    await shop.browser.post("/checkout", data=FORM, headers={**IDENTIFIED, "cookie": cookies})
    assert headers.IDEMPOTENCY_KEY not in shop.services["orders"].asked[0].headers


async def test_a_pending_order_has_a_page_of_its_own(shop: PlayedShop) -> None:
    """Legacy has never heard of it, so no path that legacy could be asked for shows it."""
    answering(shop, 202, {"id": "0123456789ABCDEF", "status": "PENDING"})
    answer = await send(shop)
    assert answer.headers["location"] == "/order-requests/0123456789ABCDEF?new=Y"
    assert answer.headers["set-cookie"].startswith("cart=;")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (409, {"error": "out of stock", "sku": "TNT-1-0", "available": 1},
         "Somebody was faster: of TNT-1-0 we have only 1 left."),
        (400, {"error": "unknown sku", "sku": "TNT-1-0"}, ">TNT-1-0</p>"),
        (402, {"error": "payment declined"}, "Your payment was declined"),
        (422, {"error": "this Idempotency-Key was used for another order"}, "sent before"),
        (503, {"error": f"it could not be done: {KEY_IS_SPENT}"}, "nothing is charged"),
    ],
)  # fmt: skip
async def test_a_refusal_is_said_over_the_form(
    shop: PlayedShop, status: int, body: Any, words: str
) -> None:
    """And the form has a new key: the old one stays with what was refused."""
    answering(shop, status, body)
    answer = await send(shop, name="<Anna>")
    assert answer.status_code == 409
    assert words in answer.text and 'value="&lt;Anna&gt;"' in answer.text
    assert answer.text.count("checked") == 2
    assert KEY not in answer.headers["set-cookie"]
    assert answer.headers["set-cookie"].startswith("checkout=")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "x" * 101}, "The field &#39;name&#39; is too long."),
        ({"po_number": "x" * 101}, "The field &#39;po_number&#39; is too long."),
        ({"pay_method": "cash"}, "Please choose how you want to pay."),
    ],
)
async def test_what_is_no_order_is_not_sent(
    shop: PlayedShop, changes: dict[str, str], words: str
) -> None:
    answer = await send(shop, **changes)
    assert answer.status_code == 409 and words in answer.text
    assert not shop.services["orders"].asked


async def test_what_no_database_can_hold_is_bad_input(shop: PlayedShop) -> None:
    answering(shop, 400, {"error": "bad input"})
    answer = await send(shop, city="a\0")
    assert answer.status_code == 400 and "<p>bad input</p>" in answer.text


async def test_without_an_answer_the_key_stays(shop: PlayedShop) -> None:
    """Whether it was placed is not known: sent once more, it is the same order."""
    shop.services["orders"].away = True
    answer = await send(shop)
    assert answer.status_code == 503 and "set-cookie" not in answer.headers


async def test_what_orders_declines_is_for_legacy(shop: PlayedShop) -> None:
    answering(shop, 503, {"error": "no room"})
    shop.services["orders"].headers = {headers.DECLINED.lower(): headers.UNMARKED}
    answer = await send(shop)
    assert (answer.status_code, answer.headers[headers.DECLINED]) == (503, headers.UNMARKED)


async def test_without_accounts_nothing_is_ordered(shop: PlayedShop) -> None:
    shop.accounts.away = True
    assert (await send(shop)).status_code == 503
    assert not shop.services["orders"].asked
