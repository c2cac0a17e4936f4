"""What services derive of their rows, ready to send, spelled in SQL to the byte.

This finds quickly what may differ. Whether it does is for the service's own code to say, so a
mistake here can only cost a second look, unless it makes two different documents the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from new_services.verify.laws.laws import PLAIN_NUMBER


@dataclass(frozen=True, slots=True)
class Documents:
    """Of one service."""

    law: str
    entity: str  # whose rows' keys are theirs
    every: str  # SELECT key: all there are or should be
    suspects: str  # SELECT key: those that are not what SQL makes of the rows


def _text(expression: str) -> str:
    """A text as JSON writes it."""
    return f"to_json({expression})::text"


def _object(members: Mapping[str, str]) -> str:
    """A JSON object as orjson writes it, of SQL expressions that are JSON."""
    inner = " || ',' || ".join(f"""'"{name}":' || {value}""" for name, value in members.items())
    return f"'{{' || {inner} || '}}'"


def _list(elements: str) -> str:
    return f"'[' || coalesce({elements}, '') || ']'"


def _flag(condition: str) -> str:
    return f"""CASE WHEN {condition} THEN '"Y"' ELSE '"N"' END"""


def _moment(column: str) -> str:
    return _text(f"to_char({column}, 'YYYY-MM-DD HH24:MI:SS')")


# The catalog

# Percentages that only Python can read make no document here: then it is asked.
_PERCENT = f"""CASE WHEN p.discount_percent = '' THEN 0
    WHEN p.discount_percent ~ '{PLAIN_NUMBER}' THEN p.discount_percent::numeric END"""
_PRICED = {
    "price": _text("price::text"),
    "list_price": _text("round(list_price, 2)::text"),
    "discount_pct": _text("CASE WHEN percent > 0 THEN discount_percent ELSE '' END"),
    "on_sale": _flag("percent > 0"),
}
_STOCK_TEXT = _text(
    "CASE WHEN stock <= 0 THEN CASE WHEN discontinued THEN 'Discontinued' ELSE 'Sold out' END"
    " WHEN stock <= 3 THEN 'Only ' || stock || ' lefts' ELSE 'In stock' END"
)
_VARIANT = {
    "sku": _text("v.sku"),
    "color": _text("v.colour"),
    "size": _text("v.size"),
    "price": _text("round((list_price + v.price_difference) * (100 - percent) * 0.01, 2)::text"),
    "stock": "coalesce(s.quantity, 0)::text",
}
_WEIGHT = """CASE WHEN weight_grams IS NULL THEN '' ELSE floor(weight_grams / 1000.0) || '.' ||
    lpad((weight_grams - 1000 * floor(weight_grams / 1000.0))::int::text, 3, '0') || ' kg' END"""
_DETAIL = {
    "sku": _text("sku"),
    "name": _text("name"),
    "description": _text("description"),
    "category": _object(
        {"code": _text("category_code"), "name": f"coalesce({_text('category_name')}, 'null')"}
    ),
    **_PRICED,
    "currency": "'\"EUR\"'",
    "active": _flag("active"),
    "discontinued": _flag("discontinued"),
    "colour": _text("colour"),
    "tags": _text("tags"),
    "variants": _list("variants"),
    "stock": "stock::text",
    "stock_text": _STOCK_TEXT,
    "img": _text("image"),
    "weight": _text(_WEIGHT),
    "created": _moment("created"),
    "updated": _moment("updated"),
}
_ITEM = {
    "sku": _text("sku"),
    "name": _text("name"),
    **_PRICED,
    "category": _text("category_code"),
    "colour": _text("colour"),
    "stock_text": _STOCK_TEXT,
    "img": _text("image"),
}
_GOODS = f"""
WITH goods AS (
    SELECT p.*, c.name AS category_name, {_PERCENT} AS percent,
           round(p.list_price * (100 - {_PERCENT}) * 0.01, 2) AS price
    FROM product p LEFT JOIN category c ON c.code = p.category_code AND NOT c.deleted
    WHERE NOT p.deleted
), shelf AS (
    SELECT v.product_id, sum(coalesce(s.quantity, 0)) AS pieces,
           string_agg({_object(_VARIANT)}, ',' ORDER BY v.sku) AS variants
    FROM variant v JOIN goods ON goods.id = v.product_id
    LEFT JOIN stock s ON s.sku = v.sku AND NOT s.deleted
    WHERE v.active AND NOT v.deleted GROUP BY 1
), stocked AS (
    SELECT goods.*, variants, coalesce(pieces, 0) AS stock,
           active AND NOT (discontinued AND coalesce(pieces, 0) = 0) AS listed
    FROM goods LEFT JOIN shelf ON shelf.product_id = goods.id
), made AS (
    SELECT id, ROW(sku, listed, category_code, lower(name), price, created,
                   lower(name || ' ' || description || ' ' || tags_text)) AS found_by,
           CASE WHEN active THEN convert_to({_object(_DETAIL)}, 'UTF8') END AS detail,
           CASE WHEN listed THEN convert_to({_object(_ITEM)}, 'UTF8') END AS item
    FROM stocked
)
SELECT coalesce(m.id, d.product_id)::text AS key
FROM made m FULL JOIN document d ON d.product_id = m.id
WHERE m.id IS NULL OR d.product_id IS NULL
   OR m.found_by IS DISTINCT FROM ROW(d.sku, d.listed, d.category_code, d.name_key, d.price,
                                      d.created, d.search_text)
   OR m.detail IS DISTINCT FROM d.detail OR m.item IS DISTINCT FROM d.item
"""
CATALOG_DOCUMENTS = Documents(
    "a document is what its product, variants, stock and category make of it",
    "product",
    "SELECT id::text AS key FROM product WHERE NOT deleted"
    " UNION SELECT product_id::text FROM document",
    _GOODS,
)

# The orders

# Of an order that was placed here, which bears no mark, the saga and the customer's text are ours.
_OURS = "CASE WHEN ours.order_no IS NULL THEN o.fields ELSE ours.content END"
_LINE = {
    "line_no": "(fields->'line_no')::text",
    "sku": "(fields->'sku')::text",
    "name": "(fields->'name')::text",
    "qty": "(fields->'quantity')::text",
    "price": "(fields->'price')::text",
}
_ORDER = {
    **{name: f"(o.fields->'{name}')::text" for name in ("order_no", "status", "total")},
    "po_number": f"({_OURS}->'po_number')::text",
    "pay_method": "(o.fields->'pay_method')::text",
    "lines": _list("l.lines"),
    "ship": _object(
        {part: f"(o.fields->'ship_{part}')::text" for part in ("name", "street", "zip", "city")}
    ),
    **{name: f"(o.fields->'{name}')::text" for name in ("created", "updated")},
}
_COLUMNS = ("order_no", "po_number", "saga_id", "status")
_ORDERS = f"""
SELECT coalesce(m.key, d.order_id::text) AS key
FROM (
    SELECT o.key, c.fields->>'email' AS email,
           {", ".join(f"o.fields->>'{name}' AS {name}" for name in ("order_no", "status"))},
           {", ".join(f"{_OURS}->>'{name}' AS {name}" for name in ("po_number", "saga_id"))},
           {_object(_ORDER)} AS body
    FROM mirror o
    JOIN mirror c ON c.entity = 'customer' AND NOT c.gone AND c.key = o.fields->>'customer_id'
    LEFT JOIN (
        SELECT fields->>'order_id' AS order_id,
               string_agg({_object(_LINE)}, ',' ORDER BY (fields->>'line_no')::int) AS lines
        FROM mirror WHERE entity = 'line' AND NOT gone GROUP BY 1
    ) l ON l.order_id = o.key
    LEFT JOIN (SELECT order_no, content::jsonb FROM owned_order WHERE placed) ours
         ON ours.order_no = o.fields->>'order_no'
    WHERE o.entity = 'order' AND NOT o.gone
) m FULL JOIN (SELECT * FROM order_document WHERE body IS NOT NULL) d ON d.order_id::text = m.key
WHERE (d.body, d.email, {", ".join(f"d.{name}" for name in _COLUMNS)})
      IS DISTINCT FROM (m.body, m.email, {", ".join(f"m.{name}" for name in _COLUMNS)})
"""
ORDER_DOCUMENTS = Documents(
    "a document is what its order, lines and customer make of it",
    "order",
    "SELECT key FROM mirror WHERE entity = 'order' AND NOT gone"
    " UNION SELECT order_id::text FROM order_document WHERE body IS NOT NULL"
    " AND order_id IS NOT NULL",
    _ORDERS,
)
