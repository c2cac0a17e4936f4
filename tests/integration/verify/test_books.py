"""Orders, money and stock across four databases: every law is broken by hand, found and named."""

import asyncio
import threading
import time

import psycopg
import pytest

from contracts.mark import new_saga_id
from new_services.verify import report
from new_services.verify.books.books import Books
from new_services.verify.verification import verify
from tests.integration.verify.conftest import broken, captured, checked

pytestmark = pytest.mark.integration

LINES = ({"sku": "P-1-0", "quantity": 1}, {"sku": "P-2-0", "quantity": 2})
CREATED = "2026-01-02 10:00:00"
WRITTEN = {
    "order_no": "SO-3", "status": "NEW", "total": "208.46", "lines": LINES, "created": CREATED,
}  # fmt: skip
LEGACY = """
INSERT INTO orders (order_no, customer_id, total, po_number, pay_method, created)
    VALUES ('SO-3', 1, '208.46', %(mark)s, 'invoice', '2026-01-02 10:00:00');
INSERT INTO order_line (order_id, line_no, sku, name, qty, price)
    VALUES (3, 1, 'P-1-0', 'Ämpel', 1, '110.46'), (3, 2, 'P-2-0', 'boot', 2, '49.00');
INSERT INTO payment (order_id, amount, method, status) VALUES (3, '208.46', 'invoice', 'AUTH');
INSERT INTO stock_movement (sku, qty_change, reason, order_no)
    VALUES ('P-1-0', -1, 'SALE', 'SO-3'), ('P-2-0', -2, 'SALE', 'SO-3');
UPDATE stock SET qty = qty - 1 WHERE sku = 'P-1-0';
UPDATE stock SET qty = qty - 2 WHERE sku = 'P-2-0'
"""


WIPED = {
    "legacy": """
        DELETE FROM payment WHERE order_id > 2; DELETE FROM order_line WHERE order_id > 2;
        DELETE FROM orders WHERE id > 2; DELETE FROM stock_movement WHERE order_no = 'SO-3';
        UPDATE stock SET qty = qty + 1 WHERE sku = 'P-1-0';
        UPDATE stock SET qty = qty + 2 WHERE sku = 'P-2-0';
        SELECT setval('orders_id_seq', 2); UPDATE orders SET po_number = NULL WHERE id = 1
    """,
    "orders": "TRUNCATE saga CASCADE; TRUNCATE outbox",
    "inventory": "TRUNCATE claim, reservation; DELETE FROM movement WHERE lsn IS NULL",
    "payments": "TRUNCATE payment, provider.account",
}


@pytest.fixture
def books(ledgers):
    """One order that a saga wrote, as it is when all is done; `saga` is the saga's id."""
    shop = ledgers
    shop.saga = saga = new_saga_id()
    with psycopg.connect(shop.urls["legacy"]) as legacy:
        psycopg.ClientCursor(legacy).execute(LEGACY, {"mark": f"PO 17 ~{saga}"})
    captured(shop, saga, WRITTEN)
    yield shop
    for database, statement in WIPED.items():
        shop.execute(database, statement)


def test_honest_books_balance_and_their_sums_are_reported(books):
    found = checked(books)
    assert broken(found) == {}
    assert report.as_json(found)["books"] == {
        "orders": 1, "standing": 1, "due": "208.46", "captured": "208.46", "refunded": "0.00",
    }  # fmt: skip
    assert "1 stand and are due 208.46; 208.46 captured - 0.00 refunded" in report.as_text(found)


ONCE = "an acknowledged order is there, once, with equal lines and total"
MONEY = "money captured less refunded is the total of the order that stands"
BOOK = "the book of payments says what the provider has"
LEFT = "nothing is reserved, authorised or pending any more"
ASKED = "no order that nobody asked for"
OURS = "an order of a customer who used our mark again is left alone"


def again(later, total, lines="sku, qty, price"):
    """SQL: the order once more under its number, a while later."""
    return (
        "WITH more AS (INSERT INTO orders (order_no, customer_id, total, po_number, pay_method,"
        f" created) SELECT 'SO-4', customer_id, {total}, po_number, pay_method, created + interval"
        f" '{later}' FROM orders WHERE order_no = 'SO-3' RETURNING id)"
        " INSERT INTO order_line (order_id, line_no, name, sku, qty, price)"
        f" SELECT more.id, line_no, name, {lines} FROM more, order_line WHERE order_id = 3"
    )


# A customer uses the number that legacy shows, with our mark in it, once more.
REUSED = [again("3 days", "total"), again("2 seconds", "'366.92'", "sku, qty + 1, price")]
LIES = [
    ("legacy", "UPDATE orders SET total = '208.47' WHERE order_no = 'SO-3'", {ONCE, MONEY}),
    ("legacy", "UPDATE order_line SET qty = 3 WHERE order_id = 3 AND line_no = 2", {ONCE}),
    ("legacy", "UPDATE orders SET po_number = NULL WHERE order_no = 'SO-3'", {ONCE, MONEY}),
    (
        "legacy",
        again("2 seconds", "total"),
        {ONCE, MONEY},
    ),
    ("legacy", "UPDATE orders SET status = 'CANCELLED' WHERE order_no = 'SO-3'", {MONEY}),
    ("payments", "UPDATE provider.account SET captured = captured * 2", {MONEY, BOOK}),
    ("payments", "UPDATE provider.account SET refunded = captured", {MONEY, BOOK}),
    ("payments", "UPDATE provider.account SET authorised = 5", {LEFT, BOOK}),
    ("payments", "DELETE FROM provider.account; DELETE FROM payment", {MONEY}),
    ("payments", "INSERT INTO provider.account (reference, captured) VALUES ('X', 1)",
     {MONEY, BOOK}),
    ("payments", "INSERT INTO payment (id, method, amount, status)"
     " VALUES ('X', 'card', 1, 'new')", {LEFT}),
    ("inventory", "INSERT INTO reservation (saga_id, sku, pieces) VALUES ('X', 'P-1-0', 1)",
     {LEFT}),
    ("inventory", "UPDATE claim SET status = 'held'",
     {"pieces that were held are sold with the order, or let go"}),
    ("inventory",
     "INSERT INTO movement VALUES ('SALE:SO-8:P-1-0', 'P-1-0', -1, 'SALE', 'SO-8', '')",
     {"the feed has told every movement"}),
    ("orders", "UPDATE saga SET phase = 'forward'", {LEFT}),
    ("orders", "UPDATE saga SET phase = 'parked'", {"no saga waits for a person"}),
    ("orders", "INSERT INTO outbox (event_id, key, subject, body) VALUES ('e', 'k', 's', '{}')",
     {"every event was sent"}),
]  # fmt: skip


@pytest.mark.parametrize(("database", "statement", "laws"), LIES)
def test_a_lie_is_found_and_named(books, database, statement, laws):
    books.execute(database, statement)
    found = checked(books)
    assert set(broken(found)) == laws
    assert report.as_text(found).count("BROKEN") == len(laws)
    assert found.differences == sum(len(keys) for keys in broken(found).values())


def test_an_order_nobody_asked_for(books):
    books.execute("orders", "DELETE FROM saga")
    assert broken(checked(books)) == {}  # forgotten in time; its payment still knows of it
    books.execute("payments", "DELETE FROM payment")
    books.execute("payments", "DELETE FROM provider.account")
    assert broken(checked(books)) == {ASKED: [books.saga]}


def test_a_customers_own_text_that_looks_like_a_mark_is_none(books):
    books.execute("legacy", "UPDATE orders SET po_number = '~0000000000000000' WHERE id = 1")
    assert broken(checked(books)) == {}


@pytest.mark.parametrize("statement", REUSED)
def test_a_mark_that_a_customer_used_again(books, statement):
    books.execute("legacy", statement)
    found = checked(books)
    assert broken(found) == {}
    assert found.sums.orders == 1
    every = checked(books, ("books", "orders"))
    assert "a saga has written one order at most" not in broken(every)
    # Its cancellation is between legacy and the customer.
    books.execute("legacy", "UPDATE orders SET status = 'CANCELLED' WHERE order_no = 'SO-4'")
    assert broken(checked(books)) == {}
    books.execute("orders", "DELETE FROM saga")  # forgotten in time
    assert broken(checked(books)) == {}


@pytest.mark.parametrize(("saga", "phase", "laws"), [
    ("stray:SO-4", "done", {OURS}), ("settle:SO-4", "forward", {OURS, LEFT}),
    ("stray:SO-4", "undone", set()), ("settle:SO-3", "done", set()),
])  # fmt: skip
def test_an_order_that_only_bears_our_mark_is_not_ours_to_cancel(books, saga, phase, laws):
    books.execute("legacy", REUSED[0])
    books.execute(
        "orders",
        "INSERT INTO saga (id, kind, phase, due, state, holder, lease_until, created, updated)"
        " VALUES (%s, 'of-an-order', %s, 0, '{}', '', 0, 0, 0)", saga, phase,
    )  # fmt: skip
    found = broken(checked(books))
    assert set(found) == laws
    if OURS in laws:
        assert found[OURS] == [books.saga]


def test_money_of_the_order_is_not_given_back_for_one_with_its_mark(books):
    books.execute("legacy", REUSED[0])
    books.execute("legacy", "UPDATE orders SET status = 'CANCELLED' WHERE order_no = 'SO-4'")
    books.execute("payments", "UPDATE provider.account SET refunded = captured")
    books.execute("payments", "UPDATE payment SET status = 'refunded'")
    assert set(broken(checked(books))) == {MONEY}


def test_what_is_under_way_is_waited_for(books, monkeypatch):
    looked, look = threading.Event(), Books.purchases

    async def purchases(self, keys=None):
        found = await look(self, keys)
        looked.set()
        return found

    monkeypatch.setattr(Books, "purchases", purchases)
    books.execute("orders", "UPDATE saga SET phase = 'forward'")
    books.execute("payments", "UPDATE provider.account SET captured = 0, authorised = 208.46")
    books.execute("payments", "UPDATE payment SET status = 'authorised'")

    def finish():
        looked.wait(60)
        books.execute("payments", "UPDATE provider.account SET captured = 208.46, authorised = 0")
        books.execute("payments", "UPDATE payment SET status = 'captured'")
        books.execute("orders", "UPDATE saga SET phase = 'done'")

    finishing = threading.Thread(target=finish)
    finishing.start()
    settings = books.settings.model_copy(update={"patience": 60.0})
    began = time.monotonic()
    found = asyncio.run(verify(settings, lambda text: None, only=("books",)))
    assert time.monotonic() - began < 30.0  # it waits no longer than it must
    finishing.join()
    assert broken(found) == {}
    assert sum(law.in_motion for law in found.laws) >= 2


ORDER_LIES = [
    ("legacy", "UPDATE stock_movement SET qty_change = -4 WHERE order_no = 'SO-1'",
     "an order takes its lines from the stock once; cancelled, it puts them back once",
     "SO-1 P-1-0"),
    ("legacy", "INSERT INTO stock_movement (sku, qty_change, reason, order_no)"
     " VALUES ('P-2-0', 1, 'CANCEL', 'SO-2')",
     "an order takes its lines from the stock once; cancelled, it puts them back once",
     "SO-2 P-2-0"),
    ("legacy", "INSERT INTO payment (order_id, amount, method, status)"
     " VALUES (1, '331.38', 'card', 'CAPTURED')",
     "an order has one payment, given back where it is cancelled", "SO-1"),
    ("legacy", "UPDATE payment SET status = 'REFUNDED' WHERE order_id = 2",
     "an order has one payment, given back where it is cancelled", "SO-2"),
]  # fmt: skip


@pytest.mark.parametrize(("database", "statement", "law", "key"), ORDER_LIES)
def test_what_an_order_took_and_paid(shop, database, statement, law, key):
    assert broken(checked(shop, ("orders",))) == {}
    shop.execute(database, statement)
    assert broken(checked(shop, ("orders",)))[law] == [key]
