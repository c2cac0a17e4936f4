"""Who may write a domain's tables in legacy's database, and which transactions block a cutover.

The tables are those with the fence's trigger. Asked as the superuser, because other roles do not
see the queries of all sessions. Nothing is changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from fig.errors import FigError, last_line

CONNECT_SECONDS = 5
LONG_SECONDS = 2.0  # as long as the fence is tried
NAME = "fig cutover"  # of our own session

_TABLES: LiteralString = """
SELECT tgrelid::regclass::text AS name, tgenabled IN ('O', 'A') AS works
FROM pg_trigger WHERE tgname = 'fig_guard' AND encode(tgargs, 'escape') = %s || '\\000' ORDER BY 1
"""
_SESSIONS: LiteralString = """
SELECT usename AS role, application_name AS program, count(*) AS sessions
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
GROUP BY 1, 2 ORDER BY 1, 2
"""
_ROLES: LiteralString = """
SELECT rolname AS role, rolsuper AS superuser,
       bool_or(pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owner
FROM pg_roles r CROSS JOIN pg_class c
WHERE rolcanlogin AND c.oid = ANY (%s::text[]::regclass[]::oid[])
  AND has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
GROUP BY 1, 2 ORDER BY 1
"""
_PREPARED: LiteralString = """
SELECT gid, owner AS role, extract(epoch FROM now() - prepared)::float AS seconds
FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared
"""
# A lock that only reads does not block the fence; autovacuum yields to it.
_LONG: LiteralString = """
SELECT a.pid, a.usename AS role, a.application_name AS program, a.state, a.query,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float AS seconds,
       string_agg(DISTINCT l.relation::regclass::text, ', ') AS tables
FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid AND l.granted
WHERE l.relation = ANY (%s::text[]::regclass[]::oid[])
  AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
  AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
  AND a.xact_start < clock_timestamp() - make_interval(secs => %s)
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY seconds DESC
"""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Writers:
    """What was found. `tables`: name, and whether the fence's trigger works; the rest by row."""

    tables: tuple[Row, ...] = ()
    sessions: tuple[Row, ...] = ()
    roles: tuple[Row, ...] = ()
    prepared: tuple[Row, ...] = ()
    long: tuple[Row, ...] = field(default=())


def look(url: str, domain: str, long: float = LONG_SECONDS) -> Writers:
    """Look once; `long` in seconds. Raises FigError where the database cannot be asked."""
    try:
        with psycopg.connect(
            url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name=NAME,
            row_factory=dict_row,
        ) as connection:  # fmt: skip
            tables = connection.execute(_TABLES, [domain]).fetchall()
            names = [row["name"] for row in tables]
            return Writers(
                tuple(tables),
                tuple(connection.execute(_SESSIONS).fetchall()),
                tuple(connection.execute(_ROLES, [names]).fetchall()),
                tuple(connection.execute(_PREPARED).fetchall()),
                tuple(connection.execute(_LONG, [names, long]).fetchall()),
            )
    except psycopg.Error as error:
        raise FigError(f"legacy's database cannot be asked: {last_line(error)}") from None
