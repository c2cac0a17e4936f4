"""The laws of orders inside legacy's database: what they took from the stock, how they are paid.
Together with the row by row comparison they bind both sides.
"""

from new_services.verify.laws.laws import LEGACY, Law

# Stock is the sum of its movements (laws.py); of these an order has exactly its lines, once out,
# and once back where it was cancelled. So stock is what came in, less what stands sold.
_PIECES = """
SELECT coalesce(l.order_no, m.order_no) || ' ' || coalesce(l.sku, m.sku) AS key,
       format('%s out, %s back', coalesce(l.out, 0), coalesce(l.back, 0)) AS expected,
       format('%s out, %s back', coalesce(m.out, 0), coalesce(m.back, 0)) AS found
FROM (
    SELECT o.order_no, line.sku, sum(line.qty) AS out,
           sum(CASE WHEN o.status = 'CANCELLED' THEN line.qty ELSE 0 END) AS back
    FROM orders o JOIN order_line line ON line.order_id = o.id GROUP BY 1, 2
) l FULL JOIN (
    SELECT coalesce(order_no, '?') AS order_no, sku,
           -sum(qty_change) FILTER (WHERE reason = 'SALE') AS out,
           coalesce(sum(qty_change) FILTER (WHERE reason = 'CANCEL'), 0) AS back
    FROM stock_movement WHERE reason IN ('SALE', 'CANCEL') GROUP BY 1, 2
) m ON m.order_no = l.order_no AND m.sku = l.sku
WHERE (l.out, l.back) IS DISTINCT FROM (m.out, m.back)
"""
_PAYMENTS = """
SELECT o.order_no AS key, CASE WHEN o.status = 'CANCELLED' THEN 'one, given back' ELSE 'one' END
           AS expected,
       coalesce(string_agg(p.status, ', '), 'none') AS found
FROM orders o LEFT JOIN payment p ON p.order_id = o.id
GROUP BY o.id
HAVING count(p.id) <> 1
    OR bool_or(p.status IN ('REFUNDED', 'DECLINED')) IS DISTINCT FROM (o.status = 'CANCELLED')
"""
TAKEN = "an order takes its lines from the stock once; cancelled, it puts them back once"
ORDER_LAWS = (
    # Legacy may have been given an order just before the window closed whose pieces were taken just
    # after that. The new side's books go on binding the two.
    Law(TAKEN, LEGACY, _PIECES, while_open="orders"),
    Law("an order has one payment, given back where it is cancelled", LEGACY, _PAYMENTS),
)  # fmt: skip
