"""The checkout and the pages of a customer's orders are the same on both sides."""

import pytest

from tests.integration.storefront.conftest import ADMIN, CUSTOMER, Both

pytestmark = pytest.mark.integration

MINE = (
    "SELECT {what} FROM orders o JOIN customer c ON c.id = o.customer_id"
    f" WHERE c.email = '{CUSTOMER}'"
)
SOLD = (
    "SELECT v.sku FROM variant v JOIN product p ON p.id = v.product_id"
    " JOIN stock s ON s.sku = v.sku"
    " WHERE v.active = 'Y' AND p.active = 'Y' AND s.qty > 5 ORDER BY v.id LIMIT 2"
)


def orders(both: Both, condition: str = "true") -> list[str]:
    return both.values(f"{MINE.format(what='o.order_no')} AND {condition} ORDER BY o.id DESC")


HISTORY = [
    *("", "?", "?page=2", "?page=0", "?page=-1", "?page=999", "?page=abc", "?page=+1", "?page=1_0"),
    *("?q=", "?q=NOPE", "?q=%FF", "?q=%3Cb%3E", "?q=+++", "?utm=x&ok=cancelled"),
    *("?page=" + "9" * 30, "?q=a&q=b", "?ok=nonsense", "?new=Y", "/", "/?page=2&q="),
]


@pytest.mark.parametrize("query", HISTORY)
async def test_the_history_is_the_same(both: Both, query: str) -> None:
    assert await both.same("GET", f"/orders{query}", **both.person(CUSTOMER)) == 200


async def test_a_number_that_no_database_holds_is_bad_input(both: Both) -> None:
    assert await both.same("GET", "/orders?q=a%00", **both.person(CUSTOMER)) == 400


async def test_orders_are_found_alike(both: Both) -> None:
    found = orders(both)[0]
    po_number = both.values(f"{MINE.format(what='o.po_number')} AND o.po_number IS NOT NULL")
    person = both.person(CUSTOMER)
    for wanted in (found, found.lower(), f" {found}+", *po_number[:3]):
        assert await both.same("GET", f"/orders?q={wanted}&page=1", **person) == 200, wanted
        assert await both.same("GET", f"/orders?page=7&q={wanted}", **person) == 200, wanted


KINDS = {
    "shipped": "o.status = 'SHIPPED'",
    "new": "o.status = 'NEW'",
    "paid": "o.status = 'PAID'",
    "cancelled": "o.status = 'CANCELLED'",
    "with a number of the customer's": "o.po_number IS NOT NULL",
    "never paid": "EXISTS (SELECT FROM payment WHERE order_id = o.id AND status = 'DECLINED')",
    "paid twice": "o.id = 320",
    "with odd words": "o.id = 160",
}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_order_is_the_same(both: Both, kind: str) -> None:
    """Its customer's own, of whichever customer."""
    first = f"FROM orders o JOIN customer c ON c.id = o.customer_id WHERE {KINDS[kind]}"
    found = both.value(f"SELECT o.order_no || ' ' || c.email {first} ORDER BY o.id DESC LIMIT 1")
    order_no, _, email = found.partition(" ")
    person = both.person(email, "cart=X*1")
    for path in (order_no, order_no.lower(), f"{order_no}/", f"{order_no}?new=Y", f"{order_no}%00"):
        assert await both.same("GET", f"/orders/{path}", **person) == 200, path
    assert await both.same("GET", f"/orders/{order_no}?ok=shipped&new=N", **person) == 200
    assert await both.same("HEAD", f"/orders/{order_no}", **person) == 200


@pytest.mark.parametrize("path", ["SO-2026-000000", "%00", "%FF", "%3Cb%3E", "a%20b", "x" * 300])
async def test_there_is_no_such_order_on_either_side(both: Both, path: str) -> None:
    assert await both.same("GET", f"/orders/{path}", **both.person(CUSTOMER)) == 404


async def test_nothing_of_another_customers_order_is_shown(both: Both) -> None:
    order_no = orders(both)[0]
    assert await both.same("GET", f"/orders/{order_no}", **both.person(ADMIN)) == 404


CARTS = ["", "NOPE*1", "{0}*2", "{0}*2!{1}*20", "{0}*x!garbage"]


@pytest.mark.parametrize("cart", CARTS)
async def test_the_checkout_is_shown_the_same(both: Both, cart: str) -> None:
    """But for the key of its form, which is a cookie of the new side's own."""
    person = both.person(CUSTOMER, "cart=" + cart.format(*both.values(SOLD)))
    verdict, status = await both.judged("GET", "/checkout?ok=added&x=1", **person)
    shown = "{0}" in cart
    assert status == (200 if shown else 302)
    found = [each.path for each in verdict.differences]
    assert found == (["$cookie:checkout"] if shown else [])


STRANGERS = [
    *("/orders", "/orders?page=2&q=%C3%BC+x", "/orders/SO-1", "/orders/%C3%BC?new=Y", "/checkout"),
    *("/checkout?", "/checkout/?x=%3Cb%3E&&=", "/orders/"),
]


@pytest.mark.parametrize("path", STRANGERS)
async def test_strangers_are_sent_to_the_login(both: Both, path: str) -> None:
    for cookie in ("", "session=nonsense", "cart=X*1"):
        assert await both.same("GET", path, Cookie=cookie) == 302
        assert await both.same("HEAD", path, Cookie=cookie) == 302


@pytest.mark.parametrize("path", ["/checkout", "/orders/SO-1/cancel"])
async def test_a_strangers_form_is_lost(both: Both, path: str) -> None:
    form = "application/x-www-form-urlencoded"
    assert await both.same("POST", path, b"csrf=x", Cookie="", content_type=form) == 302


@pytest.mark.parametrize("body", [b"", b"csrf=", b"csrf=wrong", b"csrf=%FF", b"pay_method=card"])
@pytest.mark.parametrize("path", ["/checkout", "/orders/SO-1/cancel"])
async def test_a_form_that_is_not_ours_is_refused(both: Both, path: str, body: bytes) -> None:
    form = "application/x-www-form-urlencoded"
    person = both.person(CUSTOMER, f"cart={both.values(SOLD)[0]}*1")
    assert await both.same("POST", path, body, content_type=form, **person) == 400


METHODS = [
    *(("PUT", "/orders"), ("POST", "/orders"), ("DELETE", "/orders/SO-1"), ("PATCH", "/checkout")),
    *(("GET", "/orders/SO-1/cancel"), ("POST", "/orders/SO-1")),
]


@pytest.mark.parametrize(("method", "path"), METHODS)
async def test_other_methods_are_refused_alike(both: Both, method: str, path: str) -> None:
    assert await both.same(method, path) == 405
    assert await both.same("OPTIONS", path) == 200
