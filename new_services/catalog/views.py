"""The read side: one SQL statement each, answering with bytes that are ready to send."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import asyncpg
import orjson

from contracts.back_office import Article
from new_services.catalog.domain import Sellable
from new_services.catalog.schemas import ListQuery

MOST_ROWS = 2**62  # beyond what PostgreSQL takes as an offset; no list is that long

_ORDER = {
    "name": "name_key, sku",
    "price": "price, sku",
    "-price": "price DESC, sku",
    "newest": "created DESC, sku",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: how many products there are in all, and those on the page."""

    total: int
    items: list[bytes]


async def product_detail(pool: asyncpg.Pool, sku: str) -> bytes | None:
    """The answer of a product page, or None."""
    if "\0" in sku:  # PostgreSQL has no text with this in it
        return None
    body: bytes | None = await pool.fetchval("SELECT detail FROM document WHERE sku = $1", sku)
    return body


async def product_page(pool: asyncpg.Pool, query: ListQuery) -> Page | None:
    """A page of a list; None when the category does not exist."""
    statement = _page_statement(query.sort, bool(query.category), len(query.words))
    patterns = [f"%{escaped(word)}%" for word in query.words]
    offset = min(query.offset, MOST_ROWS)
    row = await pool.fetchrow(statement, query.category, query.per_page, offset, *patterns)
    return Page(row["total"], row["items"]) if row["known"] else None


@lru_cache(256)
def _page_statement(sort: str, in_category: bool, words: int) -> str:
    """Count and page in one round trip; the text depends only on the shape of the query."""
    conditions = ["listed"]
    if in_category:
        conditions.append(
            "category_code IN (SELECT code FROM category"
            " WHERE (code = $1 OR parent_code = $1) AND NOT deleted)"
        )
    conditions += [f"search_text LIKE lower(${number})" for number in range(4, 4 + words)]
    where = " AND ".join(conditions)
    return f"""
        SELECT $1::text = '' OR EXISTS (SELECT FROM category WHERE code = $1 AND NOT deleted)
                   AS known,
               (SELECT count(*) FROM document WHERE {where}) AS total,
               ARRAY(SELECT item FROM document WHERE {where}
                     ORDER BY {_ORDER[sort]} LIMIT $2::bigint OFFSET $3::bigint) AS items
    """


def escaped(word: str) -> str:
    """A word as LIKE finds it literally."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_CATEGORIES = """
SELECT c.code, c.name, c.parent_code AS parent,
       (SELECT count(*) FROM document d
        WHERE d.listed AND d.category_code = c.code) AS count
FROM category c WHERE NOT c.deleted ORDER BY c.position, c.code
"""


async def categories(pool: asyncpg.Pool) -> bytes:
    """The answer with all categories."""
    rows = await pool.fetch(_CATEGORIES)
    return orjson.dumps({"categories": [dict(row) for row in rows]})


_OFFERS = """
SELECT d.item FROM product p JOIN document d ON d.product_id = p.id
WHERE d.listed AND NOT p.deleted AND coalesce(p.discount_text, p.discount_percent) NOT IN ('', '0')
ORDER BY p.updated DESC, p.sku LIMIT 8
"""


async def offers(pool: asyncpg.Pool) -> list[bytes]:
    """The newest reduced articles that are listed, as lists have them."""
    return [row["item"] for row in await pool.fetch(_OFFERS)]


_IS_SO = """
SELECT EXISTS (
    SELECT FROM product WHERE sku = $1 AND NOT deleted AND name = coalesce($2, name)
    AND list_price = $3::text::numeric AND discount_percent = $4
    AND active = $5 AND discontinued = $6)
"""


async def is_so(pool: asyncpg.Pool, wanted: Article) -> bool:
    """Whether the product is, by the feed, as this form wants it."""
    fields = (wanted.name, wanted.price, wanted.discount, wanted.active, wanted.discontinued)
    return bool(await pool.fetchval(_IS_SO, wanted.sku, *fields))


_SELLABLE = """
SELECT v.sku, v.colour, v.size, v.price_difference, p.sku AS product, p.name, p.image,
       p.list_price, p.discount_percent
FROM variant v JOIN product p ON p.id = v.product_id AND NOT p.deleted
WHERE v.sku = ANY ($1::text[]) AND v.active AND NOT v.deleted AND p.active ORDER BY v.sku
"""


async def sellable(pool: asyncpg.Pool, skus: Sequence[str]) -> list[Sellable]:
    """Those of these variants that are for sale, by sku."""
    rows = await pool.fetch(_SELLABLE, [sku for sku in skus if "\0" not in sku])
    return [Sellable(**row) for row in rows]
