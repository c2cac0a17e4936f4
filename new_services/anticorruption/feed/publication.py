"""Which legacy tables are fed, with which columns, and the publication that says so to PostgreSQL.

The publication is an explicit list: `FOR ALL TABLES` would break UPDATE and DELETE on any table
of the application that has no primary key.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg.sql import SQL, Composable, Identifier

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
    key: tuple[str, ...]


_DESCRIBE = """
SELECT a.attname, a.atttypid::int, a.attnum = ANY (i.indkey)
FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""


async def describe(connection: AsyncConnection, names: Sequence[str]) -> tuple[Table, ...]:
    """The tables as they are now. Raises NotPublished for one that is missing or has no key."""
    tables = []
    for name in names:
        rows = await (await connection.execute(_DESCRIBE, [f"public.{name}"])).fetchall()
        if not rows:
            raise NotPublished(f"legacy has no table {name} with a primary key")
        withheld = WITHHELD.get(name, frozenset())
        columns = tuple((column, oid) for column, oid, _ in rows if column not in withheld)
        tables.append(Table(name, columns, tuple(row[0] for row in rows if row[2])))
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
