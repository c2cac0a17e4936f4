"""Orders that hold: long after they were placed, while legacy is away, and while it hangs."""

import signal
import threading
import time
from typing import Any

import psycopg
import pytest

from fig.stack.engines import databases

pytestmark = pytest.mark.integration

ORDER = {"lines": [{"sku": "MUG-0", "qty": 1}], "pay_method": "card", "po_number": "PO 17"}


def _place(shop: Any) -> tuple[str, str]:
    """Number and saga of an order that is placed."""
    answer = shop.ask("new", "POST", "/api/orders", ORDER)
    if answer.status_code == 202:  # a busy machine: it is placed soon
        written = "SELECT order_no FROM written_order WHERE saga_id = %s"
        saga_id = answer.json()["id"]
        shop.until("it is placed", lambda: shop.query("orders", written, saga_id))
        return shop.value("orders", written, saga_id), saga_id
    assert answer.status_code == 201, answer.text
    order_no = answer.json()["order_no"]
    saga_id = shop.value(
        "orders", "SELECT saga_id FROM written_order WHERE order_no = %s", order_no
    )
    return order_no, saga_id


@pytest.mark.parametrize("side", ["legacy", "new"])
def test_an_order_that_is_cancelled_is_paid_back_also_when_its_saga_is_forgotten(
    shop: Any, side: str, later: Any
) -> None:
    order_no, saga_id = _place(shop)
    later()
    shop.ask(side, "POST", f"/api/orders/{order_no}/cancel").raise_for_status()
    status = "SELECT status FROM payment WHERE id = %s"
    shop.until("paid back", lambda: shop.value("payments", status, saga_id) == "refunded")
    shop.balance()


def test_a_year_later_nothing_is_left_of_what_may_be_forgotten(shop: Any) -> None:
    """Or the variants of the tests that cancel would try nothing."""
    _, saga_id = _place(shop)
    shop.forget()
    assert shop.value("orders", "SELECT count(*) FROM saga WHERE phase <> 'parked'") == 0
    assert shop.value("orders", "SELECT count(*) FROM request_key") == 0
    assert shop.value("inventory", "SELECT count(*) FROM claim") == 0
    assert shop.value("payments", "SELECT count(*) FROM payment WHERE id = %s", saga_id) == 1


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_pending_order_is_listed_says_what_will_happen_and_can_be_cancelled(
    shop: Any, forgotten: bool
) -> None:
    for name in ("anna", "ben"):
        shop.login(f"{name}@example.com")
    before = shop.value("legacy", "SELECT count(*) FROM orders")
    shop.legacy.signal(signal.SIGSTOP)
    try:
        accepted = shop.ask("new", "POST", "/api/orders", ORDER)
        assert accepted.status_code == 202, accepted.text
        saga_id = accepted.json()["id"]
        if forgotten:
            shop.forget(settled=False)
        listed = shop.ask("new", "GET", "/api/orders?po_number=PO+17").json()
        first = listed["orders"][0]
        assert (first["order_no"], first["status"], first["po_number"]) == (
            saga_id, "PENDING", "PO 17"
        )  # fmt: skip
        assert first["lines"][0]["qty"] == 1
        assert "You can cancel it" in first["pending"]["what"]
        one = shop.ask("new", "GET", f"/api/orders/{saga_id}").json()
        assert one == first
        answer = shop.ask("new", "POST", first["pending"]["cancel"])
        assert answer.status_code in (200, 202), answer.text
        other = shop.ask("new", "POST", first["pending"]["cancel"], email="ben@example.com")
        assert other.status_code == 404
    finally:
        shop.legacy.signal(signal.SIGCONT)
    place = accepted.headers["location"]

    def cancelled() -> bool:
        shown = shop.ask("new", "GET", place).json()
        if shown["status"] != "DONE":  # what was under way came to nothing
            return bool(shown["status"] == "CANCELLED")
        status = "SELECT status FROM orders WHERE order_no = %s"  # or it was placed after all
        return bool(shop.value("legacy", status, shown["order_no"]) == "CANCELLED")

    shop.until("cancelled", cancelled, 60.0)
    shop.balance()
    standing = "SELECT count(*) FROM orders WHERE status <> 'CANCELLED'"
    assert shop.value("legacy", standing) <= before


def test_a_lock_in_legacy_for_twenty_seconds_makes_no_second_order(shop: Any) -> None:
    role = shop.owner.split("//")[1].split(":")[0]
    shop.login("anna@example.com")
    superuser = shop.superuser
    with psycopg.connect(superuser, autocommit=True) as connection:
        databases.bound(connection, role)
    before = shop.value("legacy", "SELECT count(*) FROM orders")

    def hold() -> None:
        with psycopg.connect(superuser.rsplit("/", 1)[0] + "/" + shop.owner.rsplit("/", 1)[1]) as c:
            c.execute("LOCK TABLE stock")
            time.sleep(20.0)

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        accepted = [shop.ask("new", "POST", "/api/orders", ORDER) for _ in range(2)]
    finally:
        holding.join()
    assert {answer.status_code for answer in accepted} == {202}
    for answer in accepted:
        place = answer.headers["location"]
        shop.until("placed", lambda at=place: shop.ask("new", "GET", at).json()["status"] == "DONE",
                   90.0)  # fmt: skip
    shop.balance()
    standing = "SELECT count(*) FROM orders WHERE status <> 'CANCELLED'"
    assert shop.value("legacy", "SELECT count(*) FROM orders") == before + 2
    assert shop.value("legacy", standing) >= 2
