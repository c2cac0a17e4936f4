"""The statements. Sums are moved, not counted again: what a change touches is taken out of them as
it was and put in as it is, in one transaction; one writer at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg

from chassis.readmodel.ranges import within
from contracts.feed.facts import Cleared, Gone, Stored
from new_services.sales.domain import NO_CATEGORY, ReportedOrder

# Lines that count, each with its order's day: of the orders with these ids as the feed has them,
# and of those with these numbers as events have them, while the feed has not sent them.
_LINES = """
SELECT o.created::date AS day, o.order_no, l.sku, l.quantity, l.price,
       o.status = 'CANCELLED' OR coalesce(a.cancelled, false) AS cancelled
FROM sold_order o JOIN sold_line l ON l.order_id = o.id AND NOT l.deleted
LEFT JOIN ahead a ON a.order_no = o.order_no
WHERE NOT o.deleted AND {fed}
UNION ALL
SELECT a.day, a.order_no, l.sku, l.quantity, l.price, a.cancelled
FROM ahead a, jsonb_to_recordset(a.lines) AS l (sku text, quantity integer, price numeric)
WHERE a.day IS NOT NULL AND {ahead} AND NOT EXISTS (
    SELECT FROM sold_order o WHERE o.order_no = a.order_no AND NOT o.deleted)
"""
_SUMS = f"""
SELECT line.day, coalesce(p.fields->>'category_code', '{NO_CATEGORY}') AS code,
       count(DISTINCT order_no) FILTER (WHERE NOT cancelled) AS orders,
       coalesce(sum(quantity) FILTER (WHERE NOT cancelled), 0) AS pieces,
       coalesce(sum(price * quantity) FILTER (WHERE NOT cancelled), 0) AS revenue,
       count(*) FILTER (WHERE NOT cancelled) AS sold,
       coalesce(sum(price * quantity) FILTER (WHERE cancelled), 0) AS cancelled,
       count(*) FILTER (WHERE cancelled) AS returned
FROM ({_LINES}) AS line {{shelved}}
GROUP BY 1, 2
"""
_BY_ALL = """
LEFT JOIN mirror v ON v.entity = 'variant' AND NOT v.gone AND v.fields->>'sku' = line.sku
LEFT JOIN mirror p ON p.entity = 'product' AND NOT p.gone AND p.key = v.fields->>'product_id'
"""
# The same line by line: for a few orders the planner would read every variant and every product.
_BY_LINE = """
LEFT JOIN LATERAL (SELECT fields FROM mirror WHERE entity = 'variant' AND NOT gone
                   AND fields->>'sku' = line.sku OFFSET 0) AS v ON true
LEFT JOIN LATERAL (SELECT fields FROM mirror WHERE entity = 'product' AND NOT gone
                   AND key = v.fields->>'product_id' OFFSET 0) AS p ON true
"""
_OF_ORDERS = _SUMS.format(
    fed="o.id = ANY ($1::bigint[])", ahead="a.order_no = ANY ($2::text[])", shelved=_BY_LINE
)
_OF_DAYS = _SUMS.format(
    fed="o.created >= $1::date AND o.created < $1::date + 1",
    ahead="a.day = $1::date",
    shelved=_BY_ALL,
)
EVERYTHING = _SUMS.format(fed="true", ahead="true", shelved=_BY_ALL)

LONG_SECONDS = 900.0  # for statements over all orders
_COLUMNS = ("orders", "pieces", "revenue", "sold", "cancelled", "returned")
_TAKE = f"""
UPDATE daily SET {", ".join(f"{name} = daily.{name} - gone.{name}" for name in _COLUMNS)}
FROM ({_OF_ORDERS}) AS gone WHERE daily.day = gone.day AND daily.code = gone.code
"""
_PUT = f"""
INSERT INTO daily (day, code, {", ".join(_COLUMNS)}) {_OF_ORDERS}
ON CONFLICT (day, code) DO UPDATE
SET {", ".join(f"{name} = daily.{name} + excluded.{name}" for name in _COLUMNS)}
"""
_COUNT = "INSERT INTO daily (day, code, {columns}) {sums}"

_ORDERS = """
INSERT INTO sold_order (id, order_no, status, created, customer_id, deleted, lsn, seq)
SELECT id, order_no, status, created::timestamp, customer_id, deleted, lsn, seq
FROM unnest($1::bigint[], $2::bool[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[],
            $8::bigint[])
    AS fed (id, deleted, lsn, seq, order_no, status, created, customer_id)
WHERE (lsn, seq) >= {floor}
ON CONFLICT (id) DO UPDATE SET
    order_no = coalesce(excluded.order_no, sold_order.order_no),
    status = coalesce(excluded.status, sold_order.status),
    created = coalesce(excluded.created, sold_order.created),
    customer_id = coalesce(excluded.customer_id, sold_order.customer_id),
    deleted = excluded.deleted, lsn = excluded.lsn, seq = excluded.seq
WHERE (sold_order.lsn, sold_order.seq) < (excluded.lsn, excluded.seq)
"""
_ORDER_LINES = """
INSERT INTO sold_line (id, order_id, sku, quantity, price, line_no, name, deleted, lsn, seq)
SELECT id, order_id, sku, quantity, price::numeric, line_no, name, deleted, lsn, seq
FROM unnest($1::bigint[], $2::bool[], $3::bigint[], $4::int[],
            $5::bigint[], $6::text[], $7::int[], $8::text[], $9::int[], $10::text[])
    AS fed (id, deleted, lsn, seq, order_id, sku, quantity, price, line_no, name)
WHERE (lsn, seq) >= {floor}
ON CONFLICT (id) DO UPDATE SET
    order_id = coalesce(excluded.order_id, sold_line.order_id),
    sku = coalesce(excluded.sku, sold_line.sku),
    quantity = coalesce(excluded.quantity, sold_line.quantity),
    price = coalesce(excluded.price, sold_line.price),
    line_no = coalesce(excluded.line_no, sold_line.line_no),
    name = coalesce(excluded.name, sold_line.name),
    deleted = excluded.deleted, lsn = excluded.lsn, seq = excluded.seq
WHERE (sold_line.lsn, sold_line.seq) < (excluded.lsn, excluded.seq)
"""
_ORDERS_CLOSED = """
SELECT EXISTS (SELECT FROM domain_owner WHERE domain = 'orders' AND owner = 'new'
               AND NOT window_open)
"""
_COUNT_LINES = """
SELECT order_id, count(*) AS lines FROM sold_line
WHERE order_id = ANY ($1::bigint[]) AND NOT deleted GROUP BY order_id
"""
_FORGET_LINES = "UPDATE sold_line SET deleted = true WHERE order_id = ANY ($1) AND NOT deleted"
_FLOOR = "coalesce((SELECT (lsn, seq) FROM mirror_floor WHERE entity = '{entity}'), (0::bigint, 0))"


@dataclass(frozen=True, slots=True)
class Table:
    """Where the rows of an entity are kept."""

    name: str
    upsert: str
    fields: tuple[str, ...]
    order: str  # the column that says which order it belongs to


TABLES = {
    "order": Table(
        "sold_order",
        _ORDERS.replace("{floor}", _FLOOR.format(entity="order")),
        ("order_no", "status", "created", "customer_id"),
        "id",
    ),
    "line": Table(
        "sold_line",
        _ORDER_LINES.replace("{floor}", _FLOOR.format(entity="line")),
        ("order_id", "sku", "quantity", "price", "line_no", "name"),
        "order_id",
    ),
}


@dataclass(frozen=True, slots=True)
class Orders:
    """Some of them: by legacy's ids where the feed has sent them, and by their numbers."""

    ids: list[int]
    numbers: list[str]


async def lock(connection: asyncpg.Connection) -> None:
    """Lock the figures: no other transaction changes them from here on; readers go on."""
    await connection.execute("LOCK TABLE daily IN SHARE ROW EXCLUSIVE MODE")


async def watermark(connection: asyncpg.Connection) -> int:
    """How far the feed was applied, in unix microseconds; under whichever name it is followed."""
    found = await connection.fetchval(
        "SELECT max(watermark) FROM reader_position WHERE name LIKE 'legacy feed%'"
    )
    return int(found or 0)


async def orders_are_closed(connection: asyncpg.Connection) -> bool:
    """Whether the orders service publishes its orders, and legacy's log has none any more."""
    return bool(await connection.fetchval(_ORDERS_CLOSED))


async def count_lines(connection: asyncpg.Connection, order_ids: Sequence[int]) -> dict[int, int]:
    """Of each of these orders, as they are known; an order without lines is left out."""
    rows = await connection.fetch(_COUNT_LINES, order_ids)
    return {row["order_id"]: row["lines"] for row in rows}


async def forget_lines(connection: asyncpg.Connection, order_ids: Sequence[int]) -> None:
    """They are about to be written whole; until then the orders count without lines."""
    some = await orders(connection, order_ids, ())
    await take(connection, some)
    await connection.execute(_FORGET_LINES, order_ids)
    await put(connection, some)


async def orders(
    connection: asyncpg.Connection, ids: Iterable[int], numbers: Iterable[str]
) -> Orders:
    """With these ids, or these numbers, under all the names they have."""
    rows = await connection.fetch(
        "SELECT id, order_no FROM sold_order WHERE id = ANY ($1)"
        " UNION SELECT id, order_no FROM sold_order WHERE order_no = ANY ($2)",
        wanted := list(ids),
        named := list(numbers),
    )
    known = {row["order_no"] for row in rows if row["order_no"]}
    return Orders(sorted({*wanted, *(row["id"] for row in rows)}), sorted({*named, *known}))


async def take(connection: asyncpg.Connection, some: Orders) -> None:
    """Out of the sums, as they stand."""
    await connection.execute(_TAKE, some.ids, some.numbers)


async def put(connection: asyncpg.Connection, some: Orders) -> None:
    """Into the sums, as they stand."""
    await connection.execute(_PUT, some.ids, some.numbers)


async def count_days(connection: asyncpg.Connection, days: Iterable[date]) -> None:
    """Make the sums of these days again."""
    for one in days:
        await connection.execute("DELETE FROM daily WHERE day = $1", one)
        await connection.execute(_COUNT.format(columns=", ".join(_COLUMNS), sums=_OF_DAYS), one)


async def count_all(connection: asyncpg.Connection) -> None:
    """Make all sums again."""
    await connection.execute("DELETE FROM daily")
    for table in ("sold_order", "sold_line", "mirror"):
        # Else the plan is made for empty tables.
        await connection.execute(f"ANALYZE {table}", timeout=LONG_SECONDS)
    count = _COUNT.format(columns=", ".join(_COLUMNS), sums=EVERYTHING)
    await connection.execute(count, timeout=LONG_SECONDS)


async def orders_of_lines(connection: asyncpg.Connection, line_ids: Sequence[int]) -> set[int]:
    """To which these lines belong, as far as it is known."""
    rows = await connection.fetch(
        "SELECT DISTINCT order_id FROM sold_line WHERE id = ANY ($1) AND order_id IS NOT NULL",
        line_ids,
    )
    return {row["order_id"] for row in rows}


async def older(connection: asyncpg.Connection, cleared: Cleared) -> set[int]:
    """The orders whose rows a clearing takes away."""
    table = TABLES[cleared.entity]
    condition, bounds = within("id", cleared, 3)
    rows = await connection.fetch(
        f"SELECT DISTINCT {table.order} AS id FROM {table.name} WHERE NOT deleted"
        f" AND (lsn, seq) < ($1, $2) AND {table.order} IS NOT NULL AND {condition}",
        *cleared.version,
        *bounds,
        timeout=LONG_SECONDS,
    )
    return {row["id"] for row in rows}


async def write(
    connection: asyncpg.Connection, entity: str, facts: Mapping[int, Stored | Gone]
) -> None:
    """What is newer than what is stored, by key."""
    table = TABLES[entity]
    rows: list[Mapping[str, Any]] = [
        fact.fields if isinstance(fact, Stored) else {} for fact in facts.values()
    ]
    await connection.execute(
        table.upsert,
        list(facts),
        [isinstance(fact, Gone) for fact in facts.values()],
        [fact.version[0] for fact in facts.values()],
        [fact.version[1] for fact in facts.values()],
        *([row.get(name) for row in rows] for name in table.fields),
    )


async def clear(connection: asyncpg.Connection, cleared: Cleared) -> None:
    """Nothing of this entity, or of a range of its keys, that is older exists."""
    condition, bounds = within("id", cleared, 3)
    await connection.execute(
        f"UPDATE {TABLES[cleared.entity].name} SET deleted = true"
        f" WHERE NOT deleted AND (lsn, seq) < ($1, $2) AND {condition}",
        *cleared.version,
        *bounds,
        timeout=LONG_SECONDS,
    )


async def shelves(
    connection: asyncpg.Connection, variants: Sequence[str], products: Sequence[str]
) -> dict[str, str]:
    """Sku to category, of these variants and of those of these products."""
    rows = await connection.fetch(
        f"SELECT v.fields->>'sku' AS sku, coalesce(p.fields->>'category_code', '{NO_CATEGORY}')"
        " AS code FROM mirror v LEFT JOIN mirror p"
        " ON p.entity = 'product' AND NOT p.gone AND p.key = v.fields->>'product_id'"
        " WHERE v.entity = 'variant' AND NOT v.gone"
        " AND (v.key = ANY ($1) OR v.fields->>'product_id' = ANY ($2))",
        variants,
        products,
    )
    return {row["sku"]: row["code"] for row in rows}


async def days_of(connection: asyncpg.Connection, skus: Sequence[str]) -> list[date]:
    """On which any of these was ordered."""
    rows = await connection.fetch(
        "SELECT DISTINCT o.created::date AS day FROM sold_line l"
        " JOIN sold_order o ON o.id = l.order_id WHERE l.sku = ANY ($1) AND o.created IS NOT NULL"
        " UNION SELECT a.day FROM ahead a, jsonb_to_recordset(a.lines) AS l (sku text)"
        " WHERE a.day IS NOT NULL AND l.sku = ANY ($1)",
        skus,
    )
    return [row["day"] for row in rows]


async def keep(connection: asyncpg.Connection, order: ReportedOrder) -> None:
    """Keep what an event said, joined with what another one said of the same order."""
    await connection.execute(
        "INSERT INTO ahead (order_no, at, day, cancelled, lines) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (order_no) DO UPDATE SET at = greatest(ahead.at, $2),"
        " day = coalesce(ahead.day, $3), cancelled = ahead.cancelled OR $4",
        order.order_no, order.at, order.day, order.cancelled, order.lines,
    )  # fmt: skip


async def reached(connection: asyncpg.Connection, micros: int) -> list[str]:
    """Orders of which the feed, at this watermark, has sent all that an event said."""
    rows = await connection.fetch("SELECT order_no FROM ahead WHERE at < $1", micros)
    return [row["order_no"] for row in rows]


async def drop(connection: asyncpg.Connection, numbers: Sequence[str]) -> None:
    """What events said of these orders counts no more."""
    await connection.execute("DELETE FROM ahead WHERE order_no = ANY ($1)", numbers)
