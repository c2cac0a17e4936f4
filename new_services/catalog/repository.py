"""The tables that the projection writes. Every statement is safe to repeat."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import asyncpg
import orjson

from chassis.readmodel.ranges import within
from contracts.feed import entities
from contracts.feed.change import Version
from contracts.feed.facts import Cleared, Key
from new_services.catalog.batches import Batch, RowState
from new_services.catalog.documents import Document
from new_services.catalog.domain import Product, Variant

FLOORS = "projection_floor"  # the table of `floors`
KEYS = {
    entities.CATEGORY: ("code", "text"),
    entities.PRODUCT: ("id", "bigint"),
    entities.VARIANT: ("id", "bigint"),
    entities.STOCK: ("sku", "text"),
}


# All fields of an entity: a row that names fewer changes one that is here.
FIELDS = {
    entities.CATEGORY: frozenset({"code", "name", "parent_code", "position"}),
    entities.PRODUCT: frozenset({
        *("id", "sku", "name", "description", "category_code", "list_price", "price_text"),
        *("discount_percent", "discount_text"),
        *("colour", "tags", "tags_text", "active", "discontinued", "weight_grams", "image"),
        *("created", "updated"),
    }),
    entities.VARIANT: frozenset(
        {"id", "product_id", "sku", "colour", "size", "price_difference", "active"}
    ),
    entities.STOCK: frozenset({"sku", "quantity"}),
}  # fmt: skip


async def floors(connection: asyncpg.Connection) -> dict[str, Version]:
    """Entity to the version below which none of it exists."""
    rows = await connection.fetch(f"SELECT entity, lsn, seq FROM {FLOORS}")
    return {row["entity"]: (row["lsn"], row["seq"]) for row in rows}


async def store(connection: asyncpg.Connection, batch: Batch) -> None:
    """Write the rows that are newer than what is stored."""
    for entity, floor in batch.floors.items():
        await _raise_floor(connection, entity, floor)
    for entity, rows in batch.rows.items():
        kept: dict[frozenset[str], list[tuple[Key, RowState]]] = defaultdict(list)
        for key, row in rows.items():
            if row.fields is not None:
                kept[frozenset(row.fields)].append((key, row))
        for names, members in kept.items():
            await _upsert(connection, entity, sorted(names), members)
        gone = [(key, row.version) for key, row in rows.items() if row.fields is None]
        if gone:
            await _bury(connection, entity, gone)
    for cleared in batch.ranges:
        await _clear(connection, cleared)


async def _clear(connection: asyncpg.Connection, cleared: Cleared) -> None:
    """Rows of a range that the feed did not send again are gone."""
    key, _ = KEYS[cleared.entity]
    condition, bounds = within(key, cleared, 3)
    await connection.execute(
        f"UPDATE {cleared.entity} SET deleted = true"
        f" WHERE (lsn, seq) < ($1, $2) AND NOT deleted AND {condition}",
        *cleared.version,
        *bounds,
    )


async def _raise_floor(connection: asyncpg.Connection, entity: str, floor: Version) -> None:
    await connection.execute(
        f"INSERT INTO {FLOORS} VALUES ($1, $2, $3)"
        " ON CONFLICT (entity) DO UPDATE SET lsn = $2, seq = $3",
        entity,
        *floor,
    )
    await connection.execute(
        f"UPDATE {entity} SET deleted = true WHERE (lsn, seq) < ($1, $2) AND NOT deleted", *floor
    )


async def _upsert(
    connection: asyncpg.Connection,
    entity: str,
    names: Sequence[str],
    members: Iterable[tuple[Key, RowState]],
) -> None:
    """Rows that name the same fields, in one statement."""
    key, _ = KEYS[entity]
    columns = [*names, "deleted", "lsn", "seq"]
    values = ", ".join(columns)
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    given = f"jsonb_populate_recordset(NULL::{entity}, $1::text::jsonb)"
    newer = f"({entity}.lsn, {entity}.seq) < (excluded.lsn, excluded.seq)"
    if frozenset(names) >= FIELDS[entity]:
        statement = (
            f"INSERT INTO {entity} ({values}) SELECT {values} FROM {given}"
            f" ON CONFLICT ({key}) DO UPDATE SET {updates} WHERE {newer}"
        )
    else:  # what is not named stays: there is nothing to insert
        statement = (
            f"UPDATE {entity} SET {updates} FROM {given} AS excluded"
            f" WHERE {entity}.{key} = excluded.{key} AND NOT {entity}.deleted AND {newer}"
        )
    rows = [
        {
            **(row.fields or {}),
            key: name,
            "deleted": False,
            "lsn": row.version[0],
            "seq": row.version[1],
        }
        for name, row in members
    ]
    await connection.execute(statement, orjson.dumps(rows).decode())


async def _bury(
    connection: asyncpg.Connection, entity: str, gone: Sequence[tuple[Key, Version]]
) -> None:
    """Mark rows as gone; the other columns stay: they say what the rows belonged to."""
    key, kind = KEYS[entity]
    await connection.execute(
        f"INSERT INTO {entity} ({key}, deleted, lsn, seq)"
        f" SELECT key, true, lsn, seq FROM"
        f" unnest($1::{kind}[], $2::bigint[], $3::integer[]) AS gone (key, lsn, seq)"
        f" ON CONFLICT ({key}) DO UPDATE SET deleted = true, lsn = excluded.lsn, seq = excluded.seq"
        f" WHERE ({entity}.lsn, {entity}.seq) < (excluded.lsn, excluded.seq)",
        [key for key, _ in gone],
        [version[0] for _, version in gone],
        [version[1] for _, version in gone],
    )


_TOUCHED = """
SELECT unnest($1::bigint[])
UNION SELECT product_id FROM variant WHERE id = ANY ($2::bigint[]) AND product_id IS NOT NULL
UNION SELECT product_id FROM variant WHERE sku = ANY ($3::text[]) AND product_id IS NOT NULL
UNION SELECT id FROM product WHERE category_code = ANY ($4::text[])
"""


async def touched(connection: asyncpg.Connection, batch: Batch) -> set[int]:
    """The products whose documents the batch changes; once more before it, if variants move."""
    if batch.floors or batch.ranges:
        return await every_product(connection)
    keys = [
        list(batch.rows.get(entity, ()))
        for entity in (entities.PRODUCT, entities.VARIANT, entities.STOCK, entities.CATEGORY)
    ]
    return {row[0] for row in await connection.fetch(_TOUCHED, *keys)}


async def standing_for(
    connection: asyncpg.Connection, skus: Collection[str], categories: Collection[str]
) -> set[int]:
    """The products that have one of these variants, or are in one of these categories."""
    rows = await connection.fetch(_TOUCHED, [], [], list(skus), list(categories))
    return {row[0] for row in rows}


async def every_product(connection: asyncpg.Connection) -> set[int]:
    """The ids of all products, gone ones too."""
    return {row[0] for row in await connection.fetch("SELECT id FROM product")}


_PRODUCTS = """
SELECT p.id, p.sku, p.name, p.description, p.category_code, c.name AS category_name, p.list_price,
       p.discount_percent, p.colour, p.tags, p.tags_text, p.active, p.discontinued,
       p.weight_grams, p.image, p.created, p.updated
FROM product p LEFT JOIN category c ON c.code = p.category_code AND NOT c.deleted
WHERE p.id = ANY ($1::bigint[]) AND NOT p.deleted
"""
_VARIANTS = """
SELECT v.product_id, v.sku, v.colour, v.size, v.price_difference,
       coalesce(s.quantity, 0) AS quantity
FROM variant v LEFT JOIN stock s ON s.sku = v.sku AND NOT s.deleted
WHERE v.product_id = ANY ($1::bigint[]) AND v.active AND NOT v.deleted
ORDER BY v.sku
"""


async def products(connection: asyncpg.Connection, ids: Collection[int]) -> list[Product]:
    """The products that exist, whole."""
    variants: Mapping[int, list[Variant]] = defaultdict(list)
    for row in await connection.fetch(_VARIANTS, ids):
        product_id, *rest = row
        variants[product_id].append(Variant(*rest))
    return [_product(row, variants[row["id"]]) for row in await connection.fetch(_PRODUCTS, ids)]


def _product(row: Mapping[str, Any], variants: Sequence[Variant]) -> Product:
    fields = dict(row) | {"tags": tuple(row["tags"]), "variants": tuple(variants)}
    return Product(**fields)


_COLUMNS = (
    *("product_id", "sku", "listed", "detail", "item", "category_code", "name_key", "price"),
    *("created", "search_text"),
)
_MADE = """
SELECT id AS product_id, sku, item IS NOT NULL AS listed, detail, item, category_code,
       lower(name) AS name_key, price, created, lower(search_source) AS search_text
FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bytea[], $5::text[], $6::text[],
            $7::numeric[], $8::timestamp[], $9::text[])
  AS made (id, sku, detail, item, category_code, name, price, created, search_source)
"""


def _row_of(table: str) -> str:
    return f"ROW({', '.join(f'{table}.{name}' for name in _COLUMNS)})"


# One that is already so is not written again.
_WRITE_DOCUMENTS = f"""
INSERT INTO document ({", ".join(_COLUMNS)}) {_MADE}
ON CONFLICT (product_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
WHERE {_row_of("document")} IS DISTINCT FROM {_row_of("excluded")}
"""


async def write_documents(connection: asyncpg.Connection, made: Sequence[Document]) -> None:
    """Put the documents in place of the older ones."""
    await connection.execute(_WRITE_DOCUMENTS, *_values(made))


async def as_kept(
    connection: asyncpg.Connection, made: Sequence[Document]
) -> dict[int, Mapping[str, Any]]:
    """The documents as the table would have them, by their products' ids; nothing is written."""
    return {row["product_id"]: dict(row) for row in await connection.fetch(_MADE, *_values(made))}


async def documents(
    connection: asyncpg.Connection, ids: Collection[int]
) -> dict[int, Mapping[str, Any]]:
    """The documents as the table has them, by their products' ids."""
    rows = await connection.fetch(
        f"SELECT {', '.join(_COLUMNS)} FROM document WHERE product_id = ANY ($1::bigint[])", ids
    )
    return {row["product_id"]: dict(row) for row in rows}


def _values(made: Sequence[Document]) -> list[list[Any]]:
    return [
        [each.product.id for each in made],
        [each.product.sku for each in made],
        [each.detail for each in made],
        [each.item for each in made],
        [each.product.category_code for each in made],
        [each.product.name for each in made],
        [each.product.price for each in made],
        [each.product.created for each in made],
        [each.search_source for each in made],
    ]


async def remove_documents(connection: asyncpg.Connection, ids: Collection[int]) -> None:
    """Forget the documents of products that do not exist any more."""
    if ids:
        await connection.execute("DELETE FROM document WHERE product_id = ANY ($1)", ids)
