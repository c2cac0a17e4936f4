"""Which legacy tables are fed, with which columns, and the publication that says so to PostgreSQL.

The publication is an explicit list: `FOR ALL TABLES` would break UPDATE and DELETE on any table
of the application that has no primary key.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg.sql import SQL, Composable, Identifier

from contracts.change import Value
from new_services.anticorruption.feed.values import kind

log = logging.getLogger("feed.publication")

# Columns that never leave the legacy database: nobody on the new side has a use for them.
WITHHELD = {"customer": frozenset({"pw_hash"})}


class NotPublished(RuntimeError):
    """The legacy database is not set up as the feed needs it; says what is missing."""


@dataclass(frozen=True, slots=True)
class Table:
    """A fed table; columns in their order, each with its type's oid."""

    name: str
    columns: tuple[tuple[str, int], ...]
    key: tuple[str, ...]  # in the order of its index
    sorted: frozenset[str]  # columns of the key that PostgreSQL sorts as `keys.rank` does

    @property
    def key_types(self) -> tuple[int, ...]:
        """The oids of the key's columns."""
        oids = dict(self.columns)
        return tuple(oids[name] for name in self.key)

    @property
    def shape(self) -> dict[str, Value]:
        """Each column's kind of value."""
        return {name: kind(oid) for name, oid in self.columns}


_DESCRIBE = """
SELECT a.attname, a.atttypid::int, array_position(i.indkey::int2[], a.attnum),
       CASE WHEN a.attcollation = 0 THEN a.atttypid IN (20, 21, 23)
            WHEN c.collname = 'default' THEN d.datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8')
            ELSE c.collname IN ('C', 'POSIX') END
FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
JOIN pg_database d ON d.datname = current_database()
LEFT JOIN pg_collation c ON c.oid = a.attcollation
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
  AND a.attgenerated = ''
ORDER BY a.attnum
"""
_LISTED = """
SELECT attnames::text[] FROM pg_publication_tables
WHERE pubname = %s AND schemaname = 'public' AND tablename = %s
"""


async def describe(
    connection: AsyncConnection, names: Sequence[str], publication: str | None = None
) -> tuple[Table, ...]:
    """The tables as they are now; with a publication, the columns that it lets out.

    Raises NotPublished for one that is missing or has no key.
    """
    tables = []
    for name in names:
        rows = await (await connection.execute(_DESCRIBE, [f"public.{name}"])).fetchall()
        key = sorted((row for row in rows if row[2] is not None), key=lambda row: int(row[2]))
        if not key:
            raise NotPublished(f"legacy has no table {name} with a primary key")
        hidden = WITHHELD.get(name, frozenset())
        if hidden and publication:  # a column added later is not in the list of those let out
            listed = await (await connection.execute(_LISTED, [publication, name])).fetchone()
            hidden |= {row[0] for row in rows} - set(listed[0] if listed else ())
        columns = tuple((row[0], row[1]) for row in rows if row[0] not in hidden)
        alike = frozenset(row[0] for row in key if row[3])
        tables.append(Table(name, columns, tuple(row[0] for row in key), alike))
    return tuple(tables)


async def published(connection: AsyncConnection, publication: str) -> frozenset[str]:
    """The tables that the publication lists; none when it does not exist."""
    found = await connection.execute(
        "SELECT tablename FROM pg_publication_tables WHERE pubname = %s", [publication]
    )
    return frozenset(row[0] for row in await found.fetchall())


async def require(connection: AsyncConnection, publication: str, tables: Sequence[Table]) -> None:
    """Raises NotPublished unless the publication lists every table."""
    missing = {table.name for table in tables} - await published(connection, publication)
    if missing:
        raise NotPublished(f"publication {publication} lacks {', '.join(sorted(missing))}")


async def set_up(
    owner: AsyncConnection, publication: str, tables: Sequence[Table], reader: str
) -> None:
    """As owner of the tables: create the publication, and let the feed's role read them."""
    names = SQL(", ").join(SQL("public.{}").format(Identifier(table.name)) for table in tables)
    exists = await owner.execute("SELECT 1 FROM pg_publication WHERE pubname = %s", [publication])
    verb = (
        SQL("ALTER PUBLICATION {} SET")
        if await exists.fetchone()
        else SQL("CREATE PUBLICATION {} FOR")
    )
    members = SQL(", ").join(_member(table) for table in tables)
    await owner.execute(SQL("{} TABLE {}").format(verb.format(Identifier(publication)), members))
    await owner.execute(SQL("GRANT SELECT ON {} TO {}").format(names, Identifier(reader)))
    log.info("publication %s lists %d tables", publication, len(tables))


def _member(table: Table) -> Composable:
    """The table in a publication's list: all its columns, or all but the withheld ones."""
    name = SQL("public.{}").format(Identifier(table.name))
    if table.name not in WITHHELD:
        return name  # without a list of columns, one that is added later is fed too
    columns = SQL(", ").join(Identifier(column) for column, _ in table.columns)
    return SQL("{} ({})").format(name, columns)
