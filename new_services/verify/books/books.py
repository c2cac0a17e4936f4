"""The books of the new side's orders: laws across orders, legacy, payments and inventory; once
legacy is deleted, across the three that are left (alone.py).

    read all four ─▶ judge each purchase ─▶ those that break a law are read again until they hold or
    patience ends ─▶ what never held is broken

An order that the new side placed as owner is found by its number, one from before by its mark.
The four databases are read one after the other, so a purchase under way may look torn; by its end
it does not. What the new side wrote is held in memory: about a kilobyte for each of its orders.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
import orjson

from new_services.verify.books import alone, owned
from new_services.verify.books.marks import KEY_SQL, is_mark
from new_services.verify.books.purchases import (
    NOTHING,
    RULES,
    Claim,
    Money,
    Ordered,
    Purchase,
    Saga,
    judge,
    of_the_purchase,
)
from new_services.verify.laws.laws import Breach, LawReport, number_or_zero
from new_services.verify.laws.orders import TAKEN
from new_services.verify.sides import connect

BOOKS = "books"  # their name among the services
NAMES = ("orders", "legacy", "payments", "inventory")
ALONE = ("orders", "payments", "inventory")
PAUSE_SECONDS = 0.2

_ORDERS = f"""
SELECT {KEY_SQL} AS key, o.order_no, o.status,
       {number_or_zero("o.total")} AS total, o.created, (
           SELECT json_object_agg(sku, pieces) FROM (
               SELECT sku, sum(qty) AS pieces FROM order_line l WHERE l.order_id = o.id GROUP BY sku
           ) lines
       )::text AS lines
FROM orders o
"""
_SAGAS = """
SELECT id AS key, kind, phase, state->>'reason' AS reason, updated - created AS took,
       (state->'results'->'write'->'order')::text AS wrote,
       (state->'request'->'wish'->'lines')::text AS lines
FROM saga
"""
# What the orders service begins by itself about an order with a mark, but where it came to nothing.
_OF_ORDERS = """
SELECT id FROM saga WHERE phase <> 'undone'
AND id = ANY (SELECT kind || ':' || number FROM unnest($1::text[]) AS number,
              unnest(ARRAY['stray', 'settle']) AS kind)
"""
_MONEY = """
SELECT coalesce(p.id, a.reference) AS key, p.status, coalesce(p.amount, 0) AS amount,
       coalesce(a.captured, 0) AS captured, coalesce(a.refunded, 0) AS refunded,
       coalesce(a.authorised, 0) AS authorised
FROM payment p FULL JOIN provider.account a ON a.reference = p.id
"""
_CLAIMS = """
SELECT coalesce(c.saga_id, r.saga_id) AS key, c.status, coalesce(r.pieces, 0)::int AS pieces
FROM claim c FULL JOIN (
    SELECT saga_id, sum(pieces) FILTER (WHERE held) AS pieces FROM reservation GROUP BY saga_id
) r ON r.saga_id = c.saga_id
"""
# law, database, and what is left there, by a key: it must pass by itself
LEFT = (
    ("every event was sent", "orders",
     "SELECT event_id AS key, subject AS found FROM outbox WHERE sent IS NULL"),
    ("every event was sent", "payments",
     "SELECT event_id AS key, subject AS found FROM outbox WHERE sent IS NULL"),
    ("the feed has told every movement", "inventory",
     "SELECT origin AS key, change::text AS found FROM movement WHERE lsn IS NULL"
     # Behind a closed window legacy is given none, so the feed has none to send.
     " AND NOT EXISTS (SELECT FROM domain_owner WHERE domain = 'orders' AND owner = 'new'"
     " AND NOT window_open)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """Where orders are looked up: a database, and its statements by number and of all marked."""

    database: str
    numbered: str
    marked: str


IN_LEGACY = Written(
    "legacy",
    f"{_ORDERS} WHERE o.order_no = ANY ($1::text[]) ORDER BY o.id",
    f"{_ORDERS} WHERE o.po_number LIKE '%~________________' ORDER BY o.id",
)
AS_KEPT = Written(
    "orders",
    f"{alone.HELD} AND o.fields->>'order_no' = ANY ($1::text[]) ORDER BY id",
    f"{alone.HELD} AND o.fields->>'saga_id' IS NOT NULL ORDER BY id",
)


@dataclass(frozen=True, slots=True)
class Sums:
    """Of what the new side wrote, at the last look."""

    orders: int = 0
    standing: int = 0
    due: Decimal = NOTHING
    captured: Decimal = NOTHING
    refunded: Decimal = NOTHING


@dataclass(slots=True)
class BooksReport:
    """What came out."""

    laws: list[LawReport] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)


Broken = Mapping[tuple[str, str, str], Breach]  # by law, database and key


class Books:
    """Connections to all four, or to the three that are left."""

    def __init__(self, connections: Mapping[str, asyncpg.Connection]) -> None:
        self._connections = connections
        self._alone = "legacy" not in connections
        self._written = AS_KEPT if self._alone else IN_LEGACY

    async def purchases(self, keys: Sequence[str] | None = None) -> dict[str, Purchase]:
        """All of them, or those of these keys that are known anywhere."""
        # Later ones know more: a saga is stored before it does anything, and legacy is asked last.
        sagas = {row["key"]: _saga(row) for row in await self._rows("orders", _SAGAS, keys)}
        claims = {
            row["key"]: Claim(row["status"], row["pieces"])
            for row in await self._rows("inventory", _CLAIMS, keys)
        }
        money = {row["key"]: _money(row) for row in await self._rows("payments", _MONEY, keys)}
        placed, here = await self._owned(keys)
        marked = await self._marked(keys, here)
        found = {}
        for key in {*sagas, *claims, *money, *placed, *marked}:
            saga, paid, some = sagas.get(key), money.get(key), marked.get(key, [])
            own = (*placed.get(key, ()), *of_the_purchase(some, saga, paid))
            touched = await self._touched([each.number for each in some if each not in own])
            found[key] = Purchase(saga, own, paid, claims.get(key), touched)
        return found

    async def _owned(
        self, keys: Sequence[str] | None
    ) -> tuple[dict[str, list[Ordered]], dict[str, Ordered]]:
        """Orders that we placed as their owner, as legacy has them, by saga; and, by number, those
        that legacy is not given any more, as we have them."""
        rows = await self._rows("orders", owned.ORDERS, keys)
        here = {row["order_no"]: _in_our_words(orjson.loads(row["content"])) for row in rows
                if row["alone"]}  # fmt: skip
        sagas = {row["order_no"]: row["key"] for row in rows if row["placed"]}
        there = {
            row["order_no"]: _ordered(row)
            for row in await self._connections[self._written.database].fetch(
                self._written.numbered, list(sagas)
            )
        } | {number: order for number, order in here.items() if number in sagas}
        placed: dict[str, list[Ordered]] = {}
        for number, order in there.items():
            placed.setdefault(sagas[number], []).append(order)
        return placed, here

    async def _marked(
        self, keys: Sequence[str] | None, here: Mapping[str, Ordered]
    ) -> dict[str, list[Ordered]]:
        """Orders in legacy by the mark they bear. A customer may have written an old mark on an
        order that we placed: that one is another saga's."""
        rows = await self._rows(self._written.database, self._written.marked, keys)
        numbers = [row["order_no"] for row in rows]
        ours = {
            row["order_no"]
            for row in await self._connections["orders"].fetch(owned.PLACED, numbers)
        }
        marked: dict[str, list[Ordered]] = {}
        for row in rows:
            number = row["order_no"]
            # Else a customer's own text that looks like a mark.
            if is_mark(row["key"]) and number not in ours:
                marked.setdefault(row["key"], []).append(here.get(number) or _ordered(row))
        return marked

    async def _touched(self, numbers: Sequence[str]) -> tuple[str, ...]:
        """Our sagas about orders that only bear a mark."""
        if not numbers:
            return ()
        rows = await self._connections["orders"].fetch(_OF_ORDERS, numbers)
        return tuple(row["id"] for row in rows)

    async def left(self) -> dict[tuple[str, str, str], Breach]:
        """What has not passed yet; without legacy, also what the stock has not given or got."""
        found = {}
        if self._alone:
            given = await alone.taken(self._connections["orders"], self._connections["inventory"])
            found = {(TAKEN, BOOKS, key): breach for key, breach in given.items()}
        for law, database, statement in LEFT:
            for row in await self._connections[database].fetch(statement):
                found[law, database, row["key"]] = Breach(row["key"], None, row["found"])
        return found

    async def _rows(
        self, name: str, statement: str, keys: Sequence[str] | None
    ) -> Sequence[asyncpg.Record]:
        if keys is not None:
            statement = f"SELECT * FROM ({statement}) AS kept WHERE key = ANY ($1::text[])"
        values = [] if keys is None else [list(keys)]
        rows: Sequence[asyncpg.Record] = await self._connections[name].fetch(statement, *values)
        return rows


async def check(
    urls: Mapping[str, str], patience: float, clock: Callable[[], float] = time.monotonic
) -> BooksReport:
    """All laws; `urls` by NAMES, or by ALONE where legacy is deleted; `patience` in seconds for
    what is under way. Raises asyncpg's, and NotFresh where the reverse feed of the orders is behind
    for longer."""
    async with AsyncExitStack() as stack:
        connections = {}
        for name in urls:
            connections[name] = await connect(urls[name])
            stack.push_async_callback(connections[name].close, timeout=2)
        once: owned.Found = {}
        never: owned.Found = {}
        if "legacy" in connections:
            once, never = await owned.check(
                connections["orders"], connections["legacy"], patience, clock
            )
        books = Books(connections)
        purchases = await books.purchases()
        first = {**_broken(purchases), **await books.left()}
        last, until = first, clock() + patience
        while last and clock() < until:
            await asyncio.sleep(PAUSE_SECONDS)
            again = await books.purchases([key for _, _, key in last])
            purchases |= again
            now = {**_broken(again), **await books.left()}
            last = {which: breach for which, breach in now.items() if which in last}
        reports = _reports(
            first | {(law, BOOKS, key): breach for (law, key), breach in once.items()},
            last | {(law, BOOKS, key): breach for (law, key), breach in never.items()},
            owned.NAMES if "legacy" in connections else alone.NAMES,
        )
        return BooksReport(reports, _sums(purchases))


def _broken(purchases: Mapping[str, Purchase]) -> dict[tuple[str, str, str], Breach]:
    return {
        (law, BOOKS, key): Breach(key, expected, found)
        for key, purchase in purchases.items()
        for law, (expected, found) in judge(purchase).items()
    }


def _reports(first: Broken, last: Broken, more: Sequence[str]) -> list[LawReport]:
    """One for each law, also for those that hold; `more` than the RULES bind all together."""
    reports = []
    for law, database in (
        *((name, BOOKS) for name in (*RULES, *more)),
        *((name, database) for name, database, _ in LEFT),
    ):
        breaches = [breach for which, breach in last.items() if which[:2] == (law, database)]
        settled = sum(which[:2] == (law, database) for which in first) - len(breaches)
        reports.append(LawReport(law, database, None, breaches, settled))
    return reports


def _sums(purchases: Mapping[str, Purchase]) -> Sums:
    orders = [each for purchase in purchases.values() for each in purchase.orders]
    money = [purchase.money for purchase in purchases.values() if purchase.money is not None]
    return Sums(
        len(orders),
        sum(each.stands for each in orders),
        sum((each.total for each in orders if each.stands), NOTHING),
        sum((each.captured for each in money), NOTHING),
        sum((each.refunded for each in money), NOTHING),
    )


def _ordered(row: asyncpg.Record) -> Ordered:
    lines = orjson.loads(row["lines"]) if row["lines"] else {}
    return Ordered(row["order_no"], row["total"], lines, row["status"], row["created"])


def _saga(row: asyncpg.Record) -> Saga:
    wrote = None
    if row["wrote"]:
        wrote = _in_our_words(orjson.loads(row["wrote"]))
    purchase = orjson.loads(row["lines"]) if row["lines"] else None
    return Saga(row["kind"], row["phase"], row["reason"] or "", wrote, purchase, row["took"])


def _in_our_words(order: Mapping[str, Any]) -> Ordered:
    """An order in the new side's own words."""
    lines: dict[str, int] = {}
    for line in order["lines"]:
        lines[line["sku"]] = lines.get(line["sku"], 0) + line["quantity"]
    created = datetime.fromisoformat(order["created"])
    return Ordered(order["order_no"], Decimal(order["total"]), lines, order["status"], created)


def _money(row: asyncpg.Record) -> Money:
    return Money(row["status"], row["amount"], row["captured"], row["refunded"], row["authorised"])
