"""The books of a shop whose monolith is deleted: every law is broken by hand, found and named."""

import asyncio
import json

import pytest

from contracts.mark import new_saga_id
from new_services.verify import report
from new_services.verify.books.purchases import RULES
from new_services.verify.laws.orders import TAKEN
from new_services.verify.settings import VerifySettings
from new_services.verify.verification import NothingToVerify, verify, verify_alone
from tests.integration.verify.conftest import broken, captured

pytestmark = pytest.mark.integration

ASKED, ONCE, MONEY, BOOK, HANDED, FINISHED, PARKED, _OURS = tuple(RULES)
LINES = [
    {"line_no": 1, "sku": "P-1-0", "name": "Ämpel", "quantity": 1, "price": "110.46"},
    {"line_no": 2, "sku": "P-2-0", "name": "boot", "quantity": 2, "price": "49.00"},
]
# SO-3 was placed here, SO-4 by a saga of ours when legacy still owned the orders.
PLACED = {
    "order_no": "SO-3", "status": "NEW", "total": "208.46", "created": "2026-01-02 10:00:00",
    "lines": LINES,
}  # fmt: skip
BEFORE = {**PLACED, "order_no": "SO-4"}
CLOSED = """
UPDATE domain_owner SET owner = 'new', epoch = 2, window_open = false, phase = 'settled'
WHERE domain = 'orders'
"""
FED = """
INSERT INTO mirror (entity, key, fields, gone, lsn, seq) VALUES
    ('order', '4', %s, false, 100, 0),
    ('line', '41', '{"order_id": 4, "sku": "P-1-0", "quantity": 1, "price": "110.46"}', false, 100,
     0),
    ('line', '42', '{"order_id": 4, "sku": "P-2-0", "quantity": 2, "price": "49"}', false, 100, 0)
"""
WIPED = """
TRUNCATE saga CASCADE; TRUNCATE owned_order, outbox;
DELETE FROM mirror WHERE key IN ('4', '41', '42') AND entity IN ('order', 'line')
"""
TOOK = """
INSERT INTO movement (origin, sku, change, reason, order_no, created)
SELECT 'SALE:' || number || ':' || sku, sku, -pieces, 'SALE', number, '2026-01-02 10:00:00'
FROM unnest(ARRAY['SO-3', 'SO-4']) AS number, (VALUES ('P-1-0', 1), ('P-2-0', 2)) AS l (sku, pieces)
"""
GAVE_BACK = """
INSERT INTO movement (origin, sku, change, reason, order_no, created)
    VALUES ('CANCEL:SO-3:P-1-0', 'P-1-0', 1, 'CANCEL', 'SO-3', ''),
           ('CANCEL:SO-3:P-2-0', 'P-2-0', 2, 'CANCEL', 'SO-3', '')
"""
CANCELLED = """
UPDATE owned_order SET content = jsonb_set(content::jsonb, '{status}', '"CANCELLED"')::text
"""


@pytest.fixture
def books(ledgers):
    """Both orders as they are when all is done; `sagas` by number."""
    shop = ledgers
    shop.sagas = {number: new_saga_id() for number in ("SO-3", "SO-4")}
    for database in ("orders", "inventory"):
        shop.execute(database, CLOSED)
    for order in (PLACED, BEFORE):
        captured(shop, shop.sagas[order["order_no"]], order)
    shop.execute(
        "orders",
        "INSERT INTO owned_order (order_no, order_id, customer_id, email, saga_id, epoch, placed,"
        " content) VALUES ('SO-3', 3, 1, 'ann@example.org', %s, 2, true, %s)",
        shop.sagas["SO-3"], json.dumps(PLACED),
    )  # fmt: skip
    head = {name: BEFORE[name] for name in ("order_no", "status", "total", "created")}
    shop.execute("orders", FED, json.dumps({**head, "saga_id": shop.sagas["SO-4"]}))
    shop.execute("inventory", TOOK)
    yield shop
    shop.execute("orders", WIPED)
    shop.execute("inventory", "TRUNCATE claim, reservation; DELETE FROM movement WHERE lsn IS NULL")
    shop.execute("payments", "TRUNCATE payment, provider.account")


def settings(shop, *without):
    left_out = {f"{name}_url": None for name in ("legacy", *without)}
    return shop.settings.model_copy(update=left_out)


def checked(shop):
    return asyncio.run(verify_alone(settings(shop), lambda text: None, only=("books",)))


def test_honest_books_balance_without_legacy(books):
    found = checked(books)
    assert broken(found) == {}
    assert {law.name for law in found.laws} >= {*RULES, TAKEN}
    assert report.as_json(found)["books"] == {
        "orders": 2, "standing": 2, "due": "416.92", "captured": "416.92", "refunded": "0.00",
    }  # fmt: skip
    books.execute("orders", "TRUNCATE saga CASCADE")  # sagas are forgotten in time
    assert broken(checked(books)) == {}


def test_a_cancelled_order_balances_once_goods_and_money_are_back(books):
    books.execute("orders", CANCELLED)
    assert set(broken(checked(books))) == {MONEY, TAKEN}
    books.execute("inventory", GAVE_BACK)
    books.execute("payments", "UPDATE payment SET status = 'refunded' WHERE id = %s",
                  books.sagas["SO-3"])  # fmt: skip
    books.execute("payments", "UPDATE provider.account SET refunded = captured"
                  " WHERE reference = %s", books.sagas["SO-3"])  # fmt: skip
    assert broken(checked(books)) == {}


LIES = [
    ("orders", "DELETE FROM owned_order", {ONCE, MONEY, TAKEN}),
    ("orders", "DELETE FROM mirror WHERE entity = 'order' AND key = '4'", {ONCE, MONEY, TAKEN}),
    ("orders", "UPDATE owned_order SET content = replace(content::text, '208.46', '208.47')::jsonb",
     {ONCE, MONEY}),
    ("orders", "UPDATE mirror SET fields = fields || '{\"quantity\": 3}' WHERE key = '42'",
     {ONCE, TAKEN}),
    ("orders", "UPDATE mirror SET fields = fields || '{\"saga_id\": null}' WHERE key = '4'"
     " AND entity = 'order'", {ONCE, MONEY}),
    ("orders", "UPDATE saga SET phase = 'parked'", {PARKED}),
    ("orders", "UPDATE saga SET phase = 'forward'", {FINISHED}),
    ("orders", "UPDATE saga SET phase = 'undone',"
     " state = jsonb_set(state::jsonb, '{results}', '{}')"
     " WHERE id = (SELECT saga_id FROM owned_order)", {ONCE, HANDED}),
    ("orders", "INSERT INTO outbox (event_id, key, subject, body) VALUES ('e', 'k', 's', '{}')",
     {"every event was sent"}),
    ("payments", "UPDATE provider.account SET captured = captured * 2", {MONEY, BOOK}),
    ("payments", "UPDATE provider.account SET authorised = 5", {FINISHED, BOOK}),
    ("payments", "DELETE FROM provider.account; DELETE FROM payment", {MONEY}),
    ("inventory", "INSERT INTO reservation (saga_id, sku, pieces) VALUES ('X', 'P-1-0', 1)",
     {FINISHED}),
    ("inventory", "UPDATE claim SET status = 'held'", {HANDED}),
    ("inventory", "DELETE FROM movement WHERE origin = 'SALE:SO-3:P-1-0'", {TAKEN}),
    ("inventory", "UPDATE movement SET change = -3 WHERE origin = 'SALE:SO-4:P-2-0'", {TAKEN}),
    ("inventory", "INSERT INTO movement (origin, sku, change, reason, order_no, created)"
     " VALUES ('SALE:SO-9:P-1-0', 'P-1-0', -1, 'SALE', 'SO-9', '')", {TAKEN}),
    ("inventory", "INSERT INTO movement (origin, sku, change, reason, order_no, created)"
     " VALUES ('CANCEL:SO-3:P-1-0', 'P-1-0', 1, 'CANCEL', 'SO-3', '')", {TAKEN}),
]  # fmt: skip


@pytest.mark.parametrize(("database", "statement", "laws"), LIES)
def test_a_lie_is_found_and_named_without_legacy(books, database, statement, laws):
    books.execute(database, statement)
    assert set(broken(checked(books))) == laws


def test_money_for_an_order_that_nobody_has(books):
    books.execute("orders", "TRUNCATE saga CASCADE; TRUNCATE owned_order")
    assert broken(checked(books)) == {
        MONEY: [books.sagas["SO-3"]], TAKEN: ["SO-3 P-1-0", "SO-3 P-2-0"],
    }  # fmt: skip


def test_books_need_all_three_databases(books):
    with pytest.raises(NothingToVerify):
        asyncio.run(verify_alone(settings(books, "payments"), lambda text: None, only=("books",)))


def test_without_legacy_the_books_are_not_said_to_be_equal_to_it(books):
    given: VerifySettings = settings(books)
    with pytest.raises(NothingToVerify):
        asyncio.run(verify(given, lambda text: None, only=("books",)))
