"""The publication: which tables PostgreSQL lets out of its log to the feed.

It is an explicit list: `FOR ALL TABLES` would break UPDATE and DELETE on any table of the
application that has no primary key. The feed leaves out withheld columns by itself: a list of
columns in the publication would bar the monolith from dropping a column that is in it, and withhold
those that are added later.
"""

import logging
from collections.abc import Collection, Iterable, Sequence

from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from new_services.feed.log.identity import NotPublished
from new_services.feed.log.tables import Table

log = logging.getLogger("feed.publication")

# Less than all: some columns or rows of a table, some kinds of change; or more columns.
_RESTRICTED = """
SELECT NOT (pubinsert AND pubupdate AND pubdelete AND pubtruncate)
       OR coalesce(to_jsonb(p)->>'pubgencols', 'n') <> 'n'
       OR EXISTS (SELECT FROM pg_publication_rel member WHERE member.prpubid = p.oid
                  AND (to_jsonb(member)->>'prattrs' IS NOT NULL
                       OR to_jsonb(member)->>'prqual' IS NOT NULL))
FROM pg_publication p WHERE pubname = %s
"""
_COMPLETE = "publish = 'insert, update, delete, truncate', publish_via_partition_root = true"


async def published(connection: AsyncConnection, publication: str) -> frozenset[str]:
    """The tables that the publication lists; none when it does not exist. Those of other schemas
    with their schema."""
    found = await connection.execute(
        "SELECT CASE schemaname WHEN 'public' THEN '' ELSE schemaname || '.' END || tablename"
        " FROM pg_publication_tables WHERE pubname = %s",
        [publication],
    )
    return frozenset(row[0] for row in await found.fetchall())


async def restricted(connection: AsyncConnection, publication: str) -> bool:
    """Whether it lets out less than every change of its tables."""
    row = await (await connection.execute(_RESTRICTED, [publication])).fetchone()
    return bool(row and row[0])


async def require(connection: AsyncConnection, publication: str, tables: Sequence[Table]) -> None:
    """Raises NotPublished unless the publication lets out every change of every table."""
    missing = {table.name for table in tables} - await published(connection, publication)
    if missing:
        names = ", ".join(sorted(missing))
        raise NotPublished(
            f"publication {publication} lacks {names}: add it with ALTER PUBLICATION"
            f" {publication} ADD TABLE, or give the feed FEED_OWNER_URL"
        )
    if await restricted(connection, publication):
        raise NotPublished(
            f"publication {publication} lets out only a part of what happens to its tables: list"
            " them without columns and WHERE, and"
            f" ALTER PUBLICATION {publication} SET ({_COMPLETE})"
        )


async def set_up(
    owner: AsyncConnection, publication: str, tables: Sequence[Table], reader: str
) -> None:
    """As owner of the tables: create the publication, and let the feed's role read them."""
    names = _names(table.name for table in tables)
    name = Identifier(publication)
    exists = await owner.execute("SELECT 1 FROM pg_publication WHERE pubname = %s", [publication])
    async with owner.transaction():
        if await exists.fetchone():
            await owner.execute(SQL("ALTER PUBLICATION {} SET TABLE {}").format(name, names))
            await owner.execute(SQL("ALTER PUBLICATION {} SET ({})").format(name, SQL(_COMPLETE)))
        else:
            created = SQL("CREATE PUBLICATION {} FOR TABLE {} WITH ({})")
            await owner.execute(created.format(name, names, SQL(_COMPLETE)))
        await owner.execute(SQL("GRANT SELECT ON {} TO {}").format(names, Identifier(reader)))
    log.info("publication %s lists %d tables", publication, len(tables))


async def withdraw(owner: AsyncConnection, publication: str, names: Collection[str]) -> None:
    """As owner of the tables: publish these no more, so that the application can write to them."""
    listed = sorted(set(names) & await published(owner, publication))
    if listed:
        statement = SQL("ALTER PUBLICATION {} DROP TABLE {}")
        await owner.execute(statement.format(Identifier(publication), _names(listed)))
        log.warning("publication %s no longer lists %s", publication, ", ".join(listed))


def _names(names: Iterable[str]) -> SQL:
    return SQL(", ").join(SQL("public.{}").format(Identifier(name)) for name in names)  # type: ignore[return-value]
