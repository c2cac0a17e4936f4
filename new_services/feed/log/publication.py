"""Which legacy tables are fed, with which columns, and the publication that says so to PostgreSQL.

The publication is an explicit list: `FOR ALL TABLES` would break UPDATE and DELETE on any table
of the application that has no primary key.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from contracts.change import Value
from new_services.anticorruption.tables import WITHHELD
from new_services.feed.log.values import kind

log = logging.getLogger("feed.publication")

# The feed leaves out itself what is withheld: a list of columns in PostgreSQL's publication would
# bar the monolith from dropping a column that is in it, and withhold those that are added later.


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
_RESTRICTED = """
SELECT EXISTS (SELECT FROM pg_publication_rel member JOIN pg_publication p ON p.oid = member.prpubid
               WHERE p.pubname = %s AND member.prattrs IS NOT NULL)
"""


async def describe(connection: AsyncConnection, names: Sequence[str]) -> tuple[Table, ...]:
    """The tables as they are now, without what is withheld.

    Raises NotPublished for one that is missing or has no key.
    """
    tables = []
    for name in names:
        rows = await (await connection.execute(_DESCRIBE, [f"public.{name}"])).fetchall()
        key = sorted((row for row in rows if row[2] is not None), key=lambda row: int(row[2]))
        if not key:
            raise NotPublished(f"legacy has no table {name} with a primary key")
        hidden = WITHHELD.get(name, frozenset())
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


async def restricted(connection: AsyncConnection, publication: str) -> bool:
    """Whether it lets out some columns of a table only, as earlier versions of ours did."""
    row = await (await connection.execute(_RESTRICTED, [publication])).fetchone()
    return bool(row and row[0])


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
    await owner.execute(SQL("{} TABLE {}").format(verb.format(Identifier(publication)), names))
    await owner.execute(SQL("GRANT SELECT ON {} TO {}").format(names, Identifier(reader)))
    log.info("publication %s lists %d tables", publication, len(tables))
