"""What the superuser gives the role of the reverse feed in legacy's database, besides a login.

An origin for each reverse feed, so that the log says which changes are its; and it is the first to
give way in a deadlock, so that no customer of the monolith's is. What it may write, the migrations
of that database say.
"""

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from contracts.cutover import ECHO, OWNING, STOCK_FEED

GIVES_WAY_AFTER = "50ms"
_SETUP = "pg_replication_origin_session_setup(text)"


def prepare(superuser_url: str, role: str, database: str) -> None:
    """Idempotent. Raises what psycopg raises."""
    with psycopg.connect(make_conninfo(superuser_url, dbname=database), autocommit=True) as legacy:
        granted = SQL(f"GRANT EXECUTE ON FUNCTION {_SETUP} TO {{}}")
        legacy.execute(granted.format(Identifier(role)))
        waits = SQL(f"ALTER ROLE {{}} SET deadlock_timeout = '{GIVES_WAY_AFTER}'")
        legacy.execute(waits.format(Identifier(role)))
        for feed in (*OWNING, STOCK_FEED):
            legacy.execute(
                "SELECT pg_replication_origin_create(%(name)s)"
                " WHERE NOT EXISTS (SELECT FROM pg_replication_origin WHERE roname = %(name)s)",
                {"name": f"{ECHO}{feed}"},
            )
