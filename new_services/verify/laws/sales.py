"""The law of the sales figures: each day's sums are those of the lines sold on it."""

from new_services.verify.laws.laws import Law

# What an event says counts until the feed has it: the order itself, or its end.
_LINES = """
SELECT o.created::date AS day, o.order_no, l.sku, l.quantity, l.price,
       o.status = 'CANCELLED' OR coalesce(a.cancelled, false) AS cancelled
FROM sold_order o JOIN sold_line l ON l.order_id = o.id LEFT JOIN ahead a USING (order_no)
WHERE NOT o.deleted AND NOT l.deleted
UNION ALL
SELECT a.day, a.order_no, l.sku, l.quantity, l.price, a.cancelled
FROM ahead a, jsonb_to_recordset(a.lines) AS l (sku text, quantity integer, price numeric)
WHERE a.day IS NOT NULL
  AND a.order_no NOT IN (SELECT order_no FROM sold_order WHERE NOT deleted AND order_no <> '')
"""
_SUMS = f"""
WITH shelf AS (
    SELECT v.fields->>'sku' AS sku, p.fields->>'category_code' AS code
    FROM mirror v JOIN mirror p ON p.entity = 'product' AND p.key = v.fields->>'product_id'
    WHERE v.entity = 'variant' AND NOT v.gone AND NOT p.gone
), lines AS (
    SELECT day, coalesce(shelf.code, '?') AS code, order_no,
           CASE WHEN cancelled THEN 0 ELSE quantity END AS pieces,
           CASE WHEN cancelled THEN 0 ELSE quantity * price END AS revenue,
           CASE WHEN cancelled THEN quantity * price ELSE 0 END AS cancelled,
           CASE WHEN cancelled THEN 0 ELSE 1 END AS sold
    FROM ({_LINES}) AS line LEFT JOIN shelf USING (sku)
), orders AS (
    SELECT day, code, order_no, sum(pieces) AS pieces, sum(revenue) AS revenue,
           sum(cancelled) AS cancelled, sum(sold) AS sold, count(*) - sum(sold) AS returned
    FROM lines GROUP BY 1, 2, 3
), summed AS (
    SELECT day, code, count(*) FILTER (WHERE pieces > 0) AS orders, sum(pieces) AS pieces,
           sum(revenue) AS revenue, sum(cancelled) AS cancelled, sum(sold) AS sold,
           sum(returned) AS returned
    FROM orders GROUP BY 1, 2
), kept AS (
    SELECT * FROM daily WHERE sold > 0 OR returned > 0
)
SELECT format('%s %s', coalesce(s.day, k.day), coalesce(s.code, k.code)) AS key,
       format('%s orders, %s pieces in %s lines, %s; %s back in %s lines', s.orders, s.pieces,
              s.sold, s.revenue, s.cancelled, s.returned) AS expected,
       format('%s orders, %s pieces in %s lines, %s; %s back in %s lines', k.orders, k.pieces,
              k.sold, k.revenue, k.cancelled, k.returned) AS found
FROM summed s FULL JOIN kept k ON k.day = s.day AND k.code = s.code
WHERE (s.orders, s.pieces, s.sold, s.revenue, s.cancelled, s.returned)
      IS DISTINCT FROM (k.orders, k.pieces, k.sold, k.revenue, k.cancelled, k.returned)
"""

SALES_LAWS = (
    # Whatever the category, all sums are made again.
    Law("a day's sales are the sum of its lines", "sales", _SUMS, derives="category"),
)
