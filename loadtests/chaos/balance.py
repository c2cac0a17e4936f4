"""What only the customers know: each finding is a sentence. The rest is proved by `fig verify`.

Given connections as the owners of the databases, and what the customers wrote down. Nothing here
knows how the orders were placed, through which side, or what died meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import psycopg

from loadtests.chaos.journal import BEYOND, PREFIX, Fate, Look, Purchase

Connection: TypeAlias = psycopg.Connection[Any]
Stock: TypeAlias = Mapping[str, int]

STOCK = "SELECT sku, qty FROM stock"
_TEXT = "split_part(po_number, ' ~', 1)"  # without the saga's mark
_SAGA = "nullif(split_part(po_number, ' ~', 2), '')"
_ORDERS = f"""
SELECT o.order_no, {_TEXT} AS text, {_SAGA} AS saga, o.status, o.total::numeric AS total,
       (SELECT json_object_agg(sku, qty) FROM order_line l WHERE l.order_id = o.id) AS lines
FROM orders o WHERE po_number LIKE '{PREFIX}%'
"""
# Of each order that a saga wrote; the monolith's row bears a mark only where the monolith wrote it.
_WRITTEN = "SELECT order_no, saga_id FROM written_order"
_PENDING = "SELECT id, phase, state->'results'->'write'->'order'->>'order_no' FROM saga"
_NOT_CANCELLED = """
SELECT state->'request'->>'order_no' FROM saga WHERE kind = 'cancel-order' AND phase = 'undone'
"""
_MAILS = "SELECT event_id, recipient FROM mail WHERE sent IS NOT NULL"


def by_saga(databases: Mapping[str, Connection]) -> int:
    """Orders that came through the new side."""
    return sum(1 for order in _orders(databases) if order.saga)


def _orders(databases: Mapping[str, Connection]) -> list[Order]:
    written = dict(databases["orders"].execute(_WRITTEN).fetchall())
    return [
        Order(number, text, mark or written.get(number), *rest)
        for number, text, mark, *rest in databases["legacy"].execute(_ORDERS)
    ]


def check(
    databases: Mapping[str, Connection], purchases: Mapping[str, Purchase], start: Stock
) -> list[str]:
    """Every sentence is something that must not be."""
    stock = dict(databases["legacy"].execute(STOCK).fetchall())
    return compared(databases, _orders(databases), purchases, (start, stock))


def compared(
    databases: Mapping[str, Connection],
    orders: list[Order],
    purchases: Mapping[str, Purchase],
    stock: tuple[Stock, Stock],
) -> list[str]:
    """The same with these orders, and with the stock before and after them."""
    cancelled = {row[0] for row in databases["orders"].execute(_NOT_CANCELLED)}
    return [
        *_purchases(purchases, orders, _sagas(databases["orders"])),
        *_cancellations(purchases, orders, cancelled),
        *_stock(orders, *stock),
        *_mails(orders, {row[0] for row in databases["notifications"].execute(_MAILS)}),
    ]


class Order:
    """As its owner has it: number, text, saga, status, total, pieces by sku."""

    def __init__(self, number: str, text: str, saga: str | None, *rest: Any) -> None:
        self.number, self.text, self.saga = number, text, saga
        self.status, self.total, self.lines = rest

    @property
    def alive(self) -> bool:
        return bool(self.status != "CANCELLED")


def _sagas(orders: Connection) -> dict[str, tuple[str, str | None]]:
    return {row[0]: (row[1], row[2]) for row in orders.execute(_PENDING)}


def _purchases(
    purchases: Mapping[str, Purchase],
    orders: list[Order],
    sagas: Mapping[str, tuple[str, str | None]],
) -> list[str]:
    """What each customer was answered, against what there is."""
    by_text: dict[str, list[Order]] = {}
    for order in orders:
        by_text.setdefault(order.text, []).append(order)
    found = [f"nobody asked for {text}" for text in by_text if text not in purchases]
    for purchase in purchases.values():
        found += _purchase(purchase, by_text.get(purchase.text, []), sagas)
        found += [
            f"{purchase.text}: {broken}" for look in purchase.looks for broken in _broken(look)
        ]
        if len(purchase.answers) > 1:
            found.append(
                f"{purchase.text}: asked again with its key, answered "
                f"{', then '.join(purchase.answers)}"
            )
    return found


def _broken(look: Look) -> list[str]:
    """Customers see their acknowledged writes, on either side; an error is no answer, and what
    says that it is old may be so."""
    if look.age or look.shown == BEYOND:
        return []
    if look.status == 404 and look.fate in (Fate.PLACED, Fate.PENDING):
        return [f"acknowledged, and {look.path} said 404"]
    if look.status != 200 or look.fate is not Fate.PLACED:
        return []
    if look.shown is None:
        return [f"acknowledged, and not in {look.path}"]
    if look.cancelled and look.shown != "CANCELLED":
        return [f"its cancellation was acknowledged, and {look.path} says {look.shown}"]
    return []


def _purchase(
    purchase: Purchase, there: list[Order], sagas: Mapping[str, tuple[str, str | None]]
) -> list[str]:
    found = []
    alive = [order for order in there if order.alive]
    if purchase.fate is Fate.PLACED and [one.number for one in there] != [purchase.order_no]:
        found.append(
            f"{purchase.text}: acknowledged as {purchase.order_no}, there is {_numbers(there)}"
        )
    if purchase.fate is Fate.REFUSED and alive:
        found.append(f"{purchase.text}: refused with {purchase.status}, there is {_numbers(alive)}")
    if purchase.fate is Fate.PENDING:
        phase, number = sagas.get(purchase.request_id, ("gone", None))
        expected = [number] if phase == "done" else []
        if phase not in ("done", "undone") or [one.number for one in there] != expected:
            found.append(
                f"{purchase.text}: accepted, {phase} as {number}, there is {_numbers(there)}"
            )
    if len(alive) > 1:
        found.append(f"{purchase.text}: ordered once, placed as {_numbers(alive)}")
    for order in there:
        if order.lines != dict(purchase.lines):
            found.append(f"{order.number}: asked for {dict(purchase.lines)}, has {order.lines}")
        if purchase.total and order.total != Decimal(purchase.total):
            found.append(f"{order.number}: acknowledged at {purchase.total}, is {order.total}")
    return found


def _cancellations(
    purchases: Mapping[str, Purchase], orders: list[Order], refused: set[str]
) -> list[str]:
    """One that was accepted (202) may be refused later, as when the session has ended by then: its
    saga has to say so."""
    found = []
    for order in orders:
        answers = purchases[order.text].cancelled if order.text in purchases else set()
        if order.alive and (200 in answers or (202 in answers and order.number not in refused)):
            found.append(f"{order.number}: its cancellation was acknowledged, it is {order.status}")
    return found


def _numbers(orders: list[Order]) -> str:
    return ", ".join(order.number for order in orders) or "none"


def _stock(orders: list[Order], start: Stock, now: Stock) -> list[str]:
    """Start minus sold plus cancelled: no other customers were there."""
    sold: Counter[str] = Counter()
    for order in orders:
        if order.alive:
            sold.update(order.lines)
    return [
        f"{sku}: {start[sku]} at the start, {sold[sku]} sold, and now {now.get(sku)}"
        for sku in start
        if now.get(sku) != start[sku] - sold[sku]
    ]


def _mails(orders: list[Order], sent: set[str]) -> list[str]:
    """Each order of a saga has its mail, and a second one when it was cancelled."""
    return [
        f"{order.number}: no mail says that it was {what}"
        for order in orders
        if order.saga
        for what in ("placed", "cancelled")
        if (what == "placed" or not order.alive) and f"{order.number}:{what}" not in sent
    ]
