"""An order that the new side placed as its owner, in the books: no mark, found by its number."""

import asyncio
import json
import threading
import time
from contextlib import AsyncExitStack

import psycopg
import pytest

from contracts.mark import new_saga_id
from new_services.verify.books import owned
from new_services.verify.books.owned import KNOWN, SAME
from new_services.verify.books.purchases import RULES
from new_services.verify.freshness import NotFresh
from new_services.verify.sides import connect
from tests.integration.verify.conftest import broken, captured, checked

pytestmark = pytest.mark.integration

ASKED, ONCE, MONEY, BOOK = tuple(RULES)[:4]
CONTENT = {
    "order_no": "SO-3", "status": "NEW", "total": "208.46", "po_number": "PO 17",
    "pay_method": "invoice", "created": "2026-01-02 10:00:00", "updated": "2026-01-02 10:00:00",
    "lines": [
        {"line_no": 1, "sku": "P-1-0", "name": "Ämpel", "quantity": 1, "price": "110.46"},
        {"line_no": 2, "sku": "P-2-0", "name": "boot", "quantity": 2, "price": "49.00"},
    ],
    "ship": {"name": "Ann", "street": "Weg 1", "zip": "10115", "city": "Berlin"},
}  # fmt: skip
LEGACY = """
INSERT INTO orders (id, order_no, customer_id, total, po_number, pay_method, created, ship_name,
                    ship_street, ship_zip, ship_city)
    VALUES (3, 'SO-3', 1, '208.46', 'PO 17', 'invoice', '2026-01-02 10:00:00', 'Ann', 'Weg 1',
            '10115', 'Berlin');
INSERT INTO order_line (order_id, line_no, sku, name, qty, price)
    VALUES (3, 1, 'P-1-0', 'Ämpel', 1, '110.46'), (3, 2, 'P-2-0', 'boot', 2, '49');
INSERT INTO payment (order_id, amount, method, status) VALUES (3, '208.46', 'invoice', 'AUTH')
"""
GONE = """
DELETE FROM payment WHERE order_id > 2; DELETE FROM order_line WHERE order_id > 2;
DELETE FROM orders WHERE id > 2
"""
OWNS = """
UPDATE domain_owner SET owner = 'new', epoch = 2, window_open = true, phase = 'settled',
    numbers = '{"order_id": 2, "order_no": 2}' WHERE domain = 'orders'
"""
PENDING = "INSERT INTO owned_change (domain, entity, key) VALUES ('orders', 'order', 'SO-3')"
BACK = "UPDATE domain_owner SET owner = 'legacy', epoch = 3, window_open = false"
CLOSED = "UPDATE domain_owner SET window_open = false"
MORE = (
    "INSERT INTO orders (id, order_no, customer_id, total, pay_method)"
    " VALUES (4, 'SO-4', 1, '208.46', 'invoice')"
)


@pytest.fixture
def books(ledgers):
    """The orders are ours; one was placed, and legacy has it from the reverse feed."""
    shop = ledgers
    shop.saga = saga = new_saga_id()
    shop.execute("orders", OWNS)
    with psycopg.connect(shop.urls["legacy"]) as legacy:
        legacy.execute(LEGACY)
    captured(shop, saga, CONTENT)
    shop.execute(
        "orders",
        "INSERT INTO owned_order (order_no, order_id, customer_id, email, saga_id, epoch, placed,"
        " content) VALUES ('SO-3', 3, 1, 'ann@example.org', %s, 2, true, %s)",
        saga, json.dumps(CONTENT),
    )  # fmt: skip
    yield shop
    shop.execute("legacy", GONE)
    shop.execute("orders", "TRUNCATE saga CASCADE; TRUNCATE owned_order, owned_change")
    shop.execute("inventory", "TRUNCATE claim")
    shop.execute("payments", "TRUNCATE payment, provider.account")


def test_an_order_without_a_mark_balances_by_its_number(books):
    found = checked(books)
    assert broken(found) == {}
    assert (found.sums.orders, str(found.sums.due), str(found.sums.captured)) == (
        1, "208.46", "208.46",
    )  # fmt: skip
    books.execute("orders", "TRUNCATE saga CASCADE")  # forgotten in time
    assert broken(checked(books)) == {}


LIES = [
    ("legacy", GONE, {ONCE, MONEY, SAME}),
    ("legacy", "UPDATE orders SET total = '208.47' WHERE id = 3", {ONCE, MONEY, SAME}),
    ("legacy", "UPDATE orders SET po_number = 'PO 18' WHERE id = 3", {SAME}),
    ("legacy", "UPDATE order_line SET price = '48' WHERE order_id = 3 AND line_no = 2", {SAME}),
    ("legacy", "UPDATE order_line SET qty = 3 WHERE order_id = 3 AND line_no = 2", {ONCE, SAME}),
    ("legacy", "UPDATE orders SET status = 'CANCELLED' WHERE id = 3", {MONEY, SAME}),
    ("legacy", "UPDATE payment SET status = 'CAPTURED' WHERE order_id = 3", {SAME}),
    ("legacy", "INSERT INTO payment (order_id, amount, method, status)"
     " VALUES (3, '208.46', 'invoice', 'AUTH')", {SAME}),
    ("legacy", MORE, {KNOWN}),
    ("payments", "UPDATE provider.account SET captured = captured * 2", {MONEY, BOOK}),
    ("payments", "DELETE FROM provider.account; DELETE FROM payment", {MONEY}),
    ("payments", "INSERT INTO provider.account (reference, captured) VALUES ('X', 1)",
     {MONEY, BOOK}),
]  # fmt: skip


@pytest.mark.parametrize(("database", "statement", "laws"), LIES)
def test_a_lie_about_an_order_of_ours_is_found_and_named(books, database, statement, laws):
    books.execute(database, statement)
    assert set(broken(checked(books))) == laws


def test_money_and_no_order_once_its_saga_is_forgotten(books):
    books.execute("legacy", GONE)
    books.execute("orders", "TRUNCATE saga CASCADE")
    assert broken(checked(books)) == {MONEY: [books.saga], SAME: ["SO-3"]}


def test_an_order_of_ours_that_nobody_asked_for(books):
    books.execute("orders", "TRUNCATE saga CASCADE")
    books.execute("payments", "TRUNCATE payment, provider.account")
    assert broken(checked(books)) == {ASKED: [books.saga]}


def test_a_customers_text_with_an_old_mark_in_it_is_their_own(books):
    """The mark is that of a saga which wrote no order."""
    mark = new_saga_id()
    text = f"PO 17 ~{mark}"
    books.execute("legacy", "UPDATE orders SET po_number = %s WHERE id = 3", text)
    content = json.dumps({**CONTENT, "po_number": text})
    books.execute("orders", "UPDATE owned_order SET content = %s", content)
    assert broken(checked(books)) == {}


def test_after_the_way_back_it_is_found_all_the_same(books):
    books.execute("orders", BACK)
    books.execute("legacy", MORE)
    assert broken(checked(books)) == {}
    # Legacy has owned the status since, and nothing else of it.
    for statement in (
        "UPDATE orders SET status = 'PAID' WHERE id = 3",
        "UPDATE payment SET status = 'CAPTURED' WHERE order_id = 3",
    ):
        books.execute("legacy", statement)
    assert broken(checked(books)) == {}
    books.execute("legacy", "UPDATE orders SET total = '1' WHERE id = 3")
    assert set(broken(checked(books))) == {ONCE, MONEY, SAME}


def test_an_order_with_a_mark_that_was_cancelled_here(books):
    """It keeps its mark in legacy; the copy of it here has the customer's own text."""
    text = f"PO 17 ~{books.saga}"
    books.execute("orders", "UPDATE owned_order SET placed = false, content = %s",
                  json.dumps({**CONTENT, "status": "CANCELLED"}))  # fmt: skip
    books.execute("legacy", "UPDATE orders SET po_number = %s, status = 'CANCELLED' WHERE id = 3",
                  text)  # fmt: skip
    books.execute("legacy", "UPDATE payment SET status = 'REFUNDED' WHERE order_id = 3")
    books.execute("payments", "UPDATE payment SET status = 'refunded'")
    books.execute("payments", "UPDATE provider.account SET refunded = captured")
    assert broken(checked(books)) == {}
    books.execute("legacy", "UPDATE payment SET status = 'AUTH' WHERE order_id = 3")
    assert broken(checked(books)) == {SAME: ["SO-3"]}


def test_behind_a_closed_window_our_own_table_stands_for_the_order(books):
    books.execute("orders", CLOSED)
    books.execute("legacy", GONE)
    found = checked(books)
    assert broken(found) == {}
    assert str(found.sums.due) == "208.46"
    books.execute("payments", "UPDATE provider.account SET captured = captured * 2")
    assert set(broken(checked(books))) == {MONEY, BOOK}


def test_behind_a_closed_window_the_feed_tells_of_no_movement(books):
    books.execute("inventory", "INSERT INTO movement VALUES ('SALE:SO-3:P-1-0', 'P-1-0', -1,"
                  " 'SALE', 'SO-3', '')")  # fmt: skip
    law = "the feed has told every movement"
    try:
        books.execute("inventory", OWNS)
        assert set(broken(checked(books))) == {law}
        books.execute("inventory", CLOSED)
        assert broken(checked(books)) == {}
    finally:
        books.execute("inventory", "DELETE FROM movement WHERE lsn IS NULL")
        books.execute("inventory", BACK)


def test_while_the_reverse_feed_is_behind_there_is_no_verdict(books):
    books.execute("orders", PENDING)
    books.execute("legacy", GONE)
    with pytest.raises(NotFresh, match="reverse feed of orders is 1 orders behind"):
        checked(books)


def test_the_reverse_feed_is_waited_for(books):
    books.execute("orders", PENDING)
    books.execute("legacy", GONE)

    def give():
        time.sleep(0.3)
        with psycopg.connect(books.urls["legacy"]) as legacy:
            legacy.execute(LEGACY)
        books.execute("orders", "TRUNCATE owned_change")

    giving = threading.Thread(target=give)
    giving.start()
    found = checked(books, patience=60.0)
    giving.join()
    assert broken(found) == {}


def test_the_reverse_feed_dropped_it(books):
    """It was taken from the list after the first look, and legacy has never had it."""
    books.execute("orders", PENDING)
    books.execute("legacy", GONE)
    asked = []

    def clock():
        asked.append(None)
        if len(asked) == 2:
            books.execute("orders", "TRUNCATE owned_change")
        return 0.0 if len(asked) < 5 else 100.0

    async def check():
        async with AsyncExitStack() as stack:
            both = [await connect(books.urls[name]) for name in ("orders", "legacy")]
            for each in both:
                stack.push_async_callback(each.close)
            return await owned.check(*both, 50.0, clock)

    _, never = asyncio.run(check())
    assert list(never) == [(SAME, "SO-3")]
