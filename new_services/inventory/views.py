"""The public answer, and what a verification asks."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from contracts.stock import stock_text

MOVEMENTS = 15  # of a product that the back office is shown

_VARIANT = """
SELECT level.quantity + level.ahead AS stock, level.updated,
       (product.fields->>'discontinued')::bool AS discontinued
FROM mirror variant
JOIN mirror product ON product.entity = 'product' AND product.key = variant.fields->>'product_id'
JOIN level ON level.sku = variant.fields->>'sku' AND level.updated <> ''
WHERE variant.entity = 'variant' AND variant.fields->>'sku' = $1 AND NOT variant.gone
  AND NOT product.gone AND (variant.fields->>'active')::bool AND (product.fields->>'active')::bool
"""
_PRODUCT = """
SELECT coalesce(sum(level.quantity + level.ahead), 0)::int AS stock,
       coalesce(max(level.updated), product.fields->>'updated') AS updated,
       (product.fields->>'discontinued')::bool AS discontinued
FROM mirror product
LEFT JOIN mirror variant ON variant.entity = 'variant' AND NOT variant.gone
     AND variant.fields->>'product_id' = product.key AND (variant.fields->>'active')::bool
LEFT JOIN level ON level.sku = variant.fields->>'sku' AND level.updated <> ''
WHERE product.entity = 'product' AND product.fields->>'sku' = $1 AND NOT product.gone
  AND (product.fields->>'active')::bool
GROUP BY product.key, product.fields
"""
_VARIANTS_OF = """
SELECT variant.fields->>'sku' FROM mirror product
JOIN mirror variant ON variant.entity = 'variant' AND NOT variant.gone
     AND variant.fields->>'product_id' = product.key
WHERE product.entity = 'product' AND product.fields->>'sku' = $1 AND NOT product.gone
"""
_LEVELS = f"""
SELECT sku, quantity + ahead AS stock FROM level
WHERE sku IN ({_VARIANTS_OF}) AND updated <> '' ORDER BY sku
"""
# What only a saga has recorded is the newest: the feed sends the rest in legacy's order.
_MOVEMENTS = f"""
SELECT sku, change, reason, order_no, created FROM movement WHERE sku IN ({_VARIANTS_OF})
ORDER BY legacy_id DESC NULLS FIRST, created DESC LIMIT $2
"""
_PIECES = """
SELECT sku, quantity + ahead AS pieces FROM level WHERE sku = ANY ($1::text[]) AND updated <> ''
"""
_STATE = """
SELECT count(*) AS skus, coalesce(sum(quantity), 0) AS quantity, coalesce(sum(ahead), 0) AS ahead,
       coalesce(sum(reserved), 0) AS reserved,
       count(*) FILTER (WHERE ledger <> quantity + ahead) AS drifting,
       (SELECT count(DISTINCT saga_id) FROM reservation WHERE held) AS held
FROM level
"""


async def stock(pool: asyncpg.Pool, sku: str) -> dict[str, Any] | None:
    """Of one active variant, or of an active product over its active variants."""
    if "\0" in sku:
        return None
    row = await pool.fetchrow(_VARIANT, sku) or await pool.fetchrow(_PRODUCT, sku)
    if row is None:
        return None
    return {
        "sku": sku,
        "stock": row["stock"],
        "in_stock": "Y" if row["stock"] > 0 else "N",
        "stock_text": stock_text(row["stock"], discontinued=row["discontinued"]),
        "updated": row["updated"],
    }


async def shelf(pool: asyncpg.Pool, product: str) -> dict[str, Any]:
    """Of all variants of a product, inactive ones too: the stock by sku, and the ledger's newest
    entries, newest first. An unknown product has none."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        levels = await connection.fetch(_LEVELS, product)
        movements = await connection.fetch(_MOVEMENTS, product, MOVEMENTS)
    return {
        "stock": {row["sku"]: row["stock"] for row in levels},
        "movements": [dict(row) for row in movements],
    }


async def pieces_of(pool: asyncpg.Pool, skus: Sequence[str]) -> dict[str, int]:
    """What is left of these variants; one of which legacy keeps no stock is left out."""
    rows = await pool.fetch(_PIECES, [sku for sku in skus if "\0" not in sku])
    return {row["sku"]: row["pieces"] for row in rows}


async def pieces_of_product(pool: asyncpg.Pool, sku: str) -> dict[str, int]:
    """What is left of each variant of a product, also of those that are not sold any more."""
    rows = [] if "\0" in sku else await pool.fetch(_LEVELS, sku)
    return {row["sku"]: row["stock"] for row in rows}


async def state(pool: asyncpg.Pool) -> dict[str, int]:
    """Sums over all skus; `drifting` of them have a ledger that does not add up."""
    return {name: int(value) for name, value in (await pool.fetchrow(_STATE)).items()}
