"""The goods as the back office sees them: also inactive ones, prices as they were typed.

For the storefront alone: `/internal/articles?q=&page=` and `/internal/articles/{sku}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
from fastapi import FastAPI, Request

from chassis.readmodel.projection import fresh
from chassis.readmodel.watermark import Watermark
from chassis.web.app import JsonBytes, in_json
from chassis.web.reading import whole_number
from new_services.catalog.views import escaped

PER_PAGE = 50

_FOUND = """
FROM product p WHERE NOT p.deleted
AND ($1 = '' OR lower(p.name) LIKE $2 OR lower(p.sku) LIKE $2)
"""
# Rows of before the texts were kept have the numbers only.
_ARTICLE = """
p.sku, p.name, coalesce(p.price_text, p.list_price::text) AS price,
coalesce(p.discount_text, p.discount_percent) AS discount, p.active, p.discontinued
"""
_STOCK = """
SELECT coalesce(sum(s.quantity), 0) FROM variant v JOIN stock s ON s.sku = v.sku AND NOT s.deleted
WHERE v.product_id = p.id AND v.active AND NOT v.deleted
"""
_PAGE = f"SELECT {_ARTICLE}, ({_STOCK}) AS stock {_FOUND} ORDER BY p.sku LIMIT $3 OFFSET $4"
_ONE = f"""
SELECT {_ARTICLE}, to_char(p.updated, 'YYYY-MM-DD HH24:MI:SS') AS updated,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('sku', v.sku, 'colour', v.colour,
                                                     'size', v.size, 'active', v.active)
                                  ORDER BY v.sku), '[]')::text
        FROM variant v WHERE v.product_id = p.id AND NOT v.deleted) AS variants
FROM product p WHERE p.sku = $1 AND NOT p.deleted
"""


@dataclass(frozen=True, slots=True)
class Articles:
    pool: asyncpg.Pool
    watermark: Watermark

    def register(self, app: FastAPI) -> None:
        app.add_api_route("/internal/articles", self.articles, methods=["GET"])
        app.add_api_route("/internal/articles/{sku:path}", self.article, methods=["GET"])

    async def articles(self, request: Request) -> JsonBytes:
        """A page of those whose name or number contains `q`, by number; beyond the last page, the
        last one."""
        as_of = await fresh(request, self.watermark)
        asked = request.query_params
        found = await page(self.pool, asked.get("q", ""), whole_number(asked.get("page", ""), 1))
        return as_of.stamp(in_json(found))

    async def article(self, request: Request, sku: str) -> JsonBytes:
        """One with all its variants, by number."""
        as_of = await fresh(request, self.watermark)
        found = await one(self.pool, sku)
        if found is None:
            return as_of.stamp(in_json({"error": "unknown sku", "sku": sku}, 404))
        return as_of.stamp(in_json(found))


async def page(pool: asyncpg.Pool, wanted: str, number: int) -> dict[str, Any]:
    """The articles of a page (from 1), how many there are in all, and on how many pages."""
    words = (wanted, f"%{escaped(wanted.lower())}%")
    total = int(await pool.fetchval(f"SELECT count(*) {_FOUND}", *words))
    pages = max(-(-total // PER_PAGE), 1)
    number = min(number, pages)
    rows = await pool.fetch(_PAGE, *words, PER_PAGE, (number - 1) * PER_PAGE)
    return {
        "articles": [dict(row) for row in rows],
        "total": total,
        "page": number,
        "pages": pages,
    }


async def one(pool: asyncpg.Pool, sku: str) -> Mapping[str, Any] | None:
    """The article, or None."""
    if "\0" in sku:
        return None
    row = await pool.fetchrow(_ONE, sku)
    return None if row is None else {**dict(row), "variants": orjson.loads(row["variants"])}
