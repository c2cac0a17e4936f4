"""The goods for a cutover: sums of our tables, and the present state of products for legacy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from chassis.ownership.sides import Pending, Rows, Sums, summed
from contracts.events.owned import ProductChanged
from contracts.feed.entities import PRODUCT

_SUMS = """
SELECT (SELECT count(*) FROM category WHERE NOT deleted) AS categories,
       (SELECT count(*) FROM variant WHERE NOT deleted) AS variants,
       count(*) AS products, count(*) FILTER (WHERE active) AS active,
       trim_scale(coalesce(sum(list_price), 0)) AS prices
FROM product WHERE NOT deleted
"""
# Every field, as a fact of the feed has it.
_PRODUCTS = """
SELECT id, sku, name, description, category_code, list_price::text,
       coalesce(price_text, list_price::text) AS price_text, discount_percent,
       coalesce(discount_text, discount_percent) AS discount_text,
       colour, tags, tags_text, active, discontinued, weight_grams, image,
       created::text, updated::text
FROM product WHERE id = ANY ($1::bigint[]) AND NOT deleted
"""
_AGAIN = """
INSERT INTO owned_change (domain, entity, key)
SELECT 'goods', 'product', id::text FROM product WHERE NOT deleted ORDER BY id
"""
_PUBLISHED = (
    *("sku", "name", "category_code", "list_price", "discount_percent", "active", "discontinued"),
    "updated",
)


def event_of(product: Mapping[str, Any], version: tuple[int, int]) -> ProductChanged:
    """The event of a product as `read` has it."""
    said = {name: product[name] for name in _PUBLISHED}
    return ProductChanged(number=product["id"], **said, lsn=version[0], seq=version[1])


@dataclass(frozen=True, slots=True)
class GoodsSide:
    """See OwnSide. No product is made here, so there are no numbers to hand over."""

    pool: asyncpg.Pool

    async def sums(self) -> Sums:
        return await summed(self.pool, _SUMS)

    async def prepare(self) -> None:
        """See OwnSide."""

    async def take(self, numbers: Mapping[str, int]) -> None:
        """See OwnSide."""

    async def numbers(self) -> Mapping[str, int]:
        return {}

    async def again(self, connection: asyncpg.Connection) -> None:
        """See OwnSide. Categories and variants never change here."""
        await connection.execute(_AGAIN)

    async def read(self, connection: asyncpg.Connection, pending: Sequence[Pending]) -> Rows:
        ids = sorted({int(each.key) for each in pending if each.entity == PRODUCT})
        found = {str(row["id"]): dict(row) for row in await connection.fetch(_PRODUCTS, ids)}
        return {PRODUCT: {str(each): found.get(str(each)) for each in ids}}
