"""A customer's orders: what is asked in whose name, and what is pending."""

from typing import Any

import pytest

from chassis.web import headers
from tests.rigs.shop.storefront import PlayedShop

SAID = {headers.IDENTITY: "token", headers.SESSION: "sealed", "cookie": "session=x"}
ORDER = {
    "order_no": "SO-1", "status": "NEW", "total": "19.80", "po_number": None, "pay_method": "card",
    "lines": [{"line_no": 1, "sku": "MUG-0", "name": "Becher <1>", "qty": 2, "price": "9.90"}],
    "ship": {"name": "Anna", "street": "Gasse 1", "zip": "6020", "city": "Innsbruck"},
    "created": "2026-06-30 18:00:00", "updated": "2026-06-30 18:00:00",
}  # fmt: skip
WHAT = "The order is accepted, and placed soon."
ID = "0123456789ABCDEF"
PENDING = {**ORDER, "order_no": ID, "status": "PENDING", "pending": {"what": WHAT}}
PAID = [{"amount": "19.80", "method": "card", "status": "CAPTURED"}]


@pytest.fixture(autouse=True)
def filled(shop: PlayedShop) -> None:
    shop.log_in()
    orders = shop.services["orders"].answers
    orders["/internal/orders"] = {"orders": [PENDING, ORDER], "page": 1, "pages": 1}
    orders["/internal/orders/SO-1"] = {"order": ORDER, "payments": PAID}
    orders[f"/internal/orders/{ID}"] = {"order": PENDING, "payments": []}
    orders[f"/api/order-requests/{ID}"] = {
        "id": ID, "status": "PENDING", "pending": {"what": WHAT}
    }  # fmt: skip


async def test_the_history_names_what_is_pending(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/orders?q=+SO-1+&page=2", headers=SAID)
    assert answer.status_code == 200
    assert f'<a href="/order-requests/{ID}">not placed yet</a>' in answer.text
    assert '<a href="/orders/SO-1">SO-1</a>' in answer.text
    (asked,) = shop.services["orders"].asked
    assert asked.path == "/internal/orders?q=SO-1&page=2"
    assert (asked.headers[headers.IDENTITY], asked.headers[headers.SESSION]) == ("token", "sealed")


async def test_an_order_with_its_payments(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/orders/SO-1?new=Y", headers=SAID)
    assert "Becher &lt;1&gt;" in answer.text
    assert '19.80 € by card <span class="badge captured">Captured</span>' in answer.text
    assert "Thank you!" in answer.text and "Cancel this order" in answer.text


async def test_a_pending_order_is_shown_with_what_will_happen(shop: PlayedShop) -> None:
    moved = await shop.browser.get(f"/orders/{ID}", headers=SAID)
    assert (moved.status_code, moved.headers["location"]) == (302, f"/order-requests/{ID}")
    answer = await shop.browser.get(f"/order-requests/{ID}", headers=SAID)
    assert WHAT in answer.text and "Becher" in answer.text
    assert f'action="/order-requests/{ID}/cancel"' in answer.text


async def test_one_that_is_too_young_to_be_listed_is_said_to_be_accepted(shop: PlayedShop) -> None:
    del shop.services["orders"].answers[f"/internal/orders/{ID}"]
    answer = await shop.browser.get(f"/order-requests/{ID}", headers=SAID)
    assert answer.status_code == 200 and WHAT in answer.text


@pytest.mark.parametrize(
    ("request_id", "progress", "location", "words"),
    [
        (ID, {"status": "DONE", "order_no": "SO-1"}, "/orders/SO-1?new=Y", ""),
        ("cancel:SO-1:2", {"status": "DONE", "order_no": "SO-1"}, "/orders/SO-1?ok=cancelled", ""),
        (ID, {"status": "REFUSED", "reason": {"error": "out of stock"}}, "", "out of stock"),
        (ID, {"status": "CANCELLED"}, "", "You have cancelled this order."),
        ("cancel:SO-1:2", {"status": "PENDING"}, "", "This is under way."),
    ],
)
async def test_what_has_become_of_a_request(
    shop: PlayedShop, request_id: str, progress: dict[str, Any], location: str, words: str
) -> None:
    found = {"id": request_id, **progress}
    shop.services["orders"].answers[f"/api/order-requests/{request_id}"] = found
    answer = await shop.browser.get(f"/order-requests/{request_id}", headers=SAID)
    assert answer.headers.get("location", "") == location
    assert words in answer.text


@pytest.mark.parametrize("path", ["/orders/SO-2", "/order-requests/NOPE"])
async def test_there_is_no_such_order(shop: PlayedShop, path: str) -> None:
    answer = await shop.browser.get(path, headers=SAID)
    assert answer.status_code == 404 and "You have no such order." in answer.text


CANCELLED = {**ORDER, "status": "CANCELLED"}


@pytest.mark.parametrize(
    ("status", "body", "location"),
    [
        (200, CANCELLED, "/orders/so-1?ok=cancelled"),
        (409, {"error": "order cannot be cancelled"}, "/orders/so-1?ok=shipped"),
        (202, {"id": "cancel:SO-1:2", "status": "PENDING"}, "/order-requests/cancel:SO-1:2"),
        (200, {"id": ID, "status": "CANCELLED"}, f"/order-requests/{ID}"),
    ],
)  # fmt: skip
async def test_an_order_is_cancelled(
    shop: PlayedShop, status: int, body: Any, location: str
) -> None:
    orders = shop.services["orders"]
    orders.answers["/api/orders/so-1/cancel"], orders.status = body, status
    form = {"csrf": "t0k<en"}
    answer = await shop.browser.post("/orders/so-1/cancel", data=form, headers=SAID)
    assert (answer.status_code, answer.headers["location"]) == (302, location)
    assert orders.asked[0].headers[headers.SESSION] == "sealed"


async def test_a_pending_order_is_cancelled_by_its_request(shop: PlayedShop) -> None:
    orders = shop.services["orders"].answers
    path, form = f"/api/order-requests/{ID}/cancel", {"csrf": "t0k<en"}
    for body, location in (
        ({"id": ID, "status": "CANCELLED"}, f"/order-requests/{ID}"),
        (CANCELLED, "/orders/SO-1?ok=cancelled"),
    ):
        orders[path] = body
        answer = await shop.browser.post(f"/order-requests/{ID}/cancel", data=form, headers=SAID)
        assert answer.headers["location"] == location


async def test_of_nobodys_order_nothing_is_cancelled(shop: PlayedShop) -> None:
    form = {"csrf": "t0k<en"}
    answer = await shop.browser.post("/orders/SO-2/cancel", data=form, headers=SAID)
    assert answer.status_code == 404
    refused = await shop.browser.post("/orders/SO-1/cancel", data={"csrf": "x"}, headers=SAID)
    assert refused.status_code == 400
