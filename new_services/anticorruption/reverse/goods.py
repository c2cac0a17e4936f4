"""The goods at the monolith: a product's row made to mean what the catalog has, and the sums."""

from collections.abc import Mapping as Fields
from typing import Any

import asyncpg

from chassis.ownership.sides import LegacyAway, Sums
from contracts.feed import entities
from new_services.anticorruption.mapping import number
from new_services.anticorruption.reverse.inverse import Inverse, differing, yes_no
from new_services.anticorruption.tables import PRODUCT

MAPPING = PRODUCT.mapping()
INVERSES = (
    Inverse("name", "name", "name"),
    Inverse("description", "descr", "description"),
    Inverse("category_code", "cat_code", "category_code"),
    Inverse("list_price", "price", "price_text"),
    Inverse("discount_percent", "disc_pct", "discount_text"),
    Inverse("colour", "colour", "colour"),
    Inverse("tags", "tags", "tags_text"),
    Inverse("active", "active", "active", yes_no),
    Inverse("discontinued", "discontinued", "discontinued", yes_no),
    Inverse("weight_grams", "weight_g", "weight_grams"),
    Inverse("image", "img", "image"),
    Inverse("updated", "updated", "updated"),
)
_MOMENTS = frozenset({"created", "updated"})
_COLUMNS = ", ".join(
    f"{column}::text AS {column}" if column in _MOMENTS else column
    for column in dict.fromkeys(field.column for field in MAPPING.fields)
)
_ROW = f"SELECT {_COLUMNS} FROM product WHERE id = $1 FOR UPDATE"
_SUMS = f"""
SELECT (SELECT count(*) FROM category) AS categories,
       (SELECT count(*) FROM variant) AS variants,
       count(*) AS products, count(*) FILTER (WHERE active = 'Y') AS active,
       coalesce(sum(({number.sql.replace("{}", "price")})::numeric), 0) AS prices
FROM product
"""


async def sums(connection: "asyncpg.Connection | asyncpg.Pool") -> Sums:
    row = await connection.fetchrow(_SUMS)
    return {name: f"{value.normalize():f}" if name == "prices" else str(value)
            for name, value in row.items()}  # fmt: skip


async def write(
    connection: asyncpg.Connection, rows: Fields[str, Fields[str, Fields[str, Any] | None]]
) -> None:
    """In the open transaction. A product that the owner does not have was made past the fence: it
    is named by the feed and left to a person. Raises LegacyAway where one of ours is not there."""
    for key, wanted in rows.get(entities.PRODUCT, {}).items():
        if wanted is None:
            continue
        found = await connection.fetchrow(_ROW, int(key))
        if found is None:
            raise LegacyAway(f"product {key} is on one side only")
        columns = differing(MAPPING, INVERSES, dict(found), wanted)
        if columns:
            await connection.execute(*_update(int(key), columns))


def _update(key: int, columns: dict[str, Any]) -> tuple[Any, ...]:
    sets = ", ".join(
        f"{name} = ${place}{'::text::timestamp' if name in _MOMENTS else ''}"
        for place, name in enumerate(columns, 2)
    )
    return f"UPDATE product SET {sets} WHERE id = $1", key, *columns.values()
