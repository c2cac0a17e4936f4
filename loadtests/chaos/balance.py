"""What must be true of both sides when all is quiet again: each finding is a sentence.

Given connections as the owners of the databases, and what the customers wrote down. Nothing here
knows how the orders were placed, through which side, or what died meanwhile.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import psycopg

from loadtests.chaos.journal import PREFIX, Fate, Wish

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
_SHOWN = f"""
SELECT order_no, po_number, shown->>'status', (shown->>'total')::numeric,
       (SELECT json_object_agg(l->>'sku', (l->>'qty')::int)
        FROM json_array_elements(shown->'lines') l)
FROM (SELECT order_no, po_number, coalesce(body, own_body)::json AS shown
      FROM order_document WHERE po_number LIKE '{PREFIX}%') documents
"""
_MONEY = "SELECT reference, captured, refunded, authorised FROM provider.account"
# database: what is left behind there, by name, and how it is counted
LEFT = {
    "orders": {
        "open sagas": "SELECT count(*) FROM saga WHERE phase IN ('forward', 'backward')",
        "events not sent": "SELECT count(*) FROM outbox WHERE sent IS NULL",
    },
    "inventory": {
        "pieces reserved": "SELECT coalesce(sum(reserved), 0) FROM level",
        "movements the feed has not told": "SELECT coalesce(sum(abs(ahead)), 0) FROM level",
    },
    "payments": {
        "payments under way": "SELECT count(*) FROM payment"
        " WHERE status IN ('new', 'authorised', 'voiding')",
        "money authorised": "SELECT coalesce(sum(authorised), 0) FROM provider.account",
        "events not sent": "SELECT count(*) FROM outbox WHERE sent IS NULL",
    },
}
_PARKED = "SELECT id, state->>'reason' FROM saga WHERE phase = 'parked'"
_PENDING = "SELECT id, phase, state->'results'->'write'->'order'->>'order_no' FROM saga"
_MIRROR = "SELECT sku, quantity, ledger, ahead FROM level WHERE updated <> ''"


def left_behind(databases: Mapping[str, Connection]) -> list[str]:
    """What is not finished yet; asked again until it is empty or patience ends."""
    found = []
    for name, questions in LEFT.items():
        for what, statement in questions.items():
            count = databases[name].execute(statement).fetchone()
            if count is not None and count[0]:
                found.append(f"{name}: {count[0]} {what}")
    return found


def settle(databases: Mapping[str, Connection], seconds: float) -> list[str]:
    """Wait until nothing is left behind; what still is after so long."""
    deadline = time.monotonic() + seconds
    while left := left_behind(databases):
        if time.monotonic() > deadline:
            return left
        time.sleep(0.5)
    return []


def by_saga(legacy: Connection) -> int:
    """Orders that the new side wrote."""
    return sum(1 for row in legacy.execute(_ORDERS) if row[2])


def check(
    databases: Mapping[str, Connection], wishes: Mapping[str, Wish], start: Stock
) -> list[str]:
    """Every sentence is something that must not be."""
    legacy = databases["legacy"]
    orders = [Order(*row) for row in legacy.execute(_ORDERS)]
    shown = {row[0]: row for row in databases["orders"].execute(_SHOWN)}
    return [
        *(f"a saga is parked: {' '.join(map(str, row))}"
          for row in databases["orders"].execute(_PARKED)),
        *_wishes(wishes, orders, _sagas(databases["orders"])),
        *_both_sides(orders, shown),
        *_stock(orders, start, dict(legacy.execute(STOCK).fetchall()), databases["inventory"]),
        *_money(orders, databases["payments"]),
    ]  # fmt: skip


class Order:
    """As legacy has it."""

    def __init__(self, number: str, text: str, saga: str | None, *rest: Any) -> None:
        self.number, self.text, self.saga = number, text, saga
        self.status, self.total, self.lines = rest

    @property
    def alive(self) -> bool:
        """Not cancelled."""
        return bool(self.status != "CANCELLED")


def _sagas(orders: Connection) -> dict[str, tuple[str, str | None]]:
    return {row[0]: (row[1], row[2]) for row in orders.execute(_PENDING)}


def _wishes(
    wishes: Mapping[str, Wish], orders: list[Order], sagas: Mapping[str, tuple[str, str | None]]
) -> list[str]:
    """What each customer was told, against what there is."""
    by_text: dict[str, list[Order]] = {}
    for order in orders:
        by_text.setdefault(order.text, []).append(order)
    found = [f"nobody asked for {text}" for text in by_text if text not in wishes]
    for wish in wishes.values():
        found += _wish(wish, by_text.get(wish.text, []), sagas)
    return found


def _wish(wish: Wish, there: list[Order], sagas: Mapping[str, tuple[str, str | None]]) -> list[str]:
    found = []
    alive = [order for order in there if order.alive]
    if wish.fate is Fate.PLACED and [one.number for one in there] != [wish.order_no]:
        found.append(f"{wish.text}: acknowledged as {wish.order_no}, there is {_numbers(there)}")
    if wish.fate is Fate.REFUSED and alive:
        found.append(f"{wish.text}: refused with {wish.status}, there is {_numbers(alive)}")
    if wish.fate is Fate.PENDING:
        phase, number = sagas.get(wish.request_id, ("gone", None))
        expected = [number] if phase == "done" else []
        if phase not in ("done", "undone") or [one.number for one in there] != expected:
            found.append(f"{wish.text}: accepted, {phase} as {number}, there is {_numbers(there)}")
    if len(alive) > 1:
        found.append(f"{wish.text}: ordered once, placed as {_numbers(alive)}")
    for order in there:
        if order.lines != dict(wish.lines):
            found.append(f"{order.number}: asked for {dict(wish.lines)}, has {order.lines}")
        if wish.total and order.total != Decimal(wish.total):
            found.append(f"{order.number}: acknowledged at {wish.total}, is {order.total}")
        if order.alive and wish.cancelled & {200, 202}:
            found.append(f"{order.number}: its cancellation was acknowledged, it is {order.status}")
    return found


def _numbers(orders: list[Order]) -> str:
    return ", ".join(order.number for order in orders) or "none"


def _both_sides(orders: list[Order], shown: Mapping[str, Any]) -> list[str]:
    """Each order once on both sides, with equal lines and totals."""
    found = [f"{number}: only on the new side" for number in
             shown.keys() - {order.number for order in orders}]  # fmt: skip
    for order in orders:
        there = shown.get(order.number)
        if there is None:
            found.append(f"{order.number}: only in legacy")
        elif there[1:] != (order.text, order.status, order.total, order.lines):
            here = (order.text, order.status, order.total, order.lines)
            found.append(f"{order.number}: legacy has {here}, the new side {there[1:]}")
    return found


def _stock(orders: list[Order], start: Stock, now: Stock, inventory: Connection) -> list[str]:
    """Start minus sold plus cancelled, on both sides."""
    sold: Counter[str] = Counter()
    for order in orders:
        if order.alive:
            sold.update(order.lines)
    found = [
        f"{sku}: {start[sku]} at the start, {sold[sku]} sold, and now {now.get(sku)}"
        for sku in start
        if now.get(sku) != start[sku] - sold[sku]
    ]
    for sku, quantity, ledger, ahead in inventory.execute(_MIRROR):
        if quantity != now.get(sku) or ledger != quantity + ahead:
            found.append(f"{sku}: legacy has {now.get(sku)}, mirrored {quantity}, ledger {ledger}")
    return found


def _money(orders: list[Order], payments: Connection) -> list[str]:
    """Captured is the total of each order that a saga wrote and that stands; nothing else is."""
    due = {order.saga: order for order in orders if order.saga}
    found = []
    accounts = {row[0]: row[1:] for row in payments.execute(_MONEY)}
    for saga, (captured, refunded, authorised) in accounts.items():
        order = due.get(saga)
        expected = order.total if order is not None and order.alive else Decimal(0)
        if captured - refunded != expected or authorised:
            number = order.number if order is not None else "no order"
            found.append(
                f"{saga} ({number}): {expected} due, {captured} captured, {refunded} refunded,"
                f" {authorised} authorised"
            )
    return found + [f"{one.number}: never paid" for saga, one in due.items()
                    if one.alive and saga not in accounts]  # fmt: skip
