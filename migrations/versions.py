"""Where a database stands and which version is the last, without Alembic: its import takes longer
than all that a start usually has to do, which is to see that nothing is due.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent
CONNECT_SECONDS = 10
_NAMED = re.compile(r'^(revision|down_revision)\b[^=\n]*= "(\w+)"', re.MULTILINE)


class MigrationRefused(Exception):
    """The call cannot be meant: unknown database, or no usable URL for it."""


def databases() -> list[str]:
    """Names of the databases that have versions here."""
    return sorted(path.parent.name for path in ROOT.glob("*/versions"))


def database_url(database: str, environ: Mapping[str, str] = os.environ) -> str:
    """The libpq-style URL from `<DATABASE>_DATABASE_URL`; raises MigrationRefused without one."""
    if database not in databases():
        known = ", ".join(databases())
        raise MigrationRefused(f"unknown database '{database}' (expected one of {known})")
    variable = f"{database.upper()}_DATABASE_URL"
    url = environ.get(variable, "").strip()
    if not url:
        raise MigrationRefused(
            f"{variable} is not set; give it as postgresql://user:password@host/db"
        )
    return url


def head(database: str) -> str | None:
    """The version that no other follows; None unless there is exactly one."""
    versions, followed = set(), set()
    for path in (ROOT / database / "versions").glob("*.py"):
        named = dict(_NAMED.findall(path.read_text()))
        versions.add(named.get("revision", path.name))
        followed.add(named.get("down_revision"))
    last = versions - followed
    return last.pop() if len(last) == 1 else None


def standing(url: str) -> str | None:
    """The version in the database's own table; None for every reason why there is no single one."""
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except psycopg.Error:
        return None
    return str(rows[0][0]) if len(rows) == 1 else None


def nothing_due(database: str, url: str) -> bool:
    """Whether the database stands at the last version. A run of Alembic says so for certain, and
    why not; this one is sure only of its yes."""
    last = head(database)
    return last is not None and standing(url) == last
