"""The read side: sums over the days asked for, and the single lines behind them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import asyncpg

from new_services.sales.domain import UNLISTED, Period, Row

_REPORT = """
SELECT d.code, c.fields->>'name' AS name, sum(orders)::bigint AS orders,
       sum(pieces)::bigint AS pieces, sum(revenue) AS revenue, sum(sold) AS sold,
       sum(cancelled) AS cancelled, sum(returned) AS returned
FROM daily d LEFT JOIN mirror c ON c.entity = 'category' AND c.key = d.code AND NOT c.gone
WHERE d.day BETWEEN $1 AND $2 AND (sold > 0 OR returned > 0)
GROUP BY d.code, c.fields->>'name'
"""
# A customer's address is as it is now, as legacy shows it.
_LINES = """
WITH sold AS (
    SELECT id, order_no, status, created, customer_id FROM sold_order
    WHERE NOT deleted AND created >= $1::date AND created < $2::date + 1 AND id > $3
    ORDER BY id LIMIT $4)
SELECT o.id, o.order_no, to_char(o.created, 'DD.MM.YYYY') AS day, o.status,
       coalesce(c.fields->>'email', '') AS email, l.sku, l.name, l.quantity,
       l.price::text AS price, (l.price * l.quantity)::text AS total
FROM sold o LEFT JOIN sold_line l ON l.order_id = o.id AND NOT l.deleted
LEFT JOIN mirror c ON c.entity = 'customer' AND NOT c.gone AND c.key = o.customer_id::text
ORDER BY o.id, l.line_no
"""
_NEWEST = """
SELECT greatest((SELECT created FROM sold_order WHERE NOT deleted AND created IS NOT NULL
                 ORDER BY created DESC LIMIT 1)::date,
                (SELECT max(day) FROM ahead))
"""

ORDERS_AT_ONCE = 200
LINE = ("order_no", "day", "status", "email", "sku", "name", "quantity", "price", "total")


@dataclass(frozen=True, slots=True)
class Lines:
    """Some sold lines, each with the columns of `LINE`; `after`: where the next ones begin, None
    where these were the last."""

    rows: list[list[str]]
    after: int | None


async def newest(pool: asyncpg.Pool) -> date | None:
    """The day of the newest order."""
    found: date | None = await pool.fetchval(_NEWEST)
    return found


async def report(pool: asyncpg.Pool, span: Period) -> list[Row]:
    """A row for each category that sold something, in no order."""
    rows = await pool.fetch(_REPORT, span.first, span.last)
    return [
        Row(
            code=row["code"],
            name=row["name"] if row["name"] is not None else UNLISTED,
            orders=row["orders"],
            pieces=row["pieces"],
            revenue=row["revenue"] if row["sold"] else Decimal(),
            cancelled=row["cancelled"] if row["returned"] else Decimal(),
        )
        for row in rows
    ]


async def lines(pool: asyncpg.Pool, span: Period, after: int) -> Lines:
    """The lines of the next orders behind the one with this id of legacy's; 0 begins."""
    rows = await pool.fetch(_LINES, span.first, span.last, after, ORDERS_AT_ONCE)
    ids = {row["id"] for row in rows}
    found = [[str(row[name]) for name in LINE] for row in rows if row["sku"] is not None]
    return Lines(found, max(ids) if len(ids) == ORDERS_AT_ONCE else None)
