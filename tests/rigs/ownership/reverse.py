"""The role of the reverse feed at a test's own monolith, as the stack and the migration make it."""

import importlib
import secrets

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from fig.stack.engines import reverse_role

ROLE = "reverse"
GRANT: str = importlib.import_module("migrations.legacy.versions.0003_expand_fence").GRANT


def role_at(superuser_url: str, owner_url: str) -> str:
    """Make it where it is missing; returns its URL."""
    password, parts = secrets.token_hex(8), conninfo_to_dict(owner_url)
    database = str(parts["dbname"])
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone()
        verb = "CREATE" if known is None else "ALTER"
        statement = sql.SQL(f"{verb} ROLE {ROLE} LOGIN PASSWORD {{}}")
        connection.execute(statement.format(sql.Literal(password)))
    reverse_role.prepare(superuser_url, ROLE, database)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(GRANT)
    return f"postgresql://{ROLE}:{password}@{parts['host']}:{parts['port']}/{database}"
