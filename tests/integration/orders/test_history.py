"""A customer's orders as the storefront is given them: with payments, found by a number."""

from typing import Any
from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.integration

ORDER = {"lines": [{"sku": "MUG-0", "qty": 2}], "pay_method": "card", "po_number": "KST 4711"}


def placed(shop: Any, side: str, **other: Any) -> str:
    return str(shop.place(side, {**ORDER, **other})["order_no"])


def shown(shop: Any, order_no: str, **more: Any) -> Any:
    return shop.ask("new", "GET", f"/internal/orders/{order_no}", **more)


def until_published(shop: Any, order_no: str) -> None:
    """Wait until the feed has published the order as legacy has it now."""
    wanted = shop.value("legacy", "SELECT status FROM orders WHERE order_no = %s", order_no)
    shop.until(
        f"{order_no} published",
        lambda: shop.query("orders", "SELECT status FROM order_document WHERE order_no = %s"
                           " AND body IS NOT NULL", order_no) == [(wanted,)],
    )  # fmt: skip


@pytest.mark.parametrize(("method", "status"), [("card", "CAPTURED"), ("invoice", "AUTH")])
def test_an_order_is_shown_with_its_payments(shop: Any, method: str, status: str) -> None:
    """At once as a saga wrote it, later as the feed tells it: the same."""
    order_no = placed(shop, "new", pay_method=method)
    first = shown(shop, order_no.lower()).json()
    assert first["order"]["order_no"] == order_no
    assert first["payments"] == [{"amount": "19.80", "method": method, "status": status}]
    until_published(shop, order_no)
    assert shown(shop, order_no).json() == first


def test_a_cancelled_orders_payment_is_given_back(shop: Any) -> None:
    order_no = placed(shop, "new")
    shop.cancel("new", order_no)
    refunded = [{"amount": "19.80", "method": "card", "status": "REFUNDED"}]
    shop.until("refunded", lambda: shown(shop, order_no).json()["payments"] == refunded)
    until_published(shop, order_no)
    shop.until("refund published", lambda: shown(shop, order_no).json()["payments"] == refunded)


def test_payments_are_what_legacy_has(shop: Any) -> None:
    """Also those that no rule of ours would make."""
    order_no = placed(shop, "legacy")
    shop.query("legacy", "UPDATE payment SET status = 'DECLINED', amount = '1.5' FROM orders"
                         " WHERE order_id = orders.id AND order_no = %s", order_no)  # fmt: skip
    declined = [{"amount": "1.5", "method": "card", "status": "DECLINED"}]
    shop.until(
        "decline published", lambda: shown(shop, order_no).json().get("payments") == declined
    )


def test_orders_are_found_by_either_number(shop: Any) -> None:
    mine, other = placed(shop, "new", po_number="A/1"), placed(shop, "new", po_number=None)
    for order_no in (mine, other):
        until_published(shop, order_no)

    def found(query: str) -> list[str]:
        answer = shop.ask("new", "GET", f"/internal/orders?{query}").json()
        return [each["order_no"] for each in answer["orders"]]

    assert found("q=A%2F1") == [mine]
    assert found(f"q={other.lower()}") == [other]
    assert found("q=a%2F1") == found("q=no") == found("q=%00") == []
    assert found("")[:2] == [other, mine]
    assert found("page=99999999999999999999") == found("page=1")
    assert found("page=x") == found("page=1")


def test_nothing_of_another_customers_order_is_shown(shop: Any) -> None:
    order_no = placed(shop, "new")
    assert shown(shop, order_no, email="ben@example.com").status_code == 404
    assert shown(shop, "SO-2026-000000").status_code == 404


@pytest.mark.parametrize("number", ["B/7", "", "x ~y", "ü & <1>"])
def test_an_order_is_found_by_its_number_as_either_side_shows_it(shop: Any, number: str) -> None:
    order_no = placed(shop, "new", po_number=number or None)
    until_published(shop, order_no)
    at_legacy = shop.ask("legacy", "GET", f"/api/orders/{order_no}").json()["po_number"]
    at_new = shop.ask("new", "GET", f"/api/orders/{order_no}").json()["po_number"]
    assert at_new == (number or None) and at_legacy != at_new

    def found(side: str, text: str) -> list[str]:
        query = urlencode({"po_number": text})
        answer = shop.ask(side, "GET", f"/api/orders?{query}").json()
        return [each["order_no"] for each in answer["orders"]]

    assert found("new", at_legacy) == found("legacy", at_legacy) == [order_no]
    if number:
        assert found("new", number) == [order_no] and found("legacy", number) == []
    for text in (at_legacy, *([number] if number else [])):
        page = shop.ask("new", "GET", f"/internal/orders?{urlencode({'q': text})}").json()
        assert [each["order_no"] for each in page["orders"]] == [order_no]
    forged = at_legacy[:-1] + ("0" if at_legacy[-1] != "0" else "1")
    assert found("new", forged) == found("legacy", forged) == []
