"""The goods at the monolith: a product's row made to mean what the catalog has, and the sums."""

import asyncpg

from chassis.ownership.sides import LegacyAway, Rows
from contracts.feed import entities
from new_services.anticorruption.mapping import number
from new_services.anticorruption.reverse.inverse import MOMENTS, Inverse, updating
from new_services.anticorruption.tables import PRODUCT

INVERSE = Inverse.of(
    PRODUCT.mapping(),
    *("name", "description", "category_code", "colour", "active", "discontinued"),
    *("weight_grams", "image", "updated"),
    list_price="price_text",
    discount_percent="discount_text",
    tags="tags_text",
)
_COLUMNS = ", ".join(
    f"{column}::text AS {column}" if column in MOMENTS else column
    for column in dict.fromkeys(field.column for field in INVERSE.mapping.fields)
)
_ROW = f"SELECT {_COLUMNS} FROM product WHERE id = $1 FOR UPDATE"
SUMS = f"""
SELECT (SELECT count(*) FROM category) AS categories,
       (SELECT count(*) FROM variant) AS variants,
       count(*) AS products, count(*) FILTER (WHERE active = 'Y') AS active,
       trim_scale(coalesce(sum(({number.sql.replace("{}", "price")})::numeric), 0)) AS prices
FROM product
"""


async def write(connection: asyncpg.Connection, rows: Rows) -> None:
    """In the open transaction. A product that the owner does not have was made past the fence: it
    is named by the feed and left to a person. Raises LegacyAway where one of ours is not there."""
    for key, wanted in rows.get(entities.PRODUCT, {}).items():
        if wanted is None:
            continue
        found = await connection.fetchrow(_ROW, int(key))
        if found is None:
            raise LegacyAway(f"product {key} is on one side only")
        columns = INVERSE.differing(dict(found), wanted)
        if columns:
            await connection.execute(*updating("product", int(key), columns))
