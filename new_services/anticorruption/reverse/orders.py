"""An order as we own it -> the monolith's rows of it: the order, its lines, its payment.

The payment is a function of the order. Of a row that is there, only columns change whose meaning
differs; that is the status and the time, since nothing else of an order changes. No mark is written
behind the customer's own number, and one that stands there stays.
"""

from collections.abc import Mapping as Fields
from collections.abc import Sequence
from typing import Any

import asyncpg

from chassis.ownership.sides import LegacyAway, Sums
from contracts.feed import entities
from contracts.feed.change import Value
from contracts.feed.mapping import Untranslatable
from new_services.anticorruption.reverse.inverse import Inverse, differing
from new_services.anticorruption.tables import LINE, ORDER

MAPPING, LINES = ORDER.mapping(), LINE.mapping()
PARTS = ("name", "street", "zip", "city")
INVERSES = (
    Inverse("order_no", "order_no", "order_no"),
    Inverse("customer_id", "customer_id", "customer_id"),
    Inverse("status", "status", "status"),
    Inverse("total", "total", "total"),
    Inverse("po_number", "po_number", "po_number"),
    Inverse("pay_method", "pay_method", "pay_method"),
    *(Inverse(f"ship_{part}", f"ship_{part}", f"ship_{part}") for part in PARTS),
    Inverse("created", "created", "created"),
    Inverse("updated", "updated", "updated"),
)
LINE_INVERSES = tuple(
    Inverse(name, column, name)
    for name, column in (
        ("order_id", "order_id"), ("line_no", "line_no"), ("sku", "sku"), ("name", "name"),
        ("quantity", "qty"), ("price", "price"),
    )
)  # fmt: skip
CHANGING = tuple(each for each in INVERSES if each.field in ("status", "updated"))
_MOMENTS = frozenset({"created", "updated"})
_ROW = """
SELECT id, order_no, status, updated::text AS updated FROM orders WHERE id = $1 FOR UPDATE
"""
_REFUND = "UPDATE payment SET status = 'REFUNDED' WHERE order_id = $1 AND status <> 'REFUNDED'"
_SUMS = """
SELECT count(*) AS orders, coalesce(max(id), 0) AS newest,
       count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled,
       coalesce(sum(total::numeric), 0) AS money,
       (SELECT count(*) FROM order_line) AS lines, (SELECT count(*) FROM payment) AS payments
FROM orders
"""


def head_row(order: Fields[str, Any]) -> dict[str, Value]:
    """The columns of a new order."""
    row = {each.column: each.write(order[each.source]) for each in INVERSES}
    return {"id": order["id"], **row}


def line_rows(order: Fields[str, Any]) -> list[dict[str, Value]]:
    """The columns of each of its lines; the monolith numbers them itself."""
    lines = ({**line, "order_id": order["id"]} for line in order["lines"])
    return [
        {each.column: each.write(line[each.source]) for each in LINE_INVERSES} for line in lines
    ]


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
    return differing(MAPPING, CHANGING, row, order)


async def write(
    connection: asyncpg.Connection, rows: Fields[str, Fields[str, Fields[str, Any] | None]]
) -> None:
    """In the open transaction. Raises LegacyAway where a row is another one's."""
    for number, order in rows.get(entities.ORDER, {}).items():
        if order is None:
            raise LegacyAway(f"order {number} is on one side only")
        found = await connection.fetchrow(_ROW, order["id"])
        if found is None:
            await _insert(connection, "orders", head_row(order))
            for line in line_rows(order):
                await _insert(connection, "order_line", line)
            await _insert(connection, "payment", payment_row(order))
            continue
        columns = changed_columns(dict(found), order)
        if columns:
            await connection.execute(*_update(order["id"], columns))
        if order["status"] == "CANCELLED":
            await connection.execute(_REFUND, order["id"])


async def sums(connection: "asyncpg.Connection | asyncpg.Pool") -> Sums:
    row = await connection.fetchrow(_SUMS)
    return {name: f"{value:.2f}" if name == "money" else str(value) for name, value in row.items()}


async def _insert(connection: asyncpg.Connection, table: str, row: Fields[str, Value]) -> None:
    places = ", ".join(_place(name, number) for number, name in enumerate(row, 1))
    await connection.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values()
    )


def _update(order_id: int, columns: Fields[str, Value]) -> Sequence[Any]:
    sets = ", ".join(f"{name} = {_place(name, place)}" for place, name in enumerate(columns, 2))
    return f"UPDATE orders SET {sets} WHERE id = $1", order_id, *columns.values()


def _place(column: str, number: int) -> str:
    return f"${number}::text::timestamp" if column in _MOMENTS else f"${number}"
