"""What must hold inside one database: the laws of stock, money and orders, as data.

A law's SQL gives the rows that break it: key, what was expected, what was found. In a read model a
transaction of legacy may for a moment be there by half, so a row that breaks a law is looked at
again until it holds, and only what never holds is broken.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import asyncpg

from new_services.verify.sides import Alone, Bench, now

LEGACY = "legacy"
# What PostgreSQL reads as a number. Spelled here again: a law must not share what it judges.
PLAIN_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"
MOST = 1000  # broken rows that are looked into
MOMENT_SECONDS = 0.2  # between two looks, where no feed says that it has come further
LOOKS = 8  # a row must break the law every time to be called broken


@dataclass(frozen=True, slots=True)
class Law:
    """`database`: a service's name, or legacy."""

    name: str
    database: str
    broken: str  # SELECT key, expected, found
    # The entity whose key it is, if what is wrong can be derived again of that row.
    derives: str | None = None
    # Of legacy: the domain behind whose closed window legacy need not hold it any more.
    while_open: str | None = None
    patience: float = 0.0  # seconds for which a row must break it


@dataclass(frozen=True, slots=True)
class Breach:
    """One row that breaks a law."""

    key: str
    expected: str | None
    found: str | None


@dataclass(slots=True)
class LawReport:
    """What came out of checking one law."""

    name: str
    database: str
    derives: str | None = None
    breaches: list[Breach] = field(default_factory=list)
    in_motion: int = 0


async def check(laws: Sequence[Law], bench: Bench) -> list[LawReport]:
    """All of them at the consistent point, both sides at once; what breaks one again, now."""
    theirs = [law for law in laws if law.database == LEGACY]
    ours = [law for law in laws if law.database != LEGACY]
    found = await asyncio.gather(_look(theirs, bench.still.legacy), _look(ours, bench.still.store))
    first = zip((*theirs, *ours), (*found[0], *found[1]), strict=True)

    async def moment() -> None:
        await bench.freshness.wait(await now(bench.live.legacy))

    live = {True: bench.live.legacy, False: bench.live.store}
    return [await _settle(law, rows, live[law.database == LEGACY], moment) for law, rows in first]


async def check_alone(laws: Sequence[Law], at: Alone) -> list[LawReport]:
    """All of these laws of one service, where there is no monolith."""

    async def moment() -> None:
        await asyncio.sleep(MOMENT_SECONDS)

    found = zip(laws, await _look(laws, at.still), strict=True)
    return [await _settle(law, rows, at.live, moment) for law, rows in found]


Rows = Sequence[asyncpg.Record]


async def _look(laws: Sequence[Law], still: asyncpg.Connection) -> list[Rows]:
    return [
        await still.fetch(f"SELECT * FROM ({law.broken}) AS broken LIMIT {MOST}") for law in laws
    ]


async def _settle(
    law: Law, first: Rows, live: asyncpg.Connection, moment: Callable[[], Awaitable[None]]
) -> LawReport:
    """A row is broken when it breaks the law each time it is looked at, a moment in between."""
    report = LawReport(law.name, law.database, law.derives)
    rows, looks, until = first, 0, time.monotonic() + law.patience
    while rows and (looks < LOOKS or time.monotonic() < until):
        looks += 1
        await (moment() if looks <= LOOKS else asyncio.sleep(MOMENT_SECONDS))
        rows = await live.fetch(
            f"SELECT * FROM ({law.broken}) AS broken WHERE key = ANY ($1::text[])",
            [row["key"] for row in rows],
        )
    report.in_motion = len(first) - len(rows)
    report.breaches = [Breach(row["key"], row["expected"], row["found"]) for row in rows]
    return report


def number_or_zero(text: str) -> str:
    """An amount that legacy keeps as text; what is none breaks every law about it."""
    return (
        f"CASE WHEN {text} IS NULL THEN 0 WHEN {text} ~ '{PLAIN_NUMBER}'"
        f" THEN ({text})::numeric ELSE 'NaN' END"
    )


LEGACY_LAWS = (
    Law(
        "stock is the sum of its movements",
        LEGACY,
        """
        SELECT coalesce(s.sku, m.sku)::text AS key, coalesce(m.total, 0)::text AS expected,
               s.qty::text AS found
        FROM stock s FULL JOIN
             (SELECT sku, sum(qty_change) AS total FROM stock_movement GROUP BY sku) m USING (sku)
        WHERE s.qty IS DISTINCT FROM coalesce(m.total, 0)
        """,
    ),
    Law(
        "an order's total is the sum of its lines",
        LEGACY,
        f"""
        SELECT o.order_no::text AS key, coalesce(l.total, 0)::text AS expected,
               o.total::text AS found
        FROM orders o LEFT JOIN (
            SELECT order_id, sum(qty * {number_or_zero("price")}) AS total
            FROM order_line GROUP BY 1
        ) l ON l.order_id = o.id
        WHERE {number_or_zero("o.total")} <> coalesce(l.total, 0)
        """,
    ),
    Law(
        "an order is paid with its total",
        LEGACY,
        """
        SELECT o.order_no::text AS key, o.total::text AS expected, p.amount::text AS found
        FROM orders o JOIN payment p ON p.order_id = o.id WHERE p.amount <> o.total
        """,
    ),
    # Customers may use the mark again; the books know better which order is the saga's.
    Law(
        "a saga has written one order at most",
        LEGACY,
        """
        SELECT o.po_number::text AS key, '1' AS expected, (count(*) + 1)::text AS found
        FROM orders o JOIN orders again ON again.po_number = o.po_number AND again.id > o.id
             AND again.customer_id = o.customer_id AND again.total = o.total
             AND again.created < o.created + interval '15 seconds'
        WHERE o.po_number LIKE '%~________________' AND again.po_number LIKE '%~________________'
        GROUP BY o.po_number
        """,
    ),
)

ORDERS_LAWS = (
    Law(
        "an order's total is the sum of its lines",
        "orders",
        f"""
        SELECT o.fields->>'order_no' AS key, coalesce(l.total, 0)::text AS expected,
               o.fields->>'total' AS found
        FROM mirror o LEFT JOIN (
            SELECT fields->>'order_id' AS order_id,
                   sum((fields->>'quantity')::numeric
                       * {number_or_zero("(fields->>'price')")}) AS total
            FROM mirror WHERE entity = 'line' AND NOT gone GROUP BY 1
        ) l ON l.order_id = o.key
        WHERE o.entity = 'order' AND NOT o.gone
          AND {number_or_zero("(o.fields->>'total')")} <> coalesce(l.total, 0)
        """,
    ),
)

INVENTORY_LAWS = (
    Law(
        "what was moved is what is there",
        "inventory",
        """
        SELECT l.sku AS key, coalesce(m.total, 0)::text || ' = ' || (l.quantity + l.ahead)::text
                   AS expected, l.ledger::text AS found
        FROM level l LEFT JOIN
             (SELECT sku, sum(change) AS total FROM movement GROUP BY sku) m USING (sku)
        WHERE l.ledger <> coalesce(m.total, 0) OR l.ledger <> l.quantity + l.ahead
        """,
        derives="stock",
    ),
    Law(
        "what is reserved is what is held",
        "inventory",
        """
        SELECT l.sku AS key, coalesce(r.total, 0)::text AS expected, l.reserved::text AS found
        FROM level l LEFT JOIN
             (SELECT sku, sum(pieces) AS total FROM reservation WHERE held GROUP BY sku) r
             USING (sku)
        WHERE l.reserved <> coalesce(r.total, 0)
        """,
        derives="stock",
    ),
)

LAWS = (*LEGACY_LAWS, *ORDERS_LAWS, *INVENTORY_LAWS)
