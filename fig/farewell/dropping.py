"""What is dropped in PostgreSQL: slots, publications, legacy's database, its roles. Each call does
no harm where it was done before.
"""

import time

import psycopg
from psycopg import errors
from psycopg.sql import SQL, Identifier

from contracts.cutover import ECHO
from fig.errors import FigError
from fig.farewell import sessions, sums
from fig.farewell.archive import Server
from fig.farewell.sums import Sums

ROLES = ("feed", "reverse", "legacy")  # they had rights in legacy's database alone
OURS = "fig_"  # how the names of the migration's slots and publications begin
POLL_SECONDS = 0.1
_SLOTS = """
SELECT slot_name, active_pid FROM pg_replication_slots WHERE database = %s ORDER BY slot_name
"""


class Changed(FigError):
    """The database is not any more what was archived."""


def there(connection: psycopg.Connection, database: str) -> bool:
    """Whether the database exists."""
    asked = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
    return asked.fetchone() is not None


def foreign_slots(connection: psycopg.Connection, database: str) -> list[str]:
    """Replication slots of the database that are not the migration's."""
    found = connection.execute(_SLOTS, [database]).fetchall()
    return [name for name, _ in found if not name.startswith(OURS)]


def slots(
    connection: psycopg.Connection, database: str, patience: float = sessions.PATIENCE_SECONDS
) -> list[str]:
    """Drop the migration's slots; which there were. Raises FigError for one in use, or not ours."""
    dropped: list[str] = []
    until = time.monotonic() + patience
    while found := connection.execute(_SLOTS, [database]).fetchall():
        for name, pid in found:
            if not name.startswith(OURS):
                raise FigError(
                    f"the replication slot '{name}' of legacy's database is not the migration's;"
                    " drop it where nobody reads it any more, then `fig farewell` goes on"
                )
            if pid is None and _drop_slot(connection, name):
                dropped.append(name)
            elif time.monotonic() > until:
                raise FigError(
                    f"the replication slot '{name}' is in use by pid {pid}: end that session,"
                    " then `fig farewell` goes on. Nothing else was dropped"
                )
            else:
                time.sleep(POLL_SECONDS)
    return dropped


def _drop_slot(connection: psycopg.Connection, name: str) -> bool:
    try:
        connection.execute("SELECT pg_drop_replication_slot(%s)", [name])
    except errors.ObjectInUse:
        return False
    return True


def publications(server: Server, database: str) -> list[str]:
    """Drop the migration's publications; which there were."""
    url = server.of(database)
    with psycopg.connect(url, autocommit=True, application_name=sessions.NAME) as connection:
        asked = "SELECT pubname FROM pg_publication WHERE starts_with(pubname, %s) ORDER BY 1"
        names = [row[0] for row in connection.execute(asked, [OURS])]
        for name in names:
            connection.execute(SQL("DROP PUBLICATION {}").format(Identifier(name)))
    return names


def same(server: Server, database: str, archived: Sums) -> None:
    """Raises Changed where the database holds something else than was archived."""
    with psycopg.connect(server.of(database), application_name=sessions.NAME) as connection:
        now = sums.of(connection)
    apart = [one for one in sums.differences(archived, now) if "publications" not in one]
    if apart:
        raise Changed(f"legacy's database was changed since it was archived: {'; '.join(apart)}")


def database(connection: psycopg.Connection, name: str) -> None:
    """Drop it. Raises Held where somebody holds it."""
    try:
        connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
    except errors.ObjectInUse:
        raise sessions.held(sessions.holders(connection, name)) from None


def roles(connection: psycopg.Connection) -> list[str]:
    """Drop the roles and the reverse feeds' origins; which roles there were. Raises FigError."""
    for (origin,) in connection.execute(
        "SELECT roname FROM pg_replication_origin WHERE starts_with(roname, %s)", [ECHO]
    ).fetchall():
        connection.execute("SELECT pg_replication_origin_drop(%s)", [origin])
    asked = "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) ORDER BY 1"
    names = [row[0] for row in connection.execute(asked, [list(ROLES)]).fetchall()]
    for name in names:
        try:
            connection.execute(SQL("DROP ROLE {}").format(Identifier(name)))
        except errors.DependentObjectsStillExist as error:
            detail = error.diag.message_detail or str(error)
            raise FigError(
                f"the role '{name}' has something outside legacy's database ({detail}); give it"
                f" to another one (REASSIGN OWNED BY {name} TO …), then `fig farewell` goes on"
            ) from None
    return names
