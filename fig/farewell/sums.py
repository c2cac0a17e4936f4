"""What a database holds, in numbers that another one can be compared with.

Of each table its rows and the sum of their hashes, of each sequence where it stands, and how many
objects of each kind there are. A row's hash is of its text, under settings that fix how values are
written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

_FIXED = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "search_path": "pg_catalog",
}
_OWN = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
_RELATIONS = f"""
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = %s AND c.relpersistence <> 't' AND {_OWN} ORDER BY 1, 2
"""
_OBJECTS = f"""
SELECT kind, count(*) FROM (
    SELECT 'relations ' || c.relkind::text AS kind FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OWN}
    UNION ALL SELECT 'constraints ' || c.contype::text FROM pg_constraint c
    JOIN pg_namespace n ON n.oid = c.connamespace WHERE {_OWN}
    UNION ALL SELECT 'triggers' FROM pg_trigger t WHERE NOT t.tgisinternal
    UNION ALL SELECT 'functions' FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_OWN}
    UNION ALL SELECT 'publications' FROM pg_publication
    UNION ALL SELECT 'large objects' FROM pg_largeobject_metadata
) AS object GROUP BY kind ORDER BY kind
"""
_ROWS = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} t"


@dataclass(frozen=True, slots=True)
class Sums:
    """`tables`: rows and checksum; `sequences`: last value and whether it was given out;
    `objects`: how many of each kind."""

    tables: Mapping[str, tuple[int, str]]
    sequences: Mapping[str, tuple[int, bool]]
    objects: Mapping[str, int]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(rows for rows, _ in self.tables.values())

    @property
    def plain(self) -> dict[str, Any]:
        """For JSON; `from_plain` reads it."""
        return asdict(self)


def from_plain(plain: Mapping[str, Any]) -> Sums:
    """Raises KeyError, TypeError, ValueError where it is none."""
    return Sums(
        {name: (int(rows), str(text)) for name, (rows, text) in plain["tables"].items()},
        {name: (int(value), bool(given)) for name, (value, given) in plain["sequences"].items()},
        {kind: int(number) for kind, number in plain["objects"].items()},
    )


def of(connection: psycopg.Connection) -> Sums:
    """Of the connection's database, as its transaction sees it. Raises psycopg.Error."""
    for name, value in _FIXED.items():
        connection.execute("SELECT set_config(%s, %s, true)", [name, value])
    tables, sequences = {}, {}
    for schema, name in connection.execute(_RELATIONS, ["r"]).fetchall():
        row = connection.execute(SQL(_ROWS).format(Identifier(schema, name))).fetchone()
        assert row is not None
        tables[f"{schema}.{name}"] = (int(row[0]), str(row[1]))
    for schema, name in connection.execute(_RELATIONS, ["S"]).fetchall():
        asked = SQL("SELECT last_value, is_called FROM {}").format(Identifier(schema, name))
        row = connection.execute(asked).fetchone()
        assert row is not None
        sequences[f"{schema}.{name}"] = (int(row[0]), bool(row[1]))
    objects = {str(kind): int(number) for kind, number in connection.execute(_OBJECTS)}
    return Sums(tables, sequences, objects)


def differences(here: Sums, there: Sums) -> list[str]:
    """In words, what is not the same; empty: nothing."""
    return [
        *_unlike("rows and checksum of", here.tables, there.tables),
        *_unlike("sequence", here.sequences, there.sequences),
        *_unlike("number of", here.objects, there.objects),
    ]


def _unlike(what: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*here, *there}):
        if here.get(name) != there.get(name):
            yield f"{what} {name}: {here.get(name, 'none')} and {there.get(name, 'none')}"
