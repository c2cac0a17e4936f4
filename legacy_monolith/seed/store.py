"""Everything into the tables by COPY, in one transaction: a shop is there whole or not at all."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import psycopg

from legacy_monolith.seed import words
from legacy_monolith.seed.catalogue import OPENED, TODAY, SeedProduct, SeedVariant, products
from legacy_monolith.seed.history import SeedOrder, orders
from legacy_monolith.seed.people import SeedCustomer, customers

LOCK_ID = 7_211_935
# A role's limit is for requests; here rows are made up between two statements of one transaction.
PATIENT = "-c idle_in_transaction_session_timeout=0"
Row = tuple[object, ...]
Say = Callable[[str], None]
Shelf = list[tuple[SeedProduct, SeedVariant]]

PRODUCT = (
    "id, sku, name, descr, cat_code, price, disc_pct, colour, tags, active, discontinued, "
    "weight_g, img, created, updated"
)
CUSTOMER = "id, email, name, pw_hash, is_admin, street, zip, city, country, created"
ORDER = (
    "id, order_no, customer_id, status, total, po_number, pay_method, ship_name, ship_street, "
    "ship_zip, ship_city, created, updated"
)


def seed(url: str, scale: int, say: Say) -> bool:
    """Fill the database; False, and nothing done, when there are products in it already."""
    with psycopg.connect(url, options=PATIENT) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_ID])
        found = connection.execute("SELECT EXISTS (SELECT FROM product)").fetchone()
        if found == (True,):
            return False
        goods = _categories_and_products(connection, scale, say)
        buyers = list(customers(scale))
        _copy(connection, "customer", CUSTOMER, map(_fields(CUSTOMER), buyers))
        say(f"{len(buyers)} customers")
        shelf = [(it, variant) for it in goods for variant in it.variants if _sellable(it, variant)]
        _orders_and_stock(connection, goods, list(orders(scale, shelf, buyers[:-1])), say)
        _restart_counters(connection)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
    return True


def _sellable(product: SeedProduct, variant: SeedVariant) -> bool:
    return product.active == variant.active == "Y"


def _categories_and_products(
    connection: psycopg.Connection, scale: int, say: Say
) -> list[SeedProduct]:
    rows = ((code, name, up, sort) for sort, (code, name, up) in enumerate(words.CATEGORIES, 1))
    _copy(connection, "category", "code, name, parent_code, sort_no", rows)
    goods = list(products(scale))
    _copy(connection, "product", PRODUCT, map(_fields(PRODUCT), goods))
    columns = "product_id, sku, color, size, price_diff, active"
    variants = (
        (it.id, variant.sku, variant.color, variant.size, variant.price_diff, variant.active)
        for it in goods
        for variant in it.variants
    )
    _copy(connection, "variant", columns, variants)
    say(f"{len(goods)} products in {len(words.CATEGORIES)} categories")
    return goods


def _orders_and_stock(
    connection: psycopg.Connection, goods: list[SeedProduct], past: list[SeedOrder], say: Say
) -> None:
    _copy(connection, "orders", ORDER, map(_order_row, past))
    lines = (
        (order.id, number, line.sku, line.name, line.qty, line.price)
        for order in past
        for number, line in enumerate(order.lines, 1)
    )
    _copy(connection, "order_line", "order_id, line_no, sku, name, qty, price", lines)
    payments = (
        (order.id, order.total, order.pay_method, order.payment, order.updated) for order in past
    )
    _copy(connection, "payment", "order_id, amount, method, status, created", payments)
    say(f"{len(past)} orders")
    stock = ((variant.sku, variant.left, TODAY) for it in goods for variant in it.variants)
    _copy(connection, "stock", "sku, qty, updated", stock)
    columns = "sku, qty_change, reason, order_no, created"
    _copy(connection, "stock_movement", columns, _movements(goods, past))
    say("stock, and the ledger behind it")


def _movements(goods: list[SeedProduct], past: list[SeedOrder]) -> Iterator[Row]:
    """First what came in, as much as was sold and is left; then what went out, and came back."""
    sold: Counter[str] = Counter()
    for order in past:
        if order.status != "CANCELLED":
            sold.update({line.sku: line.qty for line in order.lines})
    for it in goods:
        for variant in it.variants:
            yield variant.sku, variant.left + sold[variant.sku], "INIT", None, OPENED
    for order in past:
        for line in order.lines:
            yield line.sku, -line.qty, "SALE", order.order_no, order.created
        for line in order.lines if order.status == "CANCELLED" else ():
            yield line.sku, line.qty, "CANCEL", order.order_no, order.updated


def _order_row(order: SeedOrder) -> Row:
    buyer = order.customer
    head = (order.id, order.order_no, buyer.id, order.status, order.total, order.po_number)
    ship = (order.pay_method, buyer.name, buyer.street, buyer.zip, buyer.city)
    return (*head, *ship, order.created, order.updated)


def _fields(names: str) -> Callable[[SeedProduct | SeedCustomer], Row]:
    return lambda record: tuple(getattr(record, name) for name in names.split(", "))


def _copy(connection: psycopg.Connection, table: str, columns: str, rows: Iterable[Row]) -> None:
    statement = f"COPY {table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _restart_counters(connection: psycopg.Connection) -> None:
    """Ids were given here, so tell the sequences where to go on."""
    for table in ("product", "customer", "orders"):
        statement = f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
        connection.execute(statement.encode())
    connection.execute("SELECT setval('order_no_seq', (SELECT count(*) FROM orders))")
