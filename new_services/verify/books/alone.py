"""The books where there is no monolith any more: what stands in for its tables, and for its law of
the stock.

The orders service keeps the rows that the feed brought until the window closed, and what it has
placed or changed since. The stock's movements are in the inventory. Both are read one after the
other, so an order under way may look torn, as elsewhere in the books.
"""

from collections.abc import Mapping, Sequence

import asyncpg

from new_services.verify.laws.laws import Breach, number_or_zero
from new_services.verify.laws.orders import TAKEN

NAMES = (TAKEN,)

# As the books read legacy's orders; the mark has been taken from the customer's text.
HELD = f"""
SELECT o.fields->>'saga_id' AS key, o.fields->>'order_no' AS order_no,
       o.fields->>'status' AS status, {number_or_zero("(o.fields->>'total')")} AS total,
       (o.fields->>'created')::timestamp AS created, (
           SELECT json_object_agg(sku, pieces) FROM (
               SELECT l.fields->>'sku' AS sku, sum((l.fields->>'quantity')::int) AS pieces
               FROM mirror l WHERE l.entity = 'line' AND NOT l.gone
                 AND l.fields->>'order_id' = o.key GROUP BY 1
           ) lines
       )::text AS lines, o.key::bigint AS id
FROM mirror o WHERE o.entity = 'order' AND NOT o.gone
"""
# An order that is ours goes before what the feed has of it.
_LINES = """
WITH ours AS (
    SELECT o.order_no, o.content::jsonb AS content FROM owned_order o, domain_owner d
    WHERE d.domain = 'orders' AND (o.epoch = d.epoch OR NOT EXISTS (
        SELECT FROM mirror m WHERE m.entity = 'order' AND NOT m.gone
        AND m.fields->>'order_no' = o.order_no))
)
SELECT order_no, sku, sum(pieces)::int AS out,
       coalesce(sum(pieces) FILTER (WHERE cancelled), 0)::int AS back
FROM (
    SELECT o.order_no, line->>'sku' AS sku, (line->>'quantity')::int AS pieces,
           o.content->>'status' = 'CANCELLED' AS cancelled
    FROM ours o, jsonb_array_elements(o.content->'lines') AS line
    UNION ALL
    SELECT o.fields->>'order_no', l.fields->>'sku', (l.fields->>'quantity')::int,
           o.fields->>'status' = 'CANCELLED'
    FROM mirror o JOIN mirror l ON l.fields->>'order_id' = o.key
    WHERE o.entity = 'order' AND NOT o.gone AND l.entity = 'line' AND NOT l.gone
      AND NOT EXISTS (SELECT FROM ours WHERE ours.order_no = o.fields->>'order_no')
) lines GROUP BY order_no, sku
"""
_MOVED = """
SELECT coalesce(order_no, '?') AS order_no, sku,
       coalesce(-sum(change) FILTER (WHERE reason = 'SALE'), 0)::int AS out,
       coalesce(sum(change) FILTER (WHERE reason = 'CANCEL'), 0)::int AS back
FROM movement WHERE reason IN ('SALE', 'CANCEL') GROUP BY 1, 2
"""
Pieces = Mapping[tuple[str, str], tuple[int, int]]  # order number and sku: pieces out, and back


def differing(wanted: Pieces, moved: Pieces) -> dict[str, Breach]:
    """By order number and sku: what the stock gave or took otherwise than the order says (pure)."""
    found = {}
    for which in sorted({*wanted, *moved}):
        expected, there = wanted.get(which, (0, 0)), moved.get(which, (0, 0))
        if expected != there:
            key = " ".join(which)
            found[key] = Breach(key, "{} out, {} back".format(*expected),
                                "{} out, {} back".format(*there))  # fmt: skip
    return found


async def taken(orders: asyncpg.Connection, inventory: asyncpg.Connection) -> dict[str, Breach]:
    """What breaks TAKEN now, by order number and sku. Holds a tuple for each line in memory."""
    return differing(_pieces(await orders.fetch(_LINES)), _pieces(await inventory.fetch(_MOVED)))


def _pieces(rows: Sequence[asyncpg.Record]) -> Pieces:
    return {(row["order_no"], row["sku"]): (row["out"], row["back"]) for row in rows}
