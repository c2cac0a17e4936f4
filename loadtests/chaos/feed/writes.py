"""What a commit does to legacy: small transactions, together touching every table that is fed.

They keep the shop's own laws (stock is the sum of its movements, an order's total that of its
lines), so that `fig verify` may check those as well. Rows of our own making are called X-…; only
those are removed or get another key.
"""

import random
from collections.abc import Callable
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]
Write = Callable[[Connection, random.Random], None]
_SOME = "OFFSET floor(random() * (SELECT count(*) FROM {0})) LIMIT 1"  # a row of a small table


def _text(dice: random.Random, longest: int) -> str:
    """Text that does not compress: long ones are stored beside the row, and not sent again."""
    return dice.randbytes(dice.randrange(1, longest)).hex()


def _sku(dice: random.Random) -> str:
    return f"X-{dice.randrange(40)}"


# --- goods ------------------------------------------------------------------------------------


def category(connection: Connection, dice: random.Random) -> None:
    """A new one, another name or place for it, another key, or none any more."""
    code, other = f"X{dice.randrange(8)}", f"X{dice.randrange(8)}"
    free = "NOT EXISTS (SELECT 1 FROM product WHERE cat_code = code)"
    connection.execute(
        dice.choice((
            "INSERT INTO category VALUES (%(a)s, 'Chaos', NULL, 99) ON CONFLICT (code) DO UPDATE"
            " SET name = category.name || '.', sort_no = category.sort_no + 1",
            f"UPDATE category SET code = %(b)s WHERE code = %(a)s AND {free}",
            f"DELETE FROM category WHERE code = %(a)s AND {free}",
        )),
        {"a": code, "b": other},
    )  # fmt: skip


def product(connection: Connection, dice: random.Random) -> None:
    """A new one, or something about one of ours."""
    values = {
        "sku": _sku(dice), "text": _text(dice, 8_000), "n": dice.randrange(1, 99),
        "id": 900_000 + dice.randrange(200),
    }  # fmt: skip
    connection.execute(
        dice.choice((
            "INSERT INTO product (sku, name, descr, cat_code, price) SELECT %(sku)s, 'chaos',"
            " %(text)s, min(code), '9.90' FROM category ON CONFLICT (sku) DO NOTHING",
            "UPDATE product SET name = 'chaos ' || %(n)s, updated = localtimestamp(0)"
            " WHERE sku = %(sku)s",
            "UPDATE product SET descr = %(text)s WHERE sku = %(sku)s",
            "UPDATE product SET price = %(n)s || '.5', disc_pct = %(n)s::text, tags = 'a, b,,'"
            " WHERE sku = %(sku)s",
            "UPDATE product SET id = %(id)s WHERE sku = %(sku)s"
            " AND NOT EXISTS (SELECT 1 FROM variant WHERE product_id = product.id)",
            "DELETE FROM product WHERE sku = %(sku)s"
            " AND NOT EXISTS (SELECT 1 FROM variant WHERE product_id = product.id)",
        )),
        values,
    )  # fmt: skip


def price(connection: Connection, dice: random.Random) -> None:
    """Of any product, or of a whole category."""
    connection.execute(
        dice.choice((
            f"UPDATE product SET price = %s || '.95' WHERE id = (SELECT id FROM product {_SOME})",
            "UPDATE product SET disc_pct = %s::text WHERE cat_code ="
            f" (SELECT code FROM category {_SOME.replace('{0}', 'category')})",
        )).replace("{0}", "product"),
        [dice.randrange(1, 60)],
    )  # fmt: skip


def variant(connection: Connection, dice: random.Random) -> None:
    """Of one of our products; with nothing in stock it may go again."""
    sku = _sku(dice)
    values = {"sku": sku, "v": f"{sku}-{dice.randrange(3)}", "n": dice.randrange(50)}
    connection.execute(
        dice.choice((
            "INSERT INTO variant (product_id, sku) SELECT id, %(v)s FROM product"
            " WHERE sku = %(sku)s ON CONFLICT DO NOTHING",
            "UPDATE variant SET price_diff = %(n)s::text, active = CASE active WHEN 'Y' THEN 'N'"
            " ELSE 'Y' END WHERE sku = %(v)s",
            "UPDATE variant SET product_id = (SELECT id FROM product"
            f" {_SOME.replace('{0}', 'product')}) WHERE sku = %(v)s",
            "DELETE FROM variant WHERE sku = %(v)s"
            " AND NOT EXISTS (SELECT 1 FROM stock WHERE stock.sku = variant.sku)"
            " AND NOT EXISTS (SELECT 1 FROM stock_movement m WHERE m.sku = variant.sku)",
        )),
        values,
    )  # fmt: skip


def shelf(connection: Connection, dice: random.Random) -> None:
    """An empty place in the store for one of our variants: made, moved to another, taken away."""
    here, there = (f"{_sku(dice)}-{dice.randrange(3)}" for _ in range(2))
    connection.execute(
        dice.choice((
            "INSERT INTO stock SELECT sku, 0 FROM variant WHERE sku = %(a)s"
            " ON CONFLICT (sku) DO UPDATE SET updated = localtimestamp(0)",
            "UPDATE stock SET sku = %(b)s WHERE sku = %(a)s AND qty = 0"
            " AND EXISTS (SELECT 1 FROM variant WHERE sku = %(b)s)"
            " AND NOT EXISTS (SELECT 1 FROM stock_movement m WHERE m.sku IN (%(a)s, %(b)s))",
            "DELETE FROM stock WHERE sku = %(a)s"
            " AND NOT EXISTS (SELECT 1 FROM stock_movement m WHERE m.sku = stock.sku)",
        )),
        {"a": here, "b": there},
    )  # fmt: skip


# --- stock and orders -------------------------------------------------------------------------


def delivery(connection: Connection, dice: random.Random) -> None:
    """More of something, or a count that was corrected."""
    _move(connection, _somewhere(connection), dice.randrange(1, 30), "ADJUST", None)


def _somewhere(connection: Connection) -> str:
    row = connection.execute(f"SELECT sku FROM stock {_SOME.format('stock')}").fetchone()
    assert row is not None, "the shop has nothing in store"
    return str(row[0])


def _move(connection: Connection, sku: str, pieces: int, reason: str, order_no: str | None) -> None:
    found = connection.execute(
        "UPDATE stock SET qty = qty + %s, updated = localtimestamp(0) WHERE sku = %s", [pieces, sku]
    )
    if found.rowcount:
        connection.execute(
            "INSERT INTO stock_movement (sku, qty_change, reason, order_no)"
            " VALUES (%s, %s, %s, %s)",
            [sku, pieces, reason, order_no],
        )


def order(connection: Connection, dice: random.Random) -> None:
    """Up to four lines, taken from stock, paid."""
    number = f"X0{dice.randrange(10**12)}"
    skus = {_somewhere(connection) for _ in range(dice.randrange(1, 5))}
    row = connection.execute(
        "INSERT INTO orders (order_no, customer_id, total, pay_method, po_number) SELECT %s, id,"
        f" %s, 'card', %s FROM customer {_SOME.format('customer')} RETURNING id",
        [number, f"{len(skus)}9.98", dice.choice((None, "PO 7", "PO ~7"))],
    ).fetchone()
    if row is None:
        return
    for place, sku in enumerate(sorted(skus)):
        amount = "19.98" if place == 0 else "10.00"
        connection.execute(
            "INSERT INTO order_line (order_id, line_no, sku, name, qty, price)"
            " VALUES (%s, %s, %s, 'chaos', 1, %s)",
            [row[0], place + 1, sku, amount],
        )
        _move(connection, sku, -1, "SALE", number)
    connection.execute(
        "INSERT INTO payment (order_id, amount, method, status)"
        " SELECT id, total, 'card', 'AUTH' FROM orders WHERE id = %s",
        [row[0]],
    )


def status(connection: Connection, dice: random.Random) -> None:
    """An order goes on, or is cancelled and its goods come back."""
    new = dice.choice(("PAID", "SHIPPED", "CANCELLED"))
    found = connection.execute(
        "UPDATE orders SET status = %s, updated = localtimestamp(0) WHERE id = (SELECT id"
        " FROM orders WHERE order_no LIKE 'X0%%' AND status <> 'CANCELLED'"
        " ORDER BY id DESC OFFSET %s LIMIT 1) AND status <> 'CANCELLED' RETURNING id, order_no",
        [new, dice.randrange(50)],
    ).fetchone()
    if found is None:
        return
    connection.execute(
        "UPDATE payment SET status = %s WHERE order_id = %s",
        ["REFUNDED" if new == "CANCELLED" else "CAPTURED", found[0]],
    )
    if new == "CANCELLED":
        lines = "SELECT sku, qty FROM order_line WHERE order_id = %s ORDER BY sku"
        for sku, pieces in connection.execute(lines, [found[0]]).fetchall():
            _move(connection, sku, pieces, "CANCEL", found[1])


def dearer(connection: Connection, dice: random.Random) -> None:
    """A line was typed wrongly: it, the order's total and the payment are corrected."""
    found = connection.execute(
        "UPDATE orders SET total = (total::numeric + 1)::text WHERE id = (SELECT id FROM orders"
        " WHERE order_no LIKE 'X0%%' ORDER BY id DESC OFFSET %s LIMIT 1) RETURNING id, total",
        [dice.randrange(50)],
    ).fetchone()
    if found is not None:
        connection.execute(
            "UPDATE order_line SET price = (price::numeric + 1)::text"
            " WHERE order_id = %s AND line_no = 1",
            [found[0]],
        )
        connection.execute("UPDATE payment SET amount = %s WHERE order_id = %s", found[::-1])


def draft(connection: Connection, dice: random.Random) -> None:
    """An order without goods: made, or removed as if it had never been."""
    number = f"XD-{dice.randrange(300)}"
    found = connection.execute("SELECT id FROM orders WHERE order_no = %s", [number]).fetchone()
    if found is not None:
        for table, column in (("payment", "order_id"), ("orders", "id")):
            connection.execute(f"DELETE FROM {table} WHERE {column} = %s", [found[0]])
        return
    row = connection.execute(
        "INSERT INTO orders (order_no, customer_id, total, pay_method) SELECT %s, id, '0', 'card'"
        f" FROM customer {_SOME.format('customer')} RETURNING id",
        [number],
    ).fetchone()
    assert row is not None, "the shop has no customers"
    connection.execute(
        "INSERT INTO order_line (order_id, line_no, sku, name, qty, price)"
        " VALUES (%s, 1, 'X', 'second thoughts', 1, '1.00')",
        row,
    )
    connection.execute("DELETE FROM order_line WHERE order_id = %s", row)
    connection.execute(
        "INSERT INTO payment (order_id, amount, method, status) VALUES (%s, '0', 'card', 'AUTH')",
        row,
    )


def customer(connection: Connection, dice: random.Random) -> None:
    """One of ours: new, renamed, under another key, gone."""
    number = dice.randrange(60)
    connection.execute(
        dice.choice((
            "INSERT INTO customer (email, name, pw_hash) VALUES (%(mail)s, 'Chaos', 'x')"
            " ON CONFLICT (email) DO UPDATE SET name = left(customer.name || '.', 50)",
            "UPDATE customer SET id = %(id)s WHERE email = %(mail)s"
            " AND NOT EXISTS (SELECT 1 FROM orders WHERE customer_id = customer.id)",
            "DELETE FROM customer WHERE email = %(mail)s"
            " AND NOT EXISTS (SELECT 1 FROM orders WHERE customer_id = customer.id)",
        )),
        {"mail": f"x{number}@example.org", "id": 900_000 + dice.randrange(100)},
    )  # fmt: skip


def emptied(connection: Connection, _: random.Random) -> None:
    """All payments at once, and what is left of them again: one large transaction."""
    connection.execute("LOCK TABLE payment")
    connection.execute("CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM payment")
    connection.execute("TRUNCATE payment")
    connection.execute("INSERT INTO payment SELECT * FROM kept")


# How often each is chosen.
WRITES: dict[Write, int] = {
    category: 5, product: 15, price: 5, variant: 10, shelf: 10, delivery: 20,
    order: 20, status: 20, dearer: 5, draft: 10, customer: 10,
}  # fmt: skip


def choose(dice: random.Random) -> Write:
    """One of them; very rarely the table of payments is emptied and filled."""
    if dice.random() < 0.0005:
        return emptied
    return dice.choices(list(WRITES), list(WRITES.values()))[0]
