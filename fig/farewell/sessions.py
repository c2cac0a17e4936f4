"""Who holds legacy's database, and the end of the sessions that are the migration's own."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from fig.errors import FigError
from fig.retire.sessions import Login

NAME = "fig farewell"  # of our own sessions
PATIENCE_SECONDS = 10.0  # in which the monolith's sessions end with it
POLL_SECONDS = 0.1
MOST_SHOWN = 200  # characters of a query
_HELD = """
SELECT pid, coalesce(usename, '') AS role, application_name AS program, coalesce(query, '') AS query
FROM pg_stat_activity
WHERE datname = %s AND backend_type IN ('client backend', 'walsender')
  AND pid <> pg_backend_pid() AND application_name <> %s ORDER BY pid
"""


class Held(FigError):
    """Somebody who is not the migration holds the database."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A session: pid, role, the program as it calls itself, and its last query."""

    pid: int
    role: str
    program: str
    query: str

    @property
    def foreign(self) -> bool:
        """Whether it is neither the migration's nor the monolith's, as far as it says."""
        return Login(self.role, self.program, 0.0).foreign

    @property
    def unnamed(self) -> bool:
        """Whether it may be the monolith's, which does not name itself."""
        return not self.program

    @property
    def words(self) -> str:
        query = " ".join(self.query.split())[:MOST_SHOWN] or "no query yet"
        return f"pid {self.pid} ({self.program or 'without a name'}, role {self.role}): {query}"


def holders(connection: psycopg.Connection, database: str) -> list[Holder]:
    """Who is connected to the database now."""
    cursor = connection.cursor(row_factory=class_row(Holder))
    return cursor.execute(_HELD, [database, NAME]).fetchall()


def shut(
    connection: psycopg.Connection, database: str, patience: float = PATIENCE_SECONDS
) -> int:  # fmt: skip
    """Let nobody connect any more but superusers, and end the migration's own sessions; how many
    there were. Raises Held for any other, which is left alone."""
    statement = SQL("ALTER DATABASE {} CONNECTION LIMIT 0").format(Identifier(database))
    connection.execute(statement)
    ended: set[int] = set()
    until = time.monotonic() + patience
    while found := holders(connection, database):
        for one in found:
            if not (one.foreign or one.unnamed):
                connection.execute("SELECT pg_terminate_backend(%s)", [one.pid])
                ended.add(one.pid)
        foreign = [one for one in found if one.foreign]
        if foreign or time.monotonic() > until:
            raise held(foreign or found)
        time.sleep(POLL_SECONDS)
    return len(ended)


def held(found: Sequence[Holder]) -> Held:
    """The error that names them."""
    lines = "\n".join(f"  {one.words}" for one in found)
    return Held(
        f"legacy's database is held by sessions that are not the migration's:\n{lines}\n"
        "end them where they come from, or with SELECT pg_terminate_backend(PID); then"
        " `fig farewell` goes on. Nothing was dropped"
    )
