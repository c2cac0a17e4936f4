"""The orders that the new side owns: found by number, as they bear no mark, and bound to legacy.

    the owner's rows, in one snapshot with what the reverse feed has not given ─▶ legacy's rows
    ─▶ what differs is looked at again, until it is equal or patience ends

While the window is open, legacy has an order of ours with the same meaning; later owners change
no more than its status and payment. Behind a closed window legacy is given none, and ours stands.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import asyncpg
import orjson

from new_services.verify.books.purchases import CANCELLED
from new_services.verify.freshness import NotFresh
from new_services.verify.laws.laws import Breach, number_or_zero

SAME = "an order that the new side owns means the same in legacy"
KNOWN = "legacy has no order that its owner does not know"
NAMES = (SAME, KNOWN)
PAUSE_SECONDS = 0.2
PARTS = ("name", "street", "zip", "city")

# `alone`: legacy is not given this order as it is now.
ORDERS = """
SELECT o.saga_id AS key, o.order_no, o.placed, o.content,
       (d.owner = 'new' AND NOT d.window_open AND o.epoch = d.epoch) AS alone
FROM owned_order o, domain_owner d WHERE d.domain = 'orders' AND o.saga_id IS NOT NULL
"""
PLACED = "SELECT order_no FROM owned_order WHERE placed AND order_no = ANY ($1::text[])"
_OURS = """
SELECT o.order_no, o.order_id, o.customer_id, o.saga_id, o.placed, o.content,
       o.epoch = d.epoch AS current
FROM owned_order o, domain_owner d
WHERE d.domain = 'orders' AND (o.placed OR o.epoch = d.epoch)
  AND (o.epoch < d.epoch OR d.window_open)
  AND ($1::text[] IS NULL OR o.order_no = ANY ($1))
"""
_PENDING = "SELECT DISTINCT key FROM owned_change WHERE domain = 'orders' AND entity = 'order'"
_HANDED = """
SELECT (numbers->>'order_id')::bigint FROM domain_owner WHERE domain = 'orders' AND owner = 'new'
"""
_KNOWN = "SELECT order_no FROM owned_order WHERE order_no = ANY ($1::text[])"
_LATER = "SELECT order_no FROM orders WHERE id > $1"
_THEIRS = f"""
SELECT o.id, o.order_no, o.customer_id, o.status, o.po_number, o.pay_method,
       {number_or_zero("o.total")} AS total, to_char(o.created, 'YYYY-MM-DD HH24:MI:SS') AS created,
       array[o.ship_name, o.ship_street, o.ship_zip, o.ship_city]::text[] AS ship,
       (SELECT json_agg(json_build_array(sku, qty, price))
        FROM order_line l WHERE l.order_id = o.id)::text AS lines,
       (SELECT json_agg(json_build_array(status, method, amount))
        FROM payment p WHERE p.order_id = o.id)::text AS payments
FROM orders o WHERE o.order_no = ANY ($1::text[])
"""
Meaning = Mapping[str, str]  # by the name of what is compared, in words
Found = dict[tuple[str, str], Breach]  # by law and order number


def ours(row: Mapping[str, Any]) -> Meaning:
    """What legacy must hold of an order of ours. Of an order of an earlier epoch, legacy has owned
    the status and the payment since."""
    content = orjson.loads(row["content"])
    meaning = {
        "id": str(row["order_id"]),
        "customer": str(row["customer_id"]),
        "total": _money(content["total"]),
        "number": content["po_number"] or "",
        "paid by": content["pay_method"],
        "created": content["created"],
        "address": _address([content["ship"][part] for part in PARTS]),
        "lines": _lines(
            [(each["sku"], each["quantity"], each["price"]) for each in content["lines"]]
        ),
    }
    if row["current"]:
        charged = "CAPTURED" if content["pay_method"] == "card" else "AUTH"
        state = "REFUNDED" if content["status"] == CANCELLED else charged
        meaning["status"] = content["status"]
        meaning["payment"] = _payments([(state, content["pay_method"], content["total"])])
    return meaning


def theirs(row: Mapping[str, Any], saga_id: str | None) -> Meaning:
    """What legacy holds; `saga_id` names the mark behind the customer's own text, where it is an
    order from before we owned them."""
    number = row["po_number"] or ""
    if saga_id is not None:
        number = number.removesuffix(f"~{saga_id}").removesuffix(" ")
    return {
        "id": str(row["id"]),
        "customer": str(row["customer_id"]),
        "total": _money(row["total"]),
        "number": number,
        "paid by": row["pay_method"],
        "created": row["created"],
        "address": _address(row["ship"]),
        "lines": _lines(orjson.loads(row["lines"] or "[]")),
        "status": row["status"],
        "payment": _payments(orjson.loads(row["payments"] or "[]")),
    }


def difference(wanted: Meaning, found: Meaning | None) -> tuple[str, str] | None:
    """What was expected and what was found, of that which differs; None where it is equal."""
    if found is None:
        return "the order", "no order"
    names = [name for name, value in wanted.items() if value != found[name]]
    if not names:
        return None
    return _words(wanted, names), _words(found, names)


async def check(
    orders: asyncpg.Connection,
    legacy: asyncpg.Connection,
    patience: float,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Found, Found]:
    """What broke a law at the first look, and what broke it at every look. Raises NotFresh when
    the reverse feed has not given legacy everything of the first look within `patience` seconds."""
    until = clock() + patience
    first, waiting = await _look(orders, legacy, None)
    last = dict(first)
    while (last or waiting) and clock() < until:
        await asyncio.sleep(PAUSE_SECONDS)
        again, pending = await _look(orders, legacy, [*{number for _, number in last}, *waiting])
        # What was only pending until now breaks a law for the first time.
        fresh = {which: breach for which, breach in again.items() if which[1] in waiting}
        last = {which: breach for which, breach in again.items() if which in last} | fresh
        first |= fresh
        waiting &= pending
    if waiting:
        raise NotFresh(
            f"the reverse feed of orders is {len(waiting)} orders behind, and did not catch up"
            f" within {patience:.0f} s; `fig status` says what is in its way"
        )
    return first, last


async def _look(
    orders: asyncpg.Connection, legacy: asyncpg.Connection, numbers: Sequence[str] | None
) -> tuple[Found, set[str]]:
    """What breaks a law, of these orders or all; and the orders that legacy is to be given."""
    async with orders.transaction(isolation="repeatable_read", readonly=True):
        mine = await orders.fetch(_OURS, numbers)
        handed = await orders.fetchval(_HANDED)
        pending = {row["key"] for row in await orders.fetch(_PENDING)}
    rows = await legacy.fetch(_THEIRS, [row["order_no"] for row in mine])
    standing = {row["order_no"]: row for row in rows}
    found: Found = {}
    for row in mine:
        number, there = row["order_no"], standing.get(row["order_no"])
        mark = None if row["placed"] else row["saga_id"]
        differs = difference(ours(row), None if there is None else theirs(there, mark))
        if differs is not None and number not in pending:
            found[SAME, number] = Breach(number, *differs)
    for number in await _unknown(orders, legacy, handed):
        found[KNOWN, number] = Breach(number, "no order", "an order that we did not place")
    return found, pending & {row["order_no"] for row in mine}


async def _unknown(
    orders: asyncpg.Connection, legacy: asyncpg.Connection, handed: int | None
) -> set[str]:
    """Legacy's orders behind the last one at the cutover that the owner has not placed."""
    if handed is None:
        return set()
    later = {row["order_no"] for row in await legacy.fetch(_LATER, handed)}
    # Asked last: what legacy has of ours was here before.
    return later - {row["order_no"] for row in await orders.fetch(_KNOWN, list(later))}


def _money(amount: Decimal | str) -> str:
    try:
        return f"{Decimal(amount):.2f}"
    except InvalidOperation:
        return f"'{amount}'"


def _address(parts: Sequence[str]) -> str:
    return ", ".join(part.strip() for part in parts)


def _lines(lines: Sequence[Sequence[Any]]) -> str:
    return ", ".join(sorted(f"{pieces} {sku} at {_money(price)}" for sku, pieces, price in lines))


def _payments(payments: Sequence[Sequence[Any]]) -> str:
    listed = (f"{status} by {method} {_money(amount)}" for status, method, amount in payments)
    return ", ".join(sorted(listed))


def _words(meaning: Meaning, names: Sequence[str]) -> str:
    return "; ".join(f"{name} {meaning[name] or 'none'}" for name in names)
