"""What must hold inside one database: the laws of stock, money and orders, as data.

A law's SQL gives the rows that break it: key, what was expected, what was found. In a read model a
transaction of legacy may for a moment be there by half, so a row that breaks a law is looked at
again until it holds, and only what never holds is broken.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

from new_services.anticorruption.mapping import number_sql
from new_services.anticorruption.verify.freshness import Freshness
from new_services.anticorruption.verify.sides import Bench, now

LEGACY = "legacy"
MOST = 1000  # broken rows that are looked into
LOOKS = 8  # a row must break the law every time to be called broken


@dataclass(frozen=True, slots=True)
class Law:
    """`database`: a service's name, or legacy."""

    name: str
    database: str
    broken: str  # SELECT key, expected, found
    # The entity whose key it is, if what is wrong can be derived anew of that row.
    derives: str | None = None


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
    return [await _settle(law, rows, bench) for law, rows in first]


Rows = Sequence[asyncpg.Record]


async def _look(laws: Sequence[Law], still: asyncpg.Connection) -> list[Rows]:
    return [
        await still.fetch(f"SELECT * FROM ({law.broken}) AS broken LIMIT {MOST}") for law in laws
    ]


async def _settle(law: Law, first: Rows, bench: Bench) -> LawReport:
    """A row is broken when it breaks the law each time it is looked at."""
    live = bench.live.legacy if law.database == LEGACY else bench.live.store
    report = LawReport(law.name, law.database, law.derives)
    rows = first
    for _ in range(LOOKS):
        if not rows:
            break
        await _pass_a_moment(bench.freshness, bench.live.legacy)
        rows = await live.fetch(
            f"SELECT * FROM ({law.broken}) AS broken WHERE key = ANY ($1::text[])",
            [row["key"] for row in rows],
        )
    report.in_motion = len(first) - len(rows)
    report.breaches = [Breach(row["key"], row["expected"], row["found"]) for row in rows]
    return report


async def _pass_a_moment(freshness: Freshness, legacy: asyncpg.Connection) -> None:
    await freshness.wait(await now(legacy))


def number_or_zero(text: str) -> str:
    """An amount that legacy keeps as text; what is none breaks every law about it."""
    return f"coalesce(({number_sql(text)})::numeric, 0)"


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
    Law(
        "a saga has written one order at most",
        LEGACY,
        """
        SELECT po_number::text AS key, '1' AS expected, count(*)::text AS found
        FROM orders WHERE po_number LIKE '%~________________' GROUP BY po_number
        HAVING count(*) > 1
        """,
    ),
)

CATALOG_LAWS = (
    Law(
        "every product has its document, and no other has one",
        "catalog",
        """
        SELECT coalesce(p.id, d.product_id)::text AS key, p.sku AS expected, d.sku AS found
        FROM (SELECT id, sku FROM product WHERE NOT deleted) p
             FULL JOIN document d ON d.product_id = p.id
        WHERE p.sku IS DISTINCT FROM d.sku
        """,
        derives="product",
    ),
    Law(
        "a document says the stock of its active variants",
        "catalog",
        """
        SELECT d.product_id::text AS key, coalesce(s.quantity, 0)::text AS expected,
               convert_from(d.detail, 'UTF8')::jsonb->>'stock' AS found
        FROM document d LEFT JOIN (
            SELECT v.product_id, sum(s.quantity) AS quantity
            FROM variant v JOIN stock s ON s.sku = v.sku AND NOT s.deleted
            WHERE v.active AND NOT v.deleted GROUP BY v.product_id
        ) s USING (product_id)
        WHERE d.detail IS NOT NULL
          AND (convert_from(d.detail, 'UTF8')::jsonb->>'stock')::numeric
              IS DISTINCT FROM coalesce(s.quantity, 0)
        """,
        derives="product",
    ),
    Law(
        "a document says its product's price after the discount",
        "catalog",
        """
        SELECT d.product_id::text AS key, round(p.list_price
                   * (100 - coalesce(nullif(p.discount_percent, ''), '0')::numeric) / 100, 2)::text
                   AS expected,
               coalesce(convert_from(d.detail, 'UTF8')::jsonb->>'price', d.price::text) AS found
        FROM document d JOIN product p ON p.id = d.product_id AND NOT p.deleted
        WHERE round(p.list_price
                    * (100 - coalesce(nullif(p.discount_percent, ''), '0')::numeric) / 100, 2)
              NOT IN (d.price)
           OR d.price::text
              <> coalesce(convert_from(d.detail, 'UTF8')::jsonb->>'price', d.price::text)
        """,
        derives="product",
    ),
)

ORDERS_LAWS = (
    Law(
        "every order that was fed has its document",
        "orders",
        """
        SELECT coalesce(m.key, d.order_id::text) AS key,
               m.fields->>'order_no' || ' ' || (m.fields->>'status') AS expected,
               d.order_no || ' ' || d.status AS found
        FROM (SELECT * FROM mirror WHERE entity = 'order' AND NOT gone) m
             FULL JOIN (SELECT * FROM order_document WHERE body IS NOT NULL) d
             ON d.order_id::text = m.key
        WHERE m.fields->>'order_no' IS DISTINCT FROM d.order_no
           OR m.fields->>'status' IS DISTINCT FROM d.status
        """,
        derives="order",
    ),
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

LAWS = (*LEGACY_LAWS, *CATALOG_LAWS, *ORDERS_LAWS, *INVENTORY_LAWS)
