"""Both sides of an entity as SQL: checksums by bucket, hashes of rows, rows themselves.

Rows are dealt into buckets by a hash of their key, the same on both sides whatever the key's type;
a bucket's checksum is the XOR of its rows' hashes, and their number. One pass over each side.
"""

from dataclasses import dataclass

import asyncpg

from contracts.feed.mapping import Field, Mapping
from new_services.verify.rows.stores import Store

BUCKETS = 1024


class Incomparable(Exception):
    """A legacy table is not as the mapping needs it."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One side of an entity: how to ask for its rows."""

    rows: str  # SELECT key, body: those that exist, the compared fields as one text
    listed: str  # SELECT key, version, each field or column by itself: those that exist
    single: str  # the same for the keys $1, and whether the row is a tombstone

    @property
    def checksums(self) -> str:
        """bucket, how many rows, their checksum."""
        return (
            f"SELECT {_BUCKET} AS bucket, count(*) AS rows, bit_xor({_HASH}) AS checksum"
            f" FROM ({self.rows}) AS side GROUP BY 1"
        )

    @property
    def hashes(self) -> str:
        """key and hash of each row in the buckets $1."""
        return (
            f"SELECT key, {_HASH} AS hash FROM ({self.rows}) AS side"
            f" WHERE {_BUCKET} = ANY ($1::bigint[])"
        )


_BUCKET = f"hashtextextended(key, 1) & {BUCKETS - 1}"
_HASH = "hashtextextended(key || ' ' || body, 0)"


def legacy_side(mapping: Mapping, store: Store, types: dict[str, str]) -> Relation:
    """Of the monolith's table; `types`: the table's columns and their types."""
    key = store.legacy_key or f'r."{mapping.key}"::text'
    find = (
        f"{key} = ANY ($1::text[])"
        if store.legacy_key
        else f'r."{mapping.key}" = ANY ($1::text[]::{types[mapping.key]}[])'
    )
    fields = [_canonical(each) for each in store.fields(mapping)]
    columns = dict.fromkeys([mapping.key, *(each.column for each in mapping.fields)])
    values = ", ".join(f"{_as_fed(column, types[column])}" for column in columns)
    source = f'FROM public."{mapping.table}" AS r WHERE {store.legacy_present}'
    listed = f"SELECT {key} AS key, r.xmin::text AS version, {values} {source}"
    return Relation(
        rows=f"SELECT {key} AS key, ROW({', '.join(fields)})::text AS body {source}",
        listed=listed,
        single=f"{listed} AND {find}",
    )


def store_side(mapping: Mapping, store: Store) -> Relation:
    """Of the service's table."""
    kept = store.fields(mapping)
    body = ", ".join(store.canonical(each) for each in kept)
    texts = ", ".join(f'{store.text(each)} AS "{each.name}"' for each in kept)
    listed = f"SELECT {store.key} AS key, {texts}, NOT ({store.present}) AS tombstone"
    return Relation(
        rows=f"SELECT {store.key} AS key, ROW({body})::text AS body"
        f" FROM {store.relation} WHERE {store.present}",
        listed=f"{listed} FROM {store.relation} WHERE {store.present}",
        single=f"{listed} FROM {store.relation} WHERE {store.find}",
    )


def _canonical(field: Field) -> str:
    return field.convert.sql.replace("{}", f'r."{field.column}"')


def _as_fed(column: str, kind: str) -> str:
    """As the feed sends it: numbers and booleans, everything else as text."""
    plain = kind in ("integer", "bigint", "smallint", "boolean")
    return f'r."{column}"' if plain else f'r."{column}"::text AS "{column}"'


async def column_types(legacy: asyncpg.Connection, mapping: Mapping) -> dict[str, str]:
    """Column to type of the mapping's table. Raises Incomparable where one is missing."""
    rows = await legacy.fetch(
        "SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute"
        " WHERE attrelid = to_regclass('public.' || quote_ident($1)) AND attnum > 0"
        " AND NOT attisdropped",
        mapping.table,
    )
    types = {row["attname"]: row["type"] for row in rows}
    wanted = {mapping.key, *(each.column for each in mapping.fields)}
    if missing := sorted(wanted - set(types)):
        raise Incomparable(f"legacy's table {mapping.table} has no column {', '.join(missing)}")
    return types
