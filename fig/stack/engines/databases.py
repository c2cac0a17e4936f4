"""`python -m fig.stack.engines.databases`: the services' roles and databases; what exists is kept.

DATABASES_SUPERUSER_URL  who may create them
DATABASES_OWNERS         URLs, blank between: a role that logs in and the database that it owns
DATABASES_REPLICATORS    URLs: a role that may read the log of that database
DATABASES_READERS        URLs: a role that may connect to that database; what it may read there, the
                         migrations of that database say
DATABASES_REVERSE        URL: the role that writes what the new side owns into that database, marked
                         in the log (fig.stack.engines.reverse_role)
DATABASES_BOUNDED        roles among the owners that wait for no lock, and idle in no transaction,
                         for longer than BOUNDS: after that, what they began has ended
Exit codes: 0 all there, 1 the server refused or is away, 2 a variable is missing or wrong.
"""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from fig.errors import BadSetting, FigError
from fig.stack.engines import reverse_role

CONNECT_SECONDS = 10
# The anticorruption layer believes "there is no such order" some seconds after it gave up waiting
# for the monolith (new_services/anticorruption/legacy.py, Limits.settle): a transaction that hangs
# on a lock, or whose process is frozen, must have ended by then. The long report waits for no lock
# and is at work all the while, so neither bound is its end.
BOUNDS = {"lock_timeout": "3s", "idle_in_transaction_session_timeout": "7s"}
GIVE_UP_SECONDS = 60.0  # on sessions from before the bounds that are never idle
PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class Login:
    """Role, password and database of a URL."""

    role: str
    password: str
    database: str


def login(url: str) -> Login:
    """Raises BadSetting unless the URL names all three."""
    parts = urlsplit(url)
    found = Login(
        unquote(parts.username or ""), unquote(parts.password or ""), parts.path.strip("/")
    )
    if not (found.role and found.password and found.database):
        raise BadSetting("expected postgresql://role:password@host:port/database")
    return found


def create(
    connection: psycopg.Connection,
    owners: list[Login],
    replicators: list[Login],
    readers: Sequence[Login] = (),
) -> None:
    """Idempotent; passwords are set anew, so that the secrets in use are the ones given."""
    for owner in owners:
        _role(connection, owner, "LOGIN NOREPLICATION")
        _database(connection, owner)
    for visitors, rights in ((replicators, "LOGIN REPLICATION"), (readers, "LOGIN NOREPLICATION")):
        for one in visitors:
            _role(connection, one, rights)
            _let_in(connection, one)


def bound(connection: psycopg.Connection, role: str) -> None:
    """Set the role's bounds; sessions that were opened before keep what they had, so they are ended
    once each, when they do nothing: the application connects again. Idempotent."""
    kept = connection.execute("SELECT rolconfig FROM pg_roles WHERE rolname = %s", [role])
    row = kept.fetchone()
    wanted = [f"{name}={value}" for name, value in BOUNDS.items()]
    if row is None or set(wanted) <= set(row[0] or ()):
        return
    for name, value in BOUNDS.items():
        statement = SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(statement.format(Identifier(role), Identifier(name), Literal(value)))
    _end_older_sessions(connection, role)


def _end_older_sessions(connection: psycopg.Connection, role: str) -> None:
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    until = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < until:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = %s AND backend_start < %s AND state = 'idle'",
            [role, row[0]],
        )
        left = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND backend_start < %s",
            [role, row[0]],
        ).fetchone()
        if left is None or not left[0]:
            return
        time.sleep(PAUSE_SECONDS)
    print(f"{role}: sessions from before its bounds are still at work", file=sys.stderr)


def _role(connection: psycopg.Connection, wanted: Login, rights: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [wanted.role])
    verb = "ALTER" if exists.fetchone() else "CREATE"
    statement = SQL(f"{verb} ROLE {{}} {rights} PASSWORD {{}}")
    connection.execute(statement.format(Identifier(wanted.role), Literal(wanted.password)))


def _let_in(connection: psycopg.Connection, reader: Login) -> None:
    grant = SQL("GRANT CONNECT ON DATABASE {} TO {}")
    connection.execute(grant.format(Identifier(reader.database), Identifier(reader.role)))


def _database(connection: psycopg.Connection, owner: Login) -> None:
    """UTF8 and C.UTF-8 everywhere: both sides of the migration must sort alike."""
    name = Identifier(owner.database)
    exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [owner.database])
    if exists.fetchone() is None:
        statement = SQL(
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        )
        connection.execute(statement.format(name, Identifier(owner.role)))
    connection.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))


def run(environment: Mapping[str, str]) -> None:
    """Read the variables, connect, create. Raises FigError."""
    try:
        superuser = environment["DATABASES_SUPERUSER_URL"]
        owners = [login(url) for url in environment["DATABASES_OWNERS"].split()]
        replicators = [login(url) for url in environment.get("DATABASES_REPLICATORS", "").split()]
        readers = [login(url) for url in environment.get("DATABASES_READERS", "").split()]
        reverse = [login(url) for url in environment.get("DATABASES_REVERSE", "").split()]
        bounded = environment.get("DATABASES_BOUNDED", "").split()
    except KeyError as missing:
        raise BadSetting(f"{missing.args[0]} is not set") from None
    try:
        with psycopg.connect(
            superuser, autocommit=True, connect_timeout=CONNECT_SECONDS
        ) as connection:
            create(connection, owners, replicators, [*readers, *reverse])
            for each in reverse:
                reverse_role.prepare(superuser, each.role, each.database)
            for role in bounded:
                bound(connection, role)
    except psycopg.OperationalError as error:
        hint = "; the data may be older than the secrets: `make clean-data` forgets both"
        said = str(error).strip().splitlines()[-1]
        raise FigError(said + (hint if "password authentication" in said else "")) from error
    print("there: " + ", ".join(owner.database for owner in owners))


def main() -> None:
    """Exit with the error's code and one line on stderr."""
    try:
        run(os.environ)
    except FigError as error:
        print(f"databases: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None


if __name__ == "__main__":
    main()
