"""`python -m fig.stack.databases`: the roles and databases of the services; what exists is kept.

DATABASES_SUPERUSER_URL  who may create them
DATABASES_OWNERS         URLs, blank between: a role that logs in and the database that it owns
DATABASES_REPLICATORS    URLs: a role that may read the log of that database
Exit codes: 0 all there, 1 the server refused or is away, 2 a variable is missing or wrong.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from fig.errors import BadSetting, FigError

CONNECT_SECONDS = 10


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


def create(connection: psycopg.Connection, owners: list[Login], replicators: list[Login]) -> None:
    """Idempotent; passwords are set anew, so that the secrets in use are the ones given."""
    for owner in owners:
        _role(connection, owner, "LOGIN NOREPLICATION")
        _database(connection, owner)
    for reader in replicators:
        _role(connection, reader, "LOGIN REPLICATION")
        grant = SQL("GRANT CONNECT ON DATABASE {} TO {}")
        connection.execute(grant.format(Identifier(reader.database), Identifier(reader.role)))


def _role(connection: psycopg.Connection, wanted: Login, rights: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [wanted.role])
    verb = "ALTER" if exists.fetchone() else "CREATE"
    statement = SQL(f"{verb} ROLE {{}} {rights} PASSWORD {{}}")
    connection.execute(statement.format(Identifier(wanted.role), Literal(wanted.password)))


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
    except KeyError as missing:
        raise BadSetting(f"{missing.args[0]} is not set") from None
    try:
        with psycopg.connect(
            superuser, autocommit=True, connect_timeout=CONNECT_SECONDS
        ) as connection:
            create(connection, owners, replicators)
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
