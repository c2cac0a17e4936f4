"""An order as we own it -> the monolith's rows of it: the order, its lines, its payment.

The payment is a function of the order. Of a row that is there, only columns change whose meaning
differs; that is the status and the time, since nothing else of an order changes. No mark is written
behind the customer's own number, and one that stands there stays.
"""

from collections.abc import Mapping as Fields
from typing import Any

import asyncpg

from chassis.ownership.sides import LegacyAway, Rows
from contracts.feed import entities
from contracts.feed.change import Value
from contracts.feed.mapping import Untranslatable
from new_services.anticorruption.reverse.inverse import Inverse, inserting, updating
from new_services.anticorruption.tables import LINE, ORDER

MAPPING, LINES = ORDER.mapping(), LINE.mapping()
PARTS = ("name", "street", "zip", "city")
INVERSE = Inverse.of(
    MAPPING,
    *("order_no", "customer_id", "status", "total", "po_number", "pay_method"),
    *(f"ship_{part}" for part in PARTS),
    *("created", "updated"),
)
LINE_INVERSE = Inverse.of(LINES, "order_id", "line_no", "sku", "name", "quantity", "price")
CHANGING = Inverse.of(MAPPING, "status", "updated")

_ROW = """
SELECT id, order_no, status, updated::text AS updated FROM orders WHERE id = $1 FOR UPDATE
"""
_REFUND = "UPDATE payment SET status = 'REFUNDED' WHERE order_id = $1 AND status <> 'REFUNDED'"
SUMS = """
SELECT count(*) AS orders, coalesce(max(id), 0) AS newest,
       count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled,
       round(coalesce(sum(total::numeric), 0), 2) AS money,
       (SELECT count(*) FROM order_line) AS lines, (SELECT count(*) FROM payment) AS payments
FROM orders
"""


def head_row(order: Fields[str, Any]) -> dict[str, Value]:
    """The columns of a new order."""
    return {"id": order["id"], **INVERSE.row(order)}


def line_rows(order: Fields[str, Any]) -> list[dict[str, Value]]:
    """The columns of each of its lines; the monolith numbers them itself."""
    return [LINE_INVERSE.row({**line, "order_id": order["id"]}) for line in order["lines"]]


def payment_row(order: Fields[str, Any]) -> dict[str, Value]:
    """The columns of its payment: what is cancelled is paid back, a card is charged at once."""
    status = "CAPTURED" if order["pay_method"] == "card" else "AUTH"
    return {
        "order_id": order["id"],
        "amount": order["total"],
        "method": order["pay_method"],
        "status": "REFUNDED" if order["status"] == "CANCELLED" else status,
        "created": order["created"],
    }


def changed_columns(row: Fields[str, Value], order: Fields[str, Any]) -> dict[str, Value]:
    """Of a row that is there, what is to be written. Raises Untranslatable for another order's."""
    if row["order_no"] != order["order_no"]:
        raise Untranslatable(f"orders {row['id']} is {row['order_no']}, not {order['order_no']}")
    return CHANGING.differing(row, order)


async def write(connection: asyncpg.Connection, rows: Rows) -> None:
    """In the open transaction. Raises LegacyAway where a row is another one's."""
    for number, order in rows.get(entities.ORDER, {}).items():
        if order is None:
            raise LegacyAway(f"order {number} is on one side only")
        found = await connection.fetchrow(_ROW, order["id"])
        if found is None:
            await connection.execute(*inserting("orders", head_row(order)))
            for line in line_rows(order):
                await connection.execute(*inserting("order_line", line))
            await connection.execute(*inserting("payment", payment_row(order)))
            continue
        columns = changed_columns(dict(found), order)
        if columns:
            await connection.execute(*updating("orders", order["id"], columns))
        if order["status"] == "CANCELLED":
            await connection.execute(_REFUND, order["id"])
